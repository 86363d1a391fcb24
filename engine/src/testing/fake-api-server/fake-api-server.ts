import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PlainObject } from "@portcullis/interpreter";
import { keyOf, keyOfName } from "../../cluster/resource.ts";
import type { ObjectName, Resource } from "../../cluster/resource.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { sendError, sendObject, statusOf } from "./answers.ts";
import { CRDS, established, kindsOfCrd } from "./custom-kinds.ts";
import { discoveryAnswer } from "./discovery.ts";
import { answerRestCall, targetOf } from "./rest-calls.ts";
import type { FakeCall } from "./rest-calls.ts";
import { FakeStore, kindKey, refusal } from "./store.ts";
import type { FakeResource, StoredChange } from "./store.ts";
import { WatchStreams } from "./watch-streams.ts";
import type { WatchFault } from "./watch-streams.ts";

/** What can happen to a call instead of its answer. */
export type CallFault =
  | {
      readonly kind: "status";
      readonly code: number;
      readonly reason: string;
      readonly retryAfterSeconds?: number;
    }
  /** The connection ends before anything was answered. */
  | { readonly kind: "reset" }
  /** Nothing is ever answered. */
  | { readonly kind: "hang" }
  /** The answer comes late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The connection ends in the middle of the answer; a write has happened. */
  | { readonly kind: "truncate" }
  /** 200 with something that is no JSON. */
  | { readonly kind: "garbage" };

export interface FakeApiServerOptions {
  /** The kinds served from the start. CustomResourceDefinitions, which add kinds, are served always. */
  readonly resources?: readonly FakeResource[];
  /** The bearer token that callers must show; left out: anybody may call. */
  readonly token?: string;
}

/**
 * An API server in miniature, over HTTP on loopback: list with paging, watch with bookmarks, history that can be
 * forgotten (410), optimistic locks (409), subresource `status`, finalizers, CustomResourceDefinitions; no validation,
 * no garbage collection, no conversion between versions. And it fails on demand.
 */
export interface FakeApiServer {
  readonly url: string;
  /** All calls so far, refused and broken ones too. */
  readonly calls: readonly FakeCall[];
  forgetCalls(): void;
  readonly openWatches: number;
  /** Creates or replaces an object, as another client does; what it says of its resourceVersion is ignored. */
  put(object: PlainObject): PlainObject;
  /** Creates or replaces many objects of a kind in one step: with a revision each, but one state for all. */
  putAll(resource: FakeResource, objects: readonly PlainObject[]): void;
  remove(resource: Resource, name: ObjectName): void;
  get(resource: Resource, name: ObjectName): PlainObject | undefined;
  /** The present objects of a kind by their keys. */
  objects(resource: Resource): ReadonlyMap<string, PlainObject>;
  serve(resource: FakeResource): void;
  /** 404 from now on; the objects stay, and come back with the kind. */
  unserve(resource: FakeResource): void;
  /** Forgets all states but the present: older watches and continue tokens get 410. */
  compact(): void;
  /** Tells all watches how far they are. */
  bookmark(): void;
  breakWatches(fault: WatchFault, resource?: Resource): void;
  /** The next call (that fits) fails so. */
  failNext(fault: CallFault, fits?: (call: FakeCall) => boolean): void;
  /** Lifts the faults that no call has met yet. */
  failNoMore(): void;
  acceptToken(token: string): void;
  /** The process is gone: connections break, new ones are refused. The store stays, as etcd does. */
  stop(): Promise<void>;
  /** Serves again, at the same address. */
  start(): Promise<void>;
}

export async function createFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = new Fake(options);
  await server.start();
  return server;
}

class Fake implements FakeApiServer {
  readonly calls: FakeCall[] = [];
  readonly #store = new FakeStore();
  readonly #watches = new WatchStreams(this.#store);
  readonly #faults: { fault: CallFault; fits: (call: FakeCall) => boolean }[] = [];
  #resources: readonly FakeResource[];
  #token: string | undefined;
  #server: Server | undefined;
  #port = 0;

  constructor({ resources = [], token }: FakeApiServerOptions) {
    this.#resources = [CRDS, ...resources];
    this.#token = token;
    this.#store.onChange = (change) => {
      this.#watches.tell(change);
      if (change.kind === kindKey(CRDS)) this.#followCrd(change);
    };
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  forgetCalls(): void {
    this.calls.length = 0;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  put(object: PlainObject): PlainObject {
    const { group, version, kind } = objectMeta(object);
    const resource = this.#resources.find(
      (each) => each.group === group && each.version === version && each.kind === kind,
    );
    if (resource === undefined) throw new Error(`the fake API server serves no ${group}/${version} ${kind}`);
    const { resourceVersion: _version, ...metadata } = (object["metadata"] ?? {}) as PlainObject;
    const given = { ...object, metadata };
    const found = this.#store.get(resource, keyOf(object)).ok;
    // A test that puts a status means it.
    const whole = { ...resource, hasStatus: false };
    const outcome = found ? this.#store.update(whole, given) : this.#store.create(whole, given);
    if (!outcome.ok) throw new Error(outcome.error.message);
    return outcome.value;
  }

