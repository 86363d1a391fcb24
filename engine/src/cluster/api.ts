import { parseJson, writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject, listAt, objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";
import type { Connection } from "./connection.ts";
import { discover, resourcesIn } from "./discovery.ts";
import type { DiscoveredResource, Discovery } from "./discovery.ts";
import { answered, failed, noAnswer } from "./kube-error.ts";
import type { KubeResult } from "./kube-error.ts";
import { apiVersionOf, pathOf } from "./resource.ts";
import type { ObjectName, Resource } from "./resource.ts";
import { Transport } from "./transport.ts";
import type { Call } from "./transport.ts";
import { VERSIONS_MEDIA_TYPES, versionsPage } from "./versions-page.ts";
import type { VersionsPage } from "./versions-page.ts";
import { watchEvents } from "./watch-events.ts";
import type { Watch } from "./watch-events.ts";

/**
 * The API server as raw JSON: objects are what the server sent, unknown fields and all digits of integers included.
 * No method throws for what the server or the network does.
 */
export interface KubeApi {
  get(resource: Resource, name: ObjectName, options?: ObjectOptions): Promise<KubeResult<PlainObject>>;
  /** One page; hand its `continue` back for the next one. */
  list(resource: Resource, options?: ListOptions): Promise<KubeResult<ListPage>>;
  /** An object as the text that the server sent, unread. */
  getText(
    resource: Resource,
    name: ObjectName,
    options?: CallOptions,
  ): Promise<KubeResult<Uint8Array<ArrayBuffer>>>;
  /** One page as the text that the server sent, unread: for whoever reads it in another thread. */
  listText(resource: Resource, options?: ListOptions): Promise<KubeResult<Uint8Array<ArrayBuffer>>>;
  /** One page that says of each object no more than which it is and its version: a tenth of the work for everybody. */
  listVersions(resource: Resource, options?: ListOptions): Promise<KubeResult<VersionsPage>>;
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
  /** HTTP requests sent so far: repetitions and watches count. */
  readonly requests: number;
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
  /** Have no more than the metadata of the object answered: enough for whoever asks only whether it was written. */
  readonly metadataOnly?: boolean;
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
  /** A longer answer is not read to its end: it fails as `TooLong`. For `listText` and `listVersions`; default no limit. */
  readonly maxBytes?: number;
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

export interface KubeApiOptions {
  readonly connection: Connection;
  /**
   * Calls a second in the long run; default 100; 0 or less: no limit. Opening a watch does not count, as in client-go:
   * a list-watch paces itself, and events must not wait behind writes.
   */
  readonly qps?: number;
  /** Calls at once; default 200. */
  readonly burst?: number;
  /** For a whole call; default 30 s. */
  readonly timeoutMs?: number;
  /** What the server's audit log shows. */
  readonly userAgent?: string;
}

/** Servers that cannot leave the rest out send everything. */
const METADATA_MEDIA_TYPES = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/** The calls to the API server behind a connection; it opens sockets when the first call needs one. `close()` it. */
export function createKubeApi(options: KubeApiOptions): KubeApi {
  const { connection, qps = 100, burst = 200, timeoutMs = 30_000, userAgent = "portcullis" } = options;
  const transport = new Transport({ connection, perSecond: qps, burst, userAgent });

  async function call(
    method: Call["method"],
    path: string,
    given: CallOptions = {},
    content: Pick<Call, "body" | "contentType" | "accept"> = {},
  ): Promise<KubeResult<PlainObject>> {
    const { signal } = given;
    const answer = await transport.text({
      method,
      path,
      timeoutMs: given.timeoutMs ?? timeoutMs,
      ...(signal && { signal }),
      ...content,
    });
    if (!answer.ok) return answer;
    const body = parseJson(answer.value);
    if (body.ok && isPlainObject(body.value)) return answered(body.value);
    const why = body.ok ? "no JSON object" : body.error.message;
    return failed(noAnswer("MalformedAnswer", `${method} ${path}: ${why}`));
  }

  const bytes = (
    path: string,
    { signal, timeoutMs: limit = timeoutMs, maxBytes }: Pick<ListOptions, "maxBytes" | keyof CallOptions>,
    accept?: string,
  ) =>
    transport.bytes({
      method: "GET",
      path,
      timeoutMs: limit,
      ...(signal && { signal }),
      ...(accept !== undefined && { accept }),
      ...(maxBytes !== undefined && { maxBytes }),
    });

  const write = (
    method: "POST" | "PUT" | "PATCH",
    path: string,
    object: PlainObject,
    given: WriteOptions & { readonly force?: boolean } = {},
    contentType = "application/json",
  ) => {
    const query = queryOf({
      fieldManager: given.fieldManager,
      dryRun: given.dryRun ? "All" : undefined,
      force: given.force ? "true" : undefined,
    });
    return call(method, `${path}${query}`, given, {
      body: writeJson(object, { escapeHtml: false }),
      contentType,
      ...(given.metadataOnly === true && { accept: METADATA_MEDIA_TYPES }),
    });
  };

  return {
    get: (resource, name, given) =>
      call("GET", pathOf(resource, { ...name, subresource: given?.subresource ?? "" }), given),

    async list(resource, given = {}) {
      const list = await call("GET", listPath(resource, given), given);
      return list.ok ? answered(pageOf(list.value, resource)) : list;
    },

    async getText(resource, name, given = {}) {
      const answer = await bytes(pathOf(resource, name), given);
      return answer.ok ? answered(answer.value.bytes) : answer;
    },

    async listText(resource, given = {}) {
      const answer = await bytes(listPath(resource, given), given);
      return answer.ok ? answered(answer.value.bytes) : answer;
    },

    async listVersions(resource, given = {}) {
      const path = listPath(resource, given);
      const answer = await bytes(path, given, VERSIONS_MEDIA_TYPES);
      if (!answer.ok) return answer;
      const page = versionsPage(answer.value);
      return typeof page === "string"
        ? failed(noAnswer("MalformedAnswer", `GET ${path}: ${page}`))
        : answered(page);
    },

    async watch(resource, given) {
      const query = queryOf({
        ...selectors(given),
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion: given.resourceVersion,
        timeoutSeconds: given.timeoutSeconds,
      });
      const path = `${pathOf(resource, { namespace: given.namespace ?? "" })}${query}`;
      const { signal, idleTimeoutMs = 90_000 } = given;
      // The headers of a watch come at once, whether there are events or not.
      const timeLimit = Math.min(timeoutMs, idleTimeoutMs);
      const opened = await transport.stream({
        method: "GET",
        path,
        timeoutMs: timeLimit,
        unlimited: true,
        ...(signal && { signal }),
      });
      return opened.ok ? answered(watchEvents(opened.value, idleTimeoutMs)) : opened;
    },

    create: (resource, object, given) =>
      write("POST", pathOf(resource, { namespace: objectMeta(object).namespace }), object, given),

    replace: (resource, object, given) =>
      write("PUT", pathOf(resource, placeOf(object, given)), object, given),

    mergePatch: (resource, name, patch, given) =>
      write(
        "PATCH",
        pathOf(resource, { ...name, subresource: given?.subresource ?? "" }),
        patch,
        given,
        "application/merge-patch+json",
      ),

    apply: (resource, object, given) =>
      // Its type says YAML, of which JSON is a part.
      write("PATCH", pathOf(resource, placeOf(object, given)), object, given, "application/apply-patch+yaml"),

    async delete(resource, name, given = {}) {
      const { propagationPolicy, preconditions } = given;
      const options = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        ...(propagationPolicy && { propagationPolicy }),
        ...(preconditions && { preconditions: { ...preconditions } }),
      };
      const outcome = await call("DELETE", pathOf(resource, name), given, {
        body: JSON.stringify(options),
        contentType: "application/json",
      });
      return outcome.ok ? answered(undefined) : outcome;
    },

    discover: (given) => discover((path, accept) => call("GET", path, given, accept ? { accept } : {})),
    resourcesIn: (group, version, given) => resourcesIn((path) => call("GET", path, given), group, version),
    getPath: (path, given) => call("GET", path, given),
    get requests() {
      return transport.requests;
    },
    close: () => transport.close(),
  };
}

function placeOf(
  object: PlainObject,
  given: ObjectOptions = {},
): { namespace: string; name: string; subresource: string } {
  const { namespace, name } = objectMeta(object);
  return { namespace, name, subresource: given.subresource ?? "" };
}

function listPath(resource: Resource, given: ListOptions): string {
  const query = queryOf({
    ...selectors(given),
    limit: given.limit,
    continue: given.continue,
    resourceVersion: given.resourceVersion,
  });
  return `${pathOf(resource, { namespace: given.namespace ?? "" })}${query}`;
}

function selectors({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}

/** A list as it came, read. */
function pageOf(list: PlainObject, resource: Resource): ListPage {
  const remaining = valueAt(list, "metadata", "remainingItemCount");
  const next = textAt(list, "metadata", "continue");
  return {
    items: listAt(list, "items").map((item) => withKind(item, resource)),
    resourceVersion: textAt(list, "metadata", "resourceVersion"),
    ...(next !== "" && { continue: next }),
    ...(typeof remaining === "number" && { remainingItemCount: remaining }),
  };
}

/** The items of a list of a built-in kind come without what the list itself says once. */
export function withKind(item: Value, resource: Resource): PlainObject {
  const object = isPlainObject(item) ? item : {};
  if (textAt(object, "kind") !== "" && textAt(object, "apiVersion") !== "") return object;
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}
