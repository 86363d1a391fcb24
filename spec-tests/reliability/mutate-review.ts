import { writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { Choices } from "../differential/generate/choices.ts";
import { mutateTokens } from "../fuzz/mutate.ts";
import { ODD_KEYS, ODD_VALUES } from "./review-corpus.ts";

export interface FuzzRequest {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** How the body was made. */
  readonly how: string;
}

const PATHS = ["/v1/admit", "/v1/admitlabel", "/v1/mutate"];
const TIMEOUTS = [
  "",
  "?timeout=10s",
  "?timeout=1ms",
  "?timeout=",
  "?timeout=-5s",
  "?timeout=1e9s",
  "?timeout=9999999999m",
];
const CONTENT_TYPES = [
  "application/json; charset=utf-8",
  "text/plain",
  "",
  "multipart/form-data; boundary=x",
  'a/b;q="',
  "*/*",
];

/** A request to one of the endpoints, as the choices have it. */
export function fuzzRequest(c: Choices, corpus: readonly PlainObject[]): FuzzRequest {
  const path = c.pick(PATHS) + (c.chance(20) ? c.pick(TIMEOUTS) : "");
  const contentType = c.chance(3) ? c.pick(CONTENT_TYPES) : "application/json";
  return { path, contentType, ...bodyOf(c, corpus) };
}

function bodyOf(c: Choices, corpus: readonly PlainObject[]): { readonly body: Buffer; readonly how: string } {
  const review = c.pick(corpus);
  const way = c.below(100);
  if (way < 55) return { how: "structure", body: Buffer.from(textOf(mutateReview(c, review, corpus))) };
  if (way < 75) {
    const other = textOf(c.pick(corpus)).slice(0, 4000);
    return { how: "tokens", body: Buffer.from(mutateTokens(c, textOf(review), other)) };
  }
  if (way < 95) return { how: "bytes", body: mutateBytes(c, Buffer.from(textOf(review))) };
  if (way < 99) return { how: "noise", body: Buffer.from(c.list(0, 300, () => c.below(256))) };
  return { how: "size", body: sized(c, review) };
}

function textOf(value: Value): string {
  return writeJson(value, { escapeHtml: false });
}

/**
 * One to four changes of a review, each at a place that is reached by going down at random: mostly within the object that is
 * reviewed, because what encloses it is refused for most changes.
 */
function mutateReview(c: Choices, review: PlainObject, corpus: readonly PlainObject[]): Value {
  if (c.chance(25)) return mutateTree(c, review, corpus);
  const request = review["request"] as PlainObject;
  const name = c.chance(25) ? "oldObject" : "object";
  const subject = request[name] ?? request["object"] ?? request["oldObject"] ?? null;
  return { ...review, request: { ...request, [name]: mutateTree(c, subject, corpus) } };
}

function mutateTree(c: Choices, tree: Value, corpus: readonly PlainObject[]): Value {
  let mutated = tree;
  for (let change = c.below(4); change >= 0; change--) mutated = changed(c, mutated, corpus, 0);
  return mutated;
}

function changed(c: Choices, value: Value, corpus: readonly PlainObject[], depth: number): Value {
  const isLeaf = typeof value !== "object" || value === null;
  if (isLeaf || (depth > 0 && c.chance(12))) return replacement(c, value, corpus);
  if (Array.isArray(value)) {
    const items = [...(value as readonly Value[])];
    if (items.length === 0) return [replacement(c, null, corpus)];
    const at = c.below(items.length);
    const what = c.below(10);
    if (what === 0) items.splice(at, 1);
    else if (what === 1)
      items.splice(at, 0, ...Array.from({ length: 1 + c.below(40) }, () => items[at] ?? null));
    else items[at] = changed(c, items[at] ?? null, corpus, depth + 1);
    return items;
  }
  const entries = Object.entries(value as PlainObject);
  if (entries.length === 0 || c.chance(8)) entries.push([c.pick(ODD_KEYS), replacement(c, null, corpus)]);
  const at = c.below(entries.length);
  const [key, inner] = entries[at] as [string, Value];
  if (c.chance(12)) entries.splice(at, 1);
  else if (c.chance(6)) entries[at] = [c.pick(ODD_KEYS), inner];
  else entries[at] = [key, changed(c, inner, corpus, depth + 1)];
  return Object.fromEntries(entries);
}

function replacement(c: Choices, value: Value, corpus: readonly PlainObject[]): Value {
  switch (c.below(5)) {
    case 0: {
      // A part of another review, whatever it was there.
      let part: Value = c.pick(corpus);
      for (let depth = c.below(6); depth > 0 && typeof part === "object" && part !== null; depth--) {
        const inner: readonly Value[] = Array.isArray(part) ? part : Object.values(part as PlainObject);
        if (inner.length === 0) break;
        part = c.pick(inner);
      }
      return part;
    }
    case 1: {
      let nested: Value = value;
      for (let depth = c.below(c.chance(5) ? 2000 : 20); depth >= 0; depth--)
        nested = c.chance(50) ? [nested] : { a: nested };
      return nested;
    }
    default:
      return c.pick(ODD_VALUES);
  }
}

function mutateBytes(c: Choices, bytes: Buffer): Buffer {
  let mutated = bytes;
  for (let change = c.below(6); change >= 0; change--) {
    const at = c.below(mutated.length + 1);
    const [head, tail] = [mutated.subarray(0, at), mutated.subarray(at)];
    switch (c.below(5)) {
      case 0:
        mutated = Buffer.concat([head, tail.subarray(1 + c.below(4))]);
        break;
      case 1:
        mutated = Buffer.concat([head, Buffer.from([c.below(256)]), tail]);
        break;
      case 2:
        mutated = Buffer.concat([head, Buffer.from([(tail[0] ?? 0) ^ (1 << c.below(8))]), tail.subarray(1)]);
        break;
      case 3:
        mutated = Buffer.concat([head, head.subarray(0, c.below(200)), tail]);
        break;
      default:
        mutated = head;
    }
  }
  return mutated;
}

/** Bodies that are too deep, too long or have nothing in them. */
function sized(c: Choices, review: PlainObject): Buffer {
  const depth = 1000 + c.below(100_000);
  return c.way([
    () => Buffer.from("[".repeat(depth)),
    () => Buffer.from(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`),
    () => Buffer.alloc(0),
    () => Buffer.alloc(depth, " "),
    () => Buffer.alloc(7 * 1024 * 1024 + c.below(3), " "),
    () => Buffer.from(textOf({ ...review, more: "x".repeat(c.below(3_000_000)) })),
    () =>
      Buffer.from(
        `{"apiVersion":"admission.k8s.io/v1","request":{"uid":"u","object":{"n":${"9".repeat(depth)}}}}`,
      ),
  ]);
}
