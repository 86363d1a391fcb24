import { createShapesReader, parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { withKind } from "./api.ts";
import { alikeElements, elementsOf, membersOf } from "./json-spans.ts";
import type { Span } from "./json-spans.ts";
import type { Resource } from "./resource.ts";

/**
 * A page of a list as it came. Its objects are read when they are asked for: what is read, used and dropped one by one
 * costs no more memory than one of them, and a collector of garbage next to nothing.
 */
export interface UnreadPage {
  /** How many objects there seem to be; only reading them shows it. */
  readonly length: number;
  /** With `apiVersion` and `kind` set. A text says why one cannot be read. */
  readonly objects: () => Iterable<PlainObject | string>;
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Finds out what a list holds without reading it; a text says why that cannot be done. */
export function unreadPage(bytes: Uint8Array, resource: Resource): UnreadPage | string {
  const list = usualList(bytes) ?? anyList(bytes);
  if (!list) return "no JSON object";
  const metadata = list.metadata && parseJson(textOf(bytes, list.metadata));
  if (metadata && !metadata.ok) return metadata.error.message;
  const next = textAt(metadata?.value, "continue");
  const remaining = valueAt(metadata?.value, "remainingItemCount");
  return {
    length: list.items.length,
    objects: () => objectsOf(bytes, list, resource),
    ...(next !== "" && { continue: next }),
    ...(typeof remaining === "number" && { remainingItemCount: remaining }),
  };
}

/** An object that came by itself, read in the same way; a text says why it cannot be. */
export function readObject(bytes: Uint8Array): PlainObject | string {
  const value = valueOf(bytes, { start: 0, end: bytes.length });
  if (typeof value === "string") return value;
  return isPlainObject(value.value) ? value.value : "no JSON object";
}

function* objectsOf(bytes: Uint8Array, list: List, resource: Resource): Generator<PlainObject | string> {
  for (const value of list.isCertain ? values(bytes, list.items) : likelyValues(bytes, list)) {
    if (typeof value === "string") yield value;
    else yield isPlainObject(value.value) ? withKind(value.value, resource) : "no JSON object";
  }
}

interface List {
  readonly metadata: Span | undefined;
  readonly items: readonly Span[];
  /** Where the items begin. */
  readonly start: number;
  readonly isCertain: boolean;
}

/** As an API server writes lists of the kinds it knows: metadata first, objects that begin alike last. */
function usualList(bytes: Uint8Array): List | undefined {
  let metadata: Span | undefined;
  for (const { key, value } of membersOf(bytes)) {
    const name = textOf(bytes, key);
    if (name === '"metadata"') metadata = value;
    if (name !== '"items"') continue;
    const items = metadata && alikeElements(bytes, value.start);
    return items && { metadata, items, start: value.start, isCertain: false };
  }
  return undefined;
}

function anyList(bytes: Uint8Array): List | undefined {
  const members = membersOf(bytes);
  let metadata: Span | undefined;
  let items: Span | undefined;
  for (;;) {
    const next = members.next();
    if (next.done === true) {
      if (!next.value) return undefined;
      const elements = items ? elementsOf(bytes, items) : [];
      return { metadata, items: elements, start: items?.start ?? 0, isCertain: true };
    }
    const { key, value } = next.value;
    // The last of equal names wins, as everywhere.
    const name = textOf(bytes, key);
    if (name === '"metadata"') metadata = value;
    if (name === '"items"') items = value;
  }
}

/** A text says why there is no value. */
type ReadValue = { readonly value: Value } | string;

function* values(bytes: Uint8Array, spans: readonly Span[]): Generator<ReadValue> {
  for (const span of spans) yield valueOf(bytes, span);
}

/** What was cut in the wrong place is no JSON text: from there on, the list is taken apart with care. */
function* likelyValues(bytes: Uint8Array, { items, start, metadata }: List): Generator<ReadValue> {
  for (const [index, span] of items.entries()) {
    const value = valueOf(bytes, span);
    if (typeof value !== "string") {
      yield value;
      continue;
    }
    const list = anyList(bytes);
    if (!list) yield "the list has no end";
    // How the list goes on has been told already.
    else if (list.start !== start || list.metadata?.start !== metadata?.start)
      yield "something follows the items of the list";
    else yield* values(bytes, list.items.slice(index));
    return;
  }
}

/** Of all objects: those of a kind resemble one another. No policy looks at who wrote which field, half of many an object. */
const LIKE_OTHERS = createShapesReader({ later: "managedFields" });

function valueOf(bytes: Uint8Array, span: Span): ReadValue {
  // A text of its own: a page would stay in memory with any part of it.
  const text = textOf(bytes, span);
  if (text.length === span.end - span.start) {
    const value = LIKE_OTHERS.read(bytes.subarray(span.start, span.end), text);
    if (value !== undefined) return { value };
  }
  const parsed = parseJson(text);
  return parsed.ok ? parsed : parsed.error.message;
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array, { start, end }: Span): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8", start, end);
}
