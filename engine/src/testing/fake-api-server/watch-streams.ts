import type { ServerResponse } from "node:http";
import type { PlainObject } from "@portcullis/interpreter";
import { writeJson } from "@portcullis/interpreter";
import { apiVersionOf } from "../../cluster/resource.ts";
import { statusOf } from "./answers.ts";
import type { Selects } from "./selection.ts";
import { kindKey, refusal } from "./store.ts";
import type { FakeResource, FakeStore, StoredChange } from "./store.ts";

/** How a watch breaks. */
export type WatchFault =
  /** The server ends it in good order. */
  | "end"
  /** The connection is gone. */
  | "reset"
  /** The connection is gone in the middle of an event. */
  | "truncate"
  /** It stays open, and nothing comes any more. */
  | "silence"
  /** 410: the version is too old. */
  | "expire"
  /** An error 500 in the stream. */
  | "error"
  /** A line that is no event. */
  | "garbage";

interface Stream {
  readonly response: ServerResponse;
  readonly resource: FakeResource;
  readonly selects: Selects;
  /** Nothing more is sent. */
  silent: boolean;
}

/** The open watches. */
export class WatchStreams {
  readonly #store: FakeStore;
  readonly #open = new Set<Stream>();

  constructor(store: FakeStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#open.size;
  }

  open(
    response: ServerResponse,
    resource: FakeResource,
    selects: Selects,
    { version, bookmarks, seconds }: { version: string; bookmarks: boolean; seconds: number },
  ): void {
    const stream: Stream = { response, resource, selects, silent: false };
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    const from = version === "" ? 0 : Number(version);
    if (from > 0 && from < this.#store.compacted) {
      response.end(eventLine("ERROR", tooOld(from, this.#store.compacted)));
      return;
    }
    const timer = setTimeout(() => {
      if (bookmarks) this.#bookmark(stream);
      response.end();
    }, seconds * 1000);
    response.once("close", () => {
      clearTimeout(timer);
      this.#open.delete(stream);
    });
    this.#open.add(stream);
    if (from === 0) {
      for (const object of this.#store.objects(kindKey(resource))?.values() ?? []) {
        if (selects(object)) response.write(eventLine("ADDED", object));
      }
      return;
    }
    for (const change of this.#store.changes) if (change.revision > from) tell(stream, change);
  }

  tell(change: StoredChange): void {
    for (const stream of this.#open) tell(stream, change);
  }

  bookmark(): void {
    for (const stream of this.#open) this.#bookmark(stream);
  }

  /** Breaks all open watches, or those of one kind. */
  break(fault: WatchFault, kind?: string): void {
    for (const stream of this.#open) {
      if (kind !== undefined && kindKey(stream.resource) !== kind) continue;
      if (fault === "silence") {
        stream.silent = true;
        continue;
      }
      this.#open.delete(stream);
      breakStream(stream.response, fault, this.#store);
    }
  }

  #bookmark({ response, resource, silent }: Stream): void {
    const metadata = { resourceVersion: String(this.#store.revision) };
    if (!silent)
      response.write(
        eventLine("BOOKMARK", { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata }),
      );
  }
}

function breakStream(
  response: ServerResponse,
  fault: Exclude<WatchFault, "silence">,
  store: FakeStore,
): void {
  const { socket } = response;
  switch (fault) {
    case "end":
      response.end();
      break;
    case "reset":
      socket?.resetAndDestroy();
      break;
    case "truncate":
      response.write('{"type":"MODIFIED","object":{"apiVersion":', () => socket?.destroy());
      break;
    case "expire":
      response.end(eventLine("ERROR", tooOld(store.revision, store.revision)));
      break;
    case "error":
      response.end(eventLine("ERROR", statusOf(refusal(500, "InternalError", "etcd has no leader"))));
      break;
    case "garbage":
      response.write("<html>\n");
      break;
  }
}

/** An object that enters or leaves the selection is told as made or deleted. */
function tell({ response, resource, selects, silent }: Stream, change: StoredChange): void {
  if (silent || change.kind !== kindKey(resource)) return;
  const before = change.previous !== undefined && selects(change.previous);
  const after = change.type !== "DELETED" && selects(change.object);
  if (!before && !after) return;
  response.write(
    eventLine(before && after ? "MODIFIED" : after ? "ADDED" : "DELETED", inVersion(change.object, resource)),
  );
}

/** The same object as another version of its kind. */
export function inVersion(object: PlainObject, resource: FakeResource): PlainObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function tooOld(version: number, oldest: number): PlainObject {
  return statusOf(refusal(410, "Expired", `too old resource version: ${version} (${oldest})`));
}

function eventLine(type: string, object: PlainObject): string {
  return `${writeJson({ type, object })}\n`;
}
