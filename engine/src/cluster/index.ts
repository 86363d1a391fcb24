// Each public name of `@portcullis/engine/cluster`.
export { createKubeApi } from "./api.ts";
export type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  KubeApi,
  KubeApiOptions,
  ListOptions,
  ListPage,
  ObjectOptions,
  Selection,
  WatchOptions,
  WriteOptions,
} from "./api.ts";
export { readObject, unreadPage } from "./unread-page.ts";
export type { UnreadPage } from "./unread-page.ts";
export type { ObjectVersion, VersionsPage } from "./versions-page.ts";
export type { DiscoveredResource, Discovery } from "./discovery.ts";
export { listableKinds } from "./listable-kinds.ts";
export type { Watch, WatchEvent } from "./watch-events.ts";
export { connectToCluster } from "./cluster-connection.ts";
export { backoff } from "./backoff.ts";
export { plainConnection } from "./plain-connection.ts";
export type { PlainConnectionOptions } from "./plain-connection.ts";
export type { Connection, Credentials } from "./connection.ts";
export type { KubeconfigSource } from "./kubeconfig.ts";
export { createEventRecorder } from "./event-recorder.ts";
export type { EventNote, EventRecorder, EventRecorderOptions, InvolvedObject } from "./event-recorder.ts";
export { isAlreadyExists, isConflict, isExpired, isForbidden, isNotFound, isTooLong } from "./kube-error.ts";
export type { KubeError, KubeReason, KubeResult } from "./kube-error.ts";
export { apiVersionOf, keyOf, keyOfName, nameOfKey, pathOf } from "./resource.ts";
export type { ObjectName, Resource } from "./resource.ts";
export { createListWatch } from "./list-watch.ts";
export type { ListWatch, ListWatchFailure, ListWatchOptions, ListWatchTiming } from "./list-watch.ts";
export type { Change, ObjectCache } from "./object-cache.ts";
export { createWorkQueue, RECONCILED } from "./work-queue.ts";
export type { Reconciled, WorkFailure, WorkQueue, WorkQueueOptions } from "./work-queue.ts";
export { ClusterPolicies } from "./controllers/cluster-policies.ts";
export type { ClusterPoliciesOptions } from "./controllers/cluster-policies.ts";
export type { ExportConnection } from "./controllers/connections.ts";
export { readTarget } from "./export/connection-config.ts";
export type { DaprTarget, DiskTarget, ExportTarget, ExportTargetResult } from "./export/connection-config.ts";
export { channelFolder, filesLike, isAbsent, makeFolder, removeFiles } from "./export/folder.ts";
export type { FoundFile } from "./export/folder.ts";
export { LeftBehind } from "./export/left-behind.ts";
export type { LeftBehindOptions } from "./export/left-behind.ts";
export { LineFile } from "./export/line-file.ts";
export { PublishCount } from "./export/publishing.ts";
export type { Publishing, PublishSource } from "./export/publishing.ts";
export { exportLine } from "./export/record.ts";
export type { ExportRecord } from "./export/record.ts";
export type { ControllerLog, RefusedPolicy } from "./controllers/controller.ts";
export type { IngestionObserver } from "./controllers/context.ts";
export { OPERATIONS, operationsOf } from "./controllers/operations.ts";
export type { Operation, Operations } from "./controllers/operations.ts";
export { providerFault } from "./provider-fault.ts";
export { ownPod } from "./own-pod.ts";
export { sleep } from "./sleep.ts";
export type { ReportingPod } from "./pod-status.ts";
