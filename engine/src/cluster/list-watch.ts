import type { PlainObject } from "@portcullis/interpreter";
import type { KubeApi, Selection } from "./api.ts";
import type { KubeError } from "./kube-error.ts";
import type { Resource } from "./resource.ts";

export interface ListWatchOptions extends Selection {
  readonly api: KubeApi;
  readonly resource: Resource;
  /**
   * Called once for each change of the cache, after it, in the server's order; the cache already shows the new state.
   * Must not throw and must be quick: put the key into a work queue.
   */
  readonly onChange: (change: Change) => void;
  /** Called once, when the first list is in the cache and its changes have been handed on. */
  readonly onSynced?: () => void;
  /** Called for each failure; the list-watch goes on by itself. */
  readonly onFailure?: (failure: ListWatchFailure) => void;
  /**
   * What to keep of an object, say, without `metadata.managedFields`. Name, namespace, uid and resourceVersion must stay.
   * It runs once per received object.
   */
  readonly project?: (object: PlainObject) => PlainObject;
  /** Objects per page of a list; default 500. */
  readonly pageSize?: number;
  readonly timing?: Partial<ListWatchTiming>;
}

export interface ListWatchTiming {
  /** The first wait after a failure; doubled each time, with jitter. Default 500 ms. */
  readonly backoffMs: number;
  /** The longest wait. Default 30 s. */
  readonly maxBackoffMs: number;
  /** The server ends a watch after this time up to twice this time. Default 300 s. */
  readonly watchSeconds: number;
  /** A watch that is silent for longer is opened anew. Default 90 s: servers send bookmarks each minute. */
  readonly idleTimeoutMs: number;
  /** For one page of a list. Default 60 s. */
  readonly listTimeoutMs: number;
}

export interface Change {
  /** See `keyOf`. */
  readonly key: string;
  /** The new state; undefined: deleted. */
  readonly object: PlainObject | undefined;
  /** The state that the cache showed before; undefined: new. Both differ in uid when the object was made anew. */
  readonly previous: PlainObject | undefined;
}

export interface ListWatchFailure {
  readonly during: "list" | "watch";
  readonly error: KubeError;
  /** How long the list-watch waits now. */
  readonly retryInMs: number;
}

/** What the server had when last heard of. Keeps its content while the server is away. */
export interface ObjectCache {
  readonly size: number;
  get(key: string): PlainObject | undefined;
  keys(): IterableIterator<string>;
  values(): IterableIterator<PlainObject>;
}

/**
 * A live copy of all objects of a kind. It starts with `start()`, survives everything that the network and the server do,
 * and ends with `stop()` alone.
 */
export interface ListWatch {
  readonly resource: Resource;
  readonly cache: ObjectCache;
  /** True since the first complete list; stays true. */
  readonly synced: boolean;
  /** The server says (404, twice) that it has no such kind: the cache is empty, and the kind is asked for again and again. */
  readonly absent: boolean;
  /** The failure that the list-watch is waiting after; undefined while it listens. */
  readonly failure: KubeError | undefined;
  start(): void;
  /** Settles when nothing more is going to be called. */
  stop(): Promise<void>;
  /** Settles at the first complete list, or when the kind turns out to be absent; with false when stopped before. */
  whenSettled(): Promise<boolean>;
}
