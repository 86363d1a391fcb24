import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { withKind } from "./api.ts";
import type { Resource } from "./resource.ts";

/**
 * A page of a list as it came. Its objects are read when they are asked for: what is read, used and dropped one by one
 * costs no more memory than one of them, and a collector of garbage next to nothing.
 */
export interface UnreadPage {
  /** How many objects there are. */
  readonly length: number;
  /** With `apiVersion` and `kind` set. A text says why it cannot be read. */
  readonly read: (index: number) => PlainObject | string;
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Finds out what a list holds without reading it; a text says why that cannot be done. */
export function unreadPage(bytes: Uint8Array, resource: Resource): UnreadPage | string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = ({ start, end }: Span): string => buffer.toString("utf8", start, end);
  const members = membersOf(bytes);
  if (members === undefined) return "no JSON object";
  // The last of equal names wins, as everywhere.
  const named = (name: string): Span | undefined =>
    members.findLast(({ key }) => text(key) === `"${name}"`)?.value;
  const list = named("items");
  const items = list && bytes[list.start] === OPEN_LIST ? elementsOf(bytes, list) : [];
  const meta = named("metadata");
  const metadata = meta ? parseJson(text(meta)) : undefined;
  if (metadata && !metadata.ok) return metadata.error.message;
  const next = textAt(metadata?.value, "continue");
  const remaining = valueAt(metadata?.value, "remainingItemCount");
  return {
    length: items.length,
    read(index) {
      const span = items[index];
      const object = span ? valueOf(text(span), span.isPlain) : "no such object";
      if (typeof object === "string") return object;
      return isPlainObject(object.value) ? withKind(object.value, resource) : "no JSON object";
    },
    ...(next !== "" && { continue: next }),
    ...(typeof remaining === "number" && { remainingItemCount: remaining }),
  };
}

function valueOf(text: string, isPlain: boolean): { readonly value: Value } | string {
  if (isPlain) {
    try {
      return { value: JSON.parse(text) as Value };
    } catch {
      // Our own reader says what is wrong.
    }
  }
  const parsed = parseJson(text);
  return parsed.ok ? parsed : parsed.error.message;
}

/** Where a value stands: from its first byte to behind its last one. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** The native parser loses nothing of it. */
  readonly isPlain: boolean;
}

interface Member {
  readonly key: Span;
  readonly value: Span;
}

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const LETTER_D = 0x44;
const LETTER_E = 0x45;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const SMALL_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Brackets and braces differ in this bit, and so do large and small letters. */
const CASE = 0x20;

/** A double holds every integer of so many digits. */
const SAFE_DIGITS = 15;
/** Where it is deeper, the reader that knows a limit reads it. */
const SAFE_DEPTH = 500;

/** The members of the object that the bytes are; undefined where they are none, or not a whole one. */
function membersOf(bytes: Uint8Array): readonly Member[] | undefined {
  const members: Member[] = [];
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_OBJECT) return undefined;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === QUOTE) {
    const key = valueFrom(bytes, at);
    at = skipSpace(bytes, key.end);
    if (bytes[at] !== COLON) return undefined;
    const value = valueFrom(bytes, skipSpace(bytes, at + 1));
    members.push({ key, value });
    at = skipSpace(bytes, value.end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return bytes[at] === CLOSE_OBJECT && skipSpace(bytes, at + 1) === bytes.length ? members : undefined;
}

/** Whatever stands between the commas of a list. */
function elementsOf(bytes: Uint8Array, { start, end }: Span): readonly Span[] {
  const elements: Span[] = [];
  let at = skipSpace(bytes, start + 1);
  while (at < end - 1) {
    const element = valueFrom(bytes, at);
    elements.push(element);
    at = skipSpace(bytes, element.end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return elements;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at++;
  return at;
}

/** The value that begins here. Its form is not looked at any closer: who reads it will find its faults. */
function valueFrom(bytes: Uint8Array, start: number): Span {
  const { length } = bytes;
  let isPlain = true;
  let depth = 0;
  let at = start;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at++;
      for (; at < length; at++) {
        const inside = bytes[at] as number;
        if (inside === QUOTE) break;
        if (inside !== BACKSLASH) continue;
        at++;
        // Half of a surrogate pair would become U+FFFD.
        if (bytes[at] === SMALL_U && ((bytes[at + 1] as number) & ~CASE) === LETTER_D) isPlain = false;
      }
      at++;
      if (depth === 0) break;
      continue;
    }
    const bracket = byte & ~CASE;
    if (bracket === OPEN_LIST) {
      depth++;
      if (depth > SAFE_DEPTH) isPlain = false;
    } else if (bracket === CLOSE_LIST) {
      if (depth === 0) break;
      depth--;
      if (depth === 0) {
        at++;
        break;
      }
    } else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const first = at;
      while (at < length && isOfNumber(bytes[at] as number)) {
        if ((bytes[at] as number) < ZERO || (bytes[at] as number) > NINE) isPlain &&= at === first;
        at++;
      }
      if (at - first > SAFE_DIGITS || (byte === MINUS && bytes[first + 1] === ZERO)) isPlain = false;
      continue;
    } else if (depth === 0 && (byte === COMMA || byte <= 0x20)) break;
    at++;
  }
  return { start, end: Math.min(at, length), isPlain };
}

function isOfNumber(byte: number): boolean {
  return (
    (byte >= ZERO && byte <= NINE) ||
    byte === DOT ||
    byte === MINUS ||
    byte === PLUS ||
    (byte & ~CASE) === LETTER_E
  );
}
