import type { Client } from "../../client.ts";
import type { KubeApi } from "../api.ts";
import type { ListWatchTiming } from "../list-watch.ts";
import type { ReportingPod } from "../pod-status.ts";
import type { ReadinessTracker } from "../readiness.ts";
import type { Resource } from "../resource.ts";
import type { ControllerLog } from "./controller.ts";
import type { Operations } from "./operations.ts";
import type { PodStatuses } from "./pod-statuses.ts";

/** What every controller works with. */
export interface ControllerContext {
  readonly api: KubeApi;
  readonly client: Client;
  readonly operations: Operations;
  readonly pod: ReportingPod;
  readonly statuses: PodStatuses;
  readonly readiness: ReadinessTracker;
  readonly log: ControllerLog;
  readonly observer: IngestionObserver;
  /** An object that some controller watches has come, changed or gone. */
  readonly onObject: (resource: Resource, key: string) => void;
  readonly timing?: Partial<ListWatchTiming>;
}

/** Receives what Gatekeeper's ingestion metrics count. */
export interface IngestionObserver {
  countIngestion(ok: boolean, seconds: number): void;
  countMutatorIngestion(ok: boolean, seconds: number): void;
  /** An object has been copied into the inventory, or taken out of it. */
  countSync(seconds: number): void;
  /** Copied objects of a kind; `failed` ones could not be copied. */
  setSynced(kind: string, active: number, failed: number): void;
  setMutators(active: number, failed: number, conflicting: number): void;
  setProviders(active: number, failed: number): void;
  countProviderError(): void;
  setExpansionTemplates(active: number, failed: number): void;
  setTemplates(active: number, failed: number, withCel: number): void;
  setConstraints(counts: ReadonlyMap<string, { readonly active: number; readonly error: number }>): void;
}
