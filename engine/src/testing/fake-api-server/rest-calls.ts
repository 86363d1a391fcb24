import type { ServerResponse } from "node:http";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { KubeError, KubeResult } from "../../cluster/kube-error.ts";
import { answered, failed } from "../../cluster/kube-error.ts";
import { keyOf, keyOfName } from "../../cluster/resource.ts";
import { isPlainObject, objectAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import { sendError, sendObject } from "./answers.ts";
import { metadataListBytes } from "./metadata-list.ts";
import { mergePatch } from "./merge-patch.ts";
import { selectionOf } from "./selection.ts";
import { kindKey, notFound, refusal } from "./store.ts";
import type { FakeResource, FakeStore } from "./store.ts";
import { inVersion } from "./watch-streams.ts";
import type { WatchStreams } from "./watch-streams.ts";

/** A call as it arrived. */
export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization: string;
  readonly accept: string;
}

/** What the path of a call names. */
export interface Target {
  readonly resource: FakeResource;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

/** Undefined: no kind that is served. */
export function targetOf(path: string, resources: readonly FakeResource[]): Target | undefined {
  const segments = path.split("/").slice(1).map(decodeURIComponent);
  const core = segments.shift() === "api";
  const group = core ? "" : (segments.shift() ?? "");
  const version = segments.shift();
  const inside = segments[0] === "namespaces" && segments.length > 2 && segments[2] !== "status";
  const namespace = inside ? (segments.splice(0, 2)[1] as string) : "";
  const [plural, name = "", subresource = ""] = segments;
  const resource = resources.find(
    (each) => each.group === group && each.version === version && each.plural === plural,
  );
  return resource && { resource, namespace, name, subresource };
}

/** Answers a call on a kind, a watch included. */
export function answerRestCall(
  call: FakeCall,
  target: Target,
  response: ServerResponse,
  { store, watches }: { readonly store: FakeStore; readonly watches: WatchStreams },
): void {
  const { resource, namespace, name } = target;
  if (call.method === "GET" && name === "") {
    if (call.query.get("watch") !== "true") return sendList(call, response, pageOf(call, target, store));
    const version = call.query.get("resourceVersion") ?? "";
    if (Number(version) > store.revision) {
      // A server that was set back: the version is one of its future.
      return sendError(response, refusal(504, "Timeout", `Too large resource version: ${version}`));
    }
    return watches.open(response, resource, selectionOf(namespace, call.query), {
      version,
      bookmarks: call.query.get("allowWatchBookmarks") === "true",
      seconds: Number(call.query.get("timeoutSeconds") ?? 1800),
    });
  }
  send(response, call.method === "POST" ? 201 : 200, write(call, target, store), resource);
}

const METADATA_AS_PROTOBUF = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;";

function sendList({ accept }: FakeCall, response: ServerResponse, outcome: KubeResult<PlainObject>): void {
  if (!outcome.ok) sendError(response, outcome.error);
  else if (!accept.startsWith(METADATA_AS_PROTOBUF)) {
    sendObject(response, 200, outcome.value);
  } else {
    response.writeHead(200, { "content-type": "application/vnd.kubernetes.protobuf" });
    response.end(metadataListBytes(outcome.value));
  }
}

function send(
  response: ServerResponse,
  code: number,
  outcome: KubeResult<PlainObject>,
  resource: FakeResource,
): void {
  if (!outcome.ok) sendError(response, outcome.error);
  else sendObject(response, code, inVersion(outcome.value, resource));
}

/** A page shows the state of the first page of its list; 410 once that state is forgotten. */
function pageOf({ query }: FakeCall, target: Target, store: FakeStore): KubeResult<PlainObject> {
  const { resource, namespace } = target;
  const position = positionOf(query.get("continue"), store);
  const state = store.objects(kindKey(resource), position.revision);
  const selects = selectionOf(namespace, query);
  if (state === undefined) {
    const present = [...(store.objects(kindKey(resource)) ?? []).values()].filter(selects);
    const start = present.filter((object) => keyOf(object) <= position.after).length;
    const token = btoa(JSON.stringify({ revision: store.revision, start, after: position.after }));
    const error = refusal(410, "Expired", "The provided continue parameter is too old");
    return failed({ ...error, continue: token });
  }
  const all = sorted(state).filter(selects);
  const limit = Number(query.get("limit") ?? 0) || all.length;
  const items = all.slice(position.start, position.start + limit);
  const end = position.start + items.length;
  return answered({
    kind: `${resource.kind}List`,
    apiVersion: inVersion({}, resource)["apiVersion"] as string,
    metadata: {
      resourceVersion: String(position.revision),
      ...(end < all.length && {
        continue: btoa(
          JSON.stringify({ ...position, start: end, after: keyOf(items.at(-1) as PlainObject) }),
        ),
        remainingItemCount: all.length - end,
      }),
    },
    items: items.map((item) => asListed(item, resource)),
  });
}

interface Position {
  readonly revision: number;
  readonly start: number;
  /** The key of the last object sent. */
  readonly after: string;
}

function positionOf(token: string | null, store: FakeStore): Position {
  if (token === null) return { revision: store.revision, start: 0, after: "" };
  return JSON.parse(atob(token)) as Position;
}

/** Built-in kinds leave out of a list's items what the list itself says. */
function asListed(object: PlainObject, resource: FakeResource): PlainObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  const builtIn = resource.group === "" || resource.group.endsWith(".k8s.io");
  return builtIn ? rest : inVersion(object, resource);
}

