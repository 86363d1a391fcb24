// Each public name of `@portcullis/engine/cluster`.
export type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  DiscoveredResource,
  Discovery,
  KubeApi,
  ListOptions,
  ListPage,
  ObjectOptions,
  Selection,
  Watch,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./api.ts";
export { isAlreadyExists, isConflict, isExpired, isNotFound } from "./kube-error.ts";
export type { KubeError, KubeReason, KubeResult } from "./kube-error.ts";
export { apiVersionOf, keyOf, keyOfName, nameOfKey, pathOf } from "./resource.ts";
export type { ObjectName, Resource } from "./resource.ts";
export type {
  Change,
  ListWatch,
  ListWatchFailure,
  ListWatchOptions,
  ListWatchTiming,
  ObjectCache,
} from "./list-watch.ts";
export { RECONCILED } from "./work-queue.ts";
export type { Reconciled, WorkFailure, WorkQueue, WorkQueueOptions } from "./work-queue.ts";
