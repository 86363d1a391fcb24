import type { PlainObject } from "@portcullis/interpreter";
import type { KubeError, KubeResult } from "./kube-error.ts";
import type { ObjectName, Resource } from "./resource.ts";

/**
 * The API server as raw JSON: objects are what the server sent, unknown fields and all digits of integers included.
 * No method throws for what the server or the network does.
 */
export interface KubeApi {
  get(resource: Resource, name: ObjectName, options?: ObjectOptions): Promise<KubeResult<PlainObject>>;
  /** One page; hand its `continue` back for the next one. */
  list(resource: Resource, options?: ListOptions): Promise<KubeResult<ListPage>>;
  /** Opens a watch. The promise settles when the server has accepted or refused it. */
  watch(resource: Resource, options: WatchOptions): Promise<KubeResult<Watch>>;
  /** Namespace and name are the object's own. */
  create(resource: Resource, object: PlainObject, options?: WriteOptions): Promise<KubeResult<PlainObject>>;
  /** PUT: the object's `metadata.resourceVersion`, where set, guards against a lost update (409 Conflict). */
  replace(resource: Resource, object: PlainObject, options?: WriteOptions): Promise<KubeResult<PlainObject>>;
  /** RFC 7386: members are merged, null deletes, lists are replaced. */
  mergePatch(
    resource: Resource,
    name: ObjectName,
    patch: PlainObject,
    options?: WriteOptions,
  ): Promise<KubeResult<PlainObject>>;
  /** Server-side apply: the object says what the field manager owns; created where absent. */
  apply(resource: Resource, object: PlainObject, options: ApplyOptions): Promise<KubeResult<PlainObject>>;
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<KubeResult<undefined>>;
  /** Everything the server serves. */
  discover(options?: CallOptions): Promise<KubeResult<Discovery>>;
  /** The kinds of one group version; NotFound where there is no such version. */
  resourcesIn(
    group: string,
    version: string,
    options?: CallOptions,
  ): Promise<KubeResult<readonly DiscoveredResource[]>>;
  /** GET of any path that answers JSON, as `/version`. */
  getPath(path: string, options?: CallOptions): Promise<KubeResult<PlainObject>>;
  /** Ends all connections; calls under way end as Cancelled. */
  close(): Promise<void>;
}

export interface CallOptions {
  /** Ends the call early: `Cancelled`. */
  readonly signal?: AbortSignal;
  /** Until the whole answer is there; default that of the API, 30 s. Waiting for the rate limit does not count. */
  readonly timeoutMs?: number;
}

export interface ObjectOptions extends CallOptions {
  readonly subresource?: "status" | "scale";
}

export interface WriteOptions extends ObjectOptions {
  /** Names the writer in `managedFields`. */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields over that another manager owns. */
  readonly force?: boolean;
}

export interface DeleteOptions extends CallOptions {
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  /** Refuse (409) when the object is another one by now. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Selection {
  /** Left out: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends CallOptions, Selection {
  /** Objects per page; left out: all in one answer. */
  readonly limit?: number;
  readonly continue?: string;
  /** `"0"`: whatever the server has in its cache, which may be old. Left out: the most recent. */
  readonly resourceVersion?: string;
}

export interface ListPage {
  /** With `apiVersion` and `kind` set, also where the server leaves them out of a list's items. */
  readonly items: readonly PlainObject[];
  /** The version of the whole list: a watch from here misses nothing. */
  readonly resourceVersion: string;
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchOptions extends Selection {
  /** Events after this version. */
  readonly resourceVersion: string;
  readonly signal?: AbortSignal;
  /** The server ends the watch after so many seconds. */
  readonly timeoutSeconds?: number;
  /** How long the stream may be silent (bookmarks count) before it is taken for dead; default 90 s. */
  readonly idleTimeoutMs?: number;
}

/** An open watch: iterate it once. It ends by itself after the server's end or after an `ERROR` event. */
export interface Watch extends AsyncIterable<WatchEvent> {
  /** Ends the iteration. */
  close(): void;
}

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: PlainObject }
  /** Everything up to this version has been sent. */
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string }
  /** The last event: the server's word (410 …), or a broken, silent or unreadable stream. */
  | { readonly type: "ERROR"; readonly error: KubeError };

export interface DiscoveredResource extends Resource {
  readonly verbs: readonly string[];
  readonly hasStatus: boolean;
}

export interface Discovery {
  /** Every version of every kind, without subresources. */
  readonly resources: readonly DiscoveredResource[];
  /** The version that the server prefers, by group. */
  readonly preferredVersions: ReadonlyMap<string, string>;
  /** Group versions (`metrics.k8s.io/v1beta1`) whose server does not answer: their kinds are unknown, not gone. */
  readonly unavailable: readonly string[];
}