const sortedStates = new WeakMap<ReadonlyMap<string, PlainObject>, readonly PlainObject[]>();

/** Each page of a list asks for the same state. */
function sorted(state: ReadonlyMap<string, PlainObject>): readonly PlainObject[] {
  const known = sortedStates.get(state);
  if (known) return known;
  const all = [...state.values()].toSorted(byKey);
  sortedStates.set(state, all);
  return all;
}

function byKey(a: PlainObject, b: PlainObject): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function write(call: FakeCall, target: Target, store: FakeStore): KubeResult<PlainObject> {
  const { resource, namespace, name, subresource } = target;
  const key = keyOfName({ namespace, name });
  if (call.method === "GET") return store.get(resource, key);
  const parsed = parseJson(call.body === "" ? "{}" : call.body);
  if (!parsed.ok || !isPlainObject(parsed.value)) {
    return failed(refusal(400, "BadRequest", "the body is no JSON object"));
  }
  const given = parsed.value;
  switch (call.method) {
    case "POST":
      return store.create(resource, placed(given, namespace));
    case "PUT":
      return placeProblem(given, target) ?? store.update(resource, placed(given, namespace), subresource);
    case "PATCH":
      return patch(given, target, store, call.query.has("fieldManager") && !store.get(resource, key).ok);
    case "DELETE":
      return store.remove(resource, key, objectAt(given, "preconditions"));
    default:
      return failed(refusal(405, "MethodNotAllowed", `${call.method} is not supported`));
  }
}

/** Merge patches and, simplified to them, server-side apply, which also creates. */
function patch(
  given: PlainObject,
  { resource, namespace, name, subresource }: Target,
  store: FakeStore,
  mayCreate: boolean,
): KubeResult<PlainObject> {
  const found = store.get(resource, keyOfName({ namespace, name }));
  if (!found.ok) {
    return mayCreate && valueAt(given, "apiVersion") !== undefined
      ? store.create(resource, placed(given, namespace))
      : failed(notFound(resource, name));
  }
  return store.update(resource, mergePatch(found.value, given) as PlainObject, subresource);
}

function placed(object: PlainObject, namespace: string): PlainObject {
  return namespace === "" ? object : (mergePatch(object, { metadata: { namespace } }) as PlainObject);
}

function placeProblem(given: PlainObject, { name }: Target): KubeResult<never> | undefined {
  const own = textAt(given, "metadata", "name");
  if (own === name) return undefined;
  const error: KubeError = refusal(
    400,
    "BadRequest",
    `the name of the object (${own}) does not match the name on the URL (${name})`,
  );
  return failed(error);
}
