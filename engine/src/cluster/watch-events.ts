import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { objectAt, textAt } from "../kubernetes/object-meta.ts";
import { noAnswer } from "./kube-error.ts";
import type { KubeError } from "./kube-error.ts";
import { errorOfStatus } from "./status-error.ts";
import type { Body } from "./transport.ts";

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

/** No event is longer: etcd refuses objects beyond 1.5 MiB, and JSON is at most a few times that. */
const MAX_LINE_LENGTH = 32 * 1024 * 1024;

/** The events of a watch's open body; a body that is silent for too long is given up. */
export function watchEvents(body: Body, idleTimeoutMs: number): Watch {
  let closed = false;
  const close = () => {
    closed = true;
    body.destroy();
  };
  // A body that is destroyed while nobody reads it must not throw.
  body.on("error", () => undefined);

  async function* events(): AsyncGenerator<WatchEvent> {
    let silent = false;
    const timer = setTimeout(() => {
      silent = true;
      body.destroy();
    }, idleTimeoutMs);
    try {
      for await (const line of lines(body, () => timer.refresh())) {
        if (closed) return;
        const event = eventOf(line);
        yield event;
        if (event.type === "ERROR") return;
      }
      if (closed || !silent) return;
      yield error("TimedOut", `the watch was silent for ${idleTimeoutMs} ms`);
    } catch (cause) {
      if (closed) return;
      if (silent) yield error("TimedOut", `the watch was silent for ${idleTimeoutMs} ms`);
      else yield error("ConnectionFailed", `the watch broke: ${textOf(cause)}`);
    } finally {
      clearTimeout(timer);
      close();
    }
  }

  return { close, [Symbol.asyncIterator]: events };
}

/** A last line without its line end is cut off, not a line. */
async function* lines(body: Body, onData: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    onData();
    const texts = decoder.decode(chunk as Uint8Array, { stream: true }).split("\n");
    const rest = texts.pop() as string;
    for (const text of texts) {
      pieces.push(text);
      const line = pieces.join("");
      pieces = [];
      length = 0;
      if (line.trim() !== "") yield line;
    }
    pieces.push(rest);
    length += rest.length;
    if (length > MAX_LINE_LENGTH) throw new Error(`an event is longer than ${MAX_LINE_LENGTH} characters`);
  }
  if (length > 0) throw new Error("the stream ends within an event");
}

function eventOf(line: string): WatchEvent {
  const parsed = parseJson(line);
  if (!parsed.ok)
    return error("MalformedAnswer", `an event of the watch is not JSON: ${parsed.error.message}`);
  const type = textAt(parsed.value, "type");
  const object = objectAt(parsed.value, "object");
  if (object === undefined) return error("MalformedAnswer", `an event of the watch has no object`);
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return { type, object };
    case "BOOKMARK":
      return { type, resourceVersion: textAt(object, "metadata", "resourceVersion") };
    case "ERROR":
      return { type, error: errorOfStatus(object) };
    default:
      return error("MalformedAnswer", `an event of the watch has the type \`${type}\``);
  }
}

function error(reason: string, message: string): WatchEvent {
  return { type: "ERROR", error: noAnswer(reason, message) };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