  putAll(resource: FakeResource, objects: readonly PlainObject[]): void {
    this.#store.putAll(resource, objects);
  }

  remove(resource: Resource, name: ObjectName): void {
    this.#store.remove(resource, keyOfName(name), undefined);
  }

  get(resource: Resource, name: ObjectName): PlainObject | undefined {
    return this.objects(resource).get(keyOfName(name));
  }

  objects(resource: Resource): ReadonlyMap<string, PlainObject> {
    return this.#store.objects(kindKey(resource)) ?? new Map();
  }

  serve(resource: FakeResource): void {
    this.#resources = [...this.#resources, resource];
  }

  unserve(resource: FakeResource): void {
    this.#resources = this.#resources.filter((each) => kindKey(each) !== kindKey(resource));
    this.#watches.break("end", kindKey(resource));
  }

  compact(): void {
    this.#store.compact();
  }

  bookmark(): void {
    this.#watches.bookmark();
  }

  breakWatches(fault: WatchFault, resource?: Resource): void {
    this.#watches.break(fault, resource && kindKey(resource));
  }

  failNext(fault: CallFault, fits: (call: FakeCall) => boolean = () => true): void {
    this.#faults.push({ fault, fits });
  }

  failNoMore(): void {
    this.#faults.length = 0;
  }

  acceptToken(token: string): void {
    this.#token = token;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      if (server === undefined) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    const call = await readCall(request);
    if (call === undefined) return;
    this.calls.push(call);
    const fault = this.#takeFault(call);
    switch (fault?.kind) {
      case "hang":
        return;
      case "reset":
        request.socket.resetAndDestroy();
        return;
      case "garbage":
        response.writeHead(200, { "content-type": "application/json" }).end("<html>");
        return;
      case "status": {
        const { code, reason, retryAfterSeconds } = fault;
        const error = refusal(code, reason, `told to fail: ${reason}`);
        sendError(response, { ...error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
        return;
      }
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        break;
      case "truncate":
        truncate(response);
        break;
    }
    this.#answerInOrder(call, response);
  }

  #takeFault(call: FakeCall): CallFault | undefined {
    const index = this.#faults.findIndex(({ fits }) => fits(call));
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }

  #answerInOrder(call: FakeCall, response: ServerResponse): void {
    if (this.#token !== undefined && call.authorization !== `Bearer ${this.#token}`) {
      return sendObject(response, 401, statusOf(refusal(401, "Unauthorized", "Unauthorized")));
    }
    if (call.path === "/version") return sendObject(response, 200, { major: "1", minor: "34" });
    const discovery = discoveryAnswer(call.path, this.#resources);
    if (discovery !== undefined) return sendObject(response, 200, discovery);
    const target = targetOf(call.path, this.#resources);
    if (target === undefined) {
      return sendError(
        response,
        refusal(404, "NotFound", "the server could not find the requested resource"),
      );
    }
    answerRestCall(call, target, response, { store: this.#store, watches: this.#watches });
  }

  /** A new CustomResourceDefinition is served and says so; a deleted one takes its objects and its kinds away. */
  #followCrd({ type, object }: StoredChange): void {
    const kinds = kindsOfCrd(object);
    const known = new Set(kinds.map(kindKey));
    const others = this.#resources.filter((each) => !known.has(kindKey(each)));
    if (type !== "DELETED") {
      this.#resources = [...others, ...kinds];
      if (type === "ADDED") queueMicrotask(() => this.#store.update(CRDS, established(object), "status"));
      return;
    }
    for (const kind of kinds.slice(0, 1)) {
      for (const key of this.objects(kind).keys()) this.#store.remove(kind, key, undefined);
      this.#watches.break("end", kindKey(kind));
    }
    this.#resources = others;
  }
}

async function readCall(request: IncomingMessage): Promise<FakeCall | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The caller has hung up.
    return undefined;
  }
  return {
    method: request.method ?? "GET",
    path: pathname,
    query: searchParams,
    body: Buffer.concat(chunks).toString("utf8"),
    authorization: request.headers.authorization ?? "",
    accept: request.headers.accept ?? "",
  };
}

/** Half of whatever is written next is sent, then the connection ends. */
function truncate(response: ServerResponse): void {
  response.end = ((text = "") => {
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
    return response;
  }) as ServerResponse["end"];
}
