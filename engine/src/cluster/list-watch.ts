import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../kubernetes/object-meta.ts";
import type { KubeApi, Selection } from "./api.ts";
import type { WatchEvent } from "./watch-events.ts";
import { backoff } from "./backoff.ts";
import { isExpired, isNotFound, noAnswer } from "./kube-error.ts";
import type { KubeError } from "./kube-error.ts";
import { listPages } from "./list-pages.ts";
import { ChangingCache } from "./object-cache.ts";
import type { Change, ObjectCache } from "./object-cache.ts";
import { keyOf } from "./resource.ts";
import type { Resource } from "./resource.ts";
import { sleep } from "./sleep.ts";

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
  /** The longest wait. Default 10 s: an API server that is back should be noticed soon. */
  readonly maxBackoffMs: number;
  /** The server ends a watch after this time up to twice this time. Default 300 s. */
  readonly watchSeconds: number;
  /** A watch that is silent for longer is opened anew. Default 90 s: servers send bookmarks each minute. */
  readonly idleTimeoutMs: number;
  /** For one page of a list. Default 60 s. */
  readonly listTimeoutMs: number;
  /**
   * How long the server must have said 404 before the cache drops the objects it holds. Default 10 s: a server that
   * starts may not have loaded all its kinds, and a constraint must not vanish for that.
   */
  readonly absentAfterMs: number;
}

export interface ListWatchFailure {
  readonly during: "list" | "watch";
  readonly error: KubeError;
  /** How long the list-watch waits now. */
  readonly retryInMs: number;
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
  /** The server has no such kind (404, more than once): the cache is empty, and the kind is asked for again and again. */
  readonly absent: boolean;
  /** The failure that the list-watch is waiting after; undefined while it listens. */
  readonly failure: KubeError | undefined;
  start(): void;
  /** Ends the wait after a failure: the caller knows that something changed, say, that the kind is served now. */
  wake(): void;
  /** Settles when nothing more is going to be called. */
  stop(): Promise<void>;
  /** Settles at the first complete list, or when the kind turns out to be absent; with false when stopped before. */
  whenSettled(): Promise<boolean>;
}

/** A live copy of a kind. It asks nothing before `start()`. */
export function createListWatch(options: ListWatchOptions): ListWatch {
  return new Reflector(options);
}

const DEFAULT_TIMING: ListWatchTiming = {
  backoffMs: 500,
  maxBackoffMs: 10_000,
  watchSeconds: 300,
  idleTimeoutMs: 90_000,
  listTimeoutMs: 60_000,
  absentAfterMs: 10_000,
};

/** A watch that lived for so long was in order, even if nothing happened. */
const HEALTHY_WATCH_MS = 10_000;

/** So many refusals of a watch in a row are reason enough to doubt the version it starts from. */
const REFUSALS_BEFORE_RELIST = 3;

class Reflector implements ListWatch {
  readonly resource: Resource;
  readonly cache: ChangingCache;
  synced = false;
  absent = false;
  failure: KubeError | undefined;

  readonly #options: ListWatchOptions;
  readonly #timing: ListWatchTiming;
  readonly #selection: Selection;
  readonly #stopped = new AbortController();
  readonly #settled = Promise.withResolvers<boolean>();
  #running: Promise<void> | undefined;
  /** Where the next watch starts; undefined: list first. */
  #version: string | undefined;
  /** Failures since the server was last heard of in good order. */
  #failures = 0;
  /** When the server first said 404, in a row; undefined: the last list was answered otherwise. */
  #missingSince: number | undefined;
  /** Ends the wait of this turn, also when it comes before the wait. */
  #waiting = new AbortController();

  constructor(options: ListWatchOptions) {
    this.resource = options.resource;
    this.cache = new ChangingCache(options.project ?? ((object) => object));
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    const { namespace, labelSelector, fieldSelector } = options;
    this.#selection = {
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
  }

  start(): void {
    // A throw in here is a bug of ours or of `onChange`: unhandled on purpose, because a cache that silently stands
    // still lets everything through.
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#waiting.abort();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.wake();
    this.#settled.resolve(false);
    await this.#running;
  }

  whenSettled(): Promise<boolean> {
    return this.#settled.promise;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#waiting = new AbortController();
      if (this.#version === undefined) await this.#list();
      else await this.#watch(this.#version);
    }
  }

  async #list(): Promise<void> {
    const { signal } = this.#stopped;
    const list = await listPages(this.#options.api, this.resource, {
      ...this.#selection,
      pageSize: this.#options.pageSize ?? 500,
      timeoutMs: this.#timing.listTimeoutMs,
      signal,
    });
    if (signal.aborted) return;
    if (!list.ok) {
      this.#notePresence(list.error);
      return this.#fail("list", list.error);
    }
    this.#missingSince = undefined;
    this.absent = false;
    this.failure = undefined;
    this.#version = list.value.resourceVersion;
    this.#become(list.value.items);
    this.#becomeSynced();
  }

  /** Brings the cache to the state of a list. */
  #become(items: readonly PlainObject[]): void {
    const present = new Set(items.map(keyOf));
    const gone = [...this.cache.keys()].filter((key) => !present.has(key));
    for (const key of gone) this.#tell(this.cache.remove(key));
    for (const item of items) this.#tell(this.cache.put(item));
  }

  #becomeSynced(): void {
    if (this.synced) return;
    this.synced = true;
    this.#options.onSynced?.();
    this.#settled.resolve(true);
  }

  /** One 404 can be a server that has not loaded all its kinds yet; the second one counts, later where objects are held. */
  #notePresence(error: KubeError): void {
    if (!isNotFound(error)) {
      this.#missingSince = undefined;
      return;
    }
    const now = performance.now();
    if (this.#missingSince === undefined) {
      this.#missingSince = now;
      return;
    }
    if (this.cache.size > 0 && now - this.#missingSince < this.#timing.absentAfterMs) return;
    this.absent = true;
    this.#become([]);
    this.#settled.resolve(true);
  }

  async #watch(from: string): Promise<void> {
    const { signal } = this.#stopped;
    const opened = await this.#options.api.watch(this.resource, {
      ...this.#selection,
      resourceVersion: from,
      // Spread, so that watches that were opened together are not all opened anew together.
      timeoutSeconds: Math.ceil(this.#timing.watchSeconds * (1 + Math.random())),
      idleTimeoutMs: this.#timing.idleTimeoutMs,
      signal,
    });
    if (signal.aborted) return;
    if (!opened.ok) return this.#refused(opened.error);
    this.failure = undefined;
    const started = performance.now();
    let heard = false;
    for await (const event of opened.value) {
      if (signal.aborted) return;
      if (event.type === "ERROR") return this.#broken(event.error);
      heard = true;
      this.#failures = 0;
      this.#follow(event);
    }
    if (signal.aborted) return;
    if (heard || performance.now() - started > HEALTHY_WATCH_MS) this.#failures = 0;
    // A server that takes watches and ends them at once must not be asked without pause.
    else await this.#fail("watch", noAnswer("ConnectionFailed", "the watch ended at once"));
  }

  #follow(event: Exclude<WatchEvent, { type: "ERROR" }>): void {
    if (event.type === "BOOKMARK") {
      if (event.resourceVersion !== "") this.#version = event.resourceVersion;
      return;
    }
    this.#version = textAt(event.object, "metadata", "resourceVersion");
    this.#tell(
      event.type === "DELETED" ? this.cache.remove(keyOf(event.object)) : this.cache.put(event.object),
    );
  }

  /** The watch was not opened. */
  async #refused(error: KubeError): Promise<void> {
    const again = this.#failures > 0;
    const mayBeTheVersion = error.code > 0 && error.code !== 429;
    // A server that was set back (its etcd restored) answers 504 to a version of its future, not 410.
    const doubtful = !error.retryable || (mayBeTheVersion && this.#failures + 1 >= REFUSALS_BEFORE_RELIST);
    if (doubtful) this.#version = undefined;
    await this.#fail("watch", error, isExpired(error) && !again);
  }

  /** The watch ended with an error. What the server says in the stream (410 and others) calls for a new list. */
  async #broken(error: KubeError): Promise<void> {
    const again = this.#failures > 0;
    if (error.code > 0 || error.reason === "MalformedAnswer") this.#version = undefined;
    // A connection that broke or went silent is opened anew at once, the first time.
    await this.#fail("watch", error, !again && (isExpired(error) || error.code === 0));
  }

  async #fail(during: "list" | "watch", error: KubeError, atOnce = false): Promise<void> {
    this.failure = error;
    this.#failures++;
    const { backoffMs, maxBackoffMs } = this.#timing;
    const wait = backoff(this.#failures, { firstMs: backoffMs, longestMs: maxBackoffMs });
    const asked = (error.retryAfterSeconds ?? 0) * 1000;
    const retryInMs = atOnce ? 0 : Math.max(wait, Math.min(asked, maxBackoffMs));
    this.#options.onFailure?.({ during, error, retryInMs });
    if (retryInMs <= 0 || this.#stopped.signal.aborted) return;
    await sleep(retryInMs, this.#waiting.signal);
  }

  #tell(change: Change | undefined): void {
    if (change !== undefined) this.#options.onChange(change);
  }
}
