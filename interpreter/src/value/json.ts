import { Boxed } from "./boxed.ts";
import { JsonSyntaxError, readJson } from "./json-reader.ts";
import type { JsonError } from "./json-reader.ts";
import { spendScan, spendText, spendWalk, spendWriting } from "./meter.ts";
import { kindOf } from "./kind.ts";
import { Decimal, numberFromText } from "./number.ts";
import { RegoObject } from "./object.ts";
import { sortedKeys, setOwn } from "./plain-object.ts";
import { RegoSet } from "./set.ts";
import type { PlainObject, Value } from "./value.ts";

export type { JsonError } from "./json-reader.ts";

/**
 * How deep a value that comes from outside may be nested. Code all over the interpreter walks values recursively;
 * this depth is safe on a stack of the default size (see `depth.test.ts`). Go itself stops at 10,000.
 */
export const MAX_DEPTH = 1_000;

export interface ParseJsonOptions {
  /** Nesting beyond it is an error; default {@link MAX_DEPTH}. */
  readonly maxDepth?: number;
}

export type ParseJsonResult =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: JsonError };

/**
 * Reads a JSON text exactly: every number keeps its digits, the last of duplicate keys wins, `__proto__` is a key like
 * any other. Errors carry the texts of Go's decoder and a position; nothing is thrown.
 *
 * The native parser does the work where a scan of the text shows that it would lose nothing.
 */
export function parseJson(text: string, options: ParseJsonOptions = {}): ParseJsonResult {
  const maxDepth = options.maxDepth ?? MAX_DEPTH;
  if (isSafeForNativeParser(text, maxDepth)) {
    try {
      return { ok: true, value: JSON.parse(text) as Value };
    } catch {
      // Read it again below: our reader knows what is wrong and where.
    }
  }
  try {
    return { ok: true, value: readJson(text, maxDepth) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return {
      ok: false,
      error: { message: error.message, offset: error.offset, ...position(text, error.offset) },
    };
  }
}

export interface WriteJsonOptions {
  /** Put each element on a line of its own, indented by this text a level. */
  readonly indent?: string;
  /** Starts each line but the first; only with `indent`. */
  readonly prefix?: string;
  /** Write `<`, `>`, `&`, U+2028 and U+2029 as escapes, as Go does by default. Default true. */
  readonly escapeHtml?: boolean;
}

/**
 * Writes a value as OPA's `json.marshal` does: keys sorted, no spaces, sets as sorted arrays, keys that are not strings
 * as their own JSON text.
 */
export function writeJson(value: Value, options: WriteJsonOptions = {}): string {
  const escapeHtml = options.escapeHtml ?? true;
  if (options.indent === undefined) return writeCompact(value, escapeHtml);
  return writeIndented(value, escapeHtml, options.indent, `\n${options.prefix ?? ""}`);
}

/** The value as JSON can hold it: sets as sorted arrays, keys as strings. Returns the very same value where nothing changes. */
export function toJsonValue(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return toJsonList(value as readonly Value[]);
  if (value instanceof Boxed) {
    if (value instanceof RegoSet) return toJsonList(value.sorted());
    return value instanceof Decimal ? value : toJsonObject(withTextKeys(value));
  }
  return toJsonObject(value as PlainObject);
}

// Loops and few frames a level: values may be nested deeply.
function toJsonList(elements: readonly Value[]): Value {
  const converted: Value[] = [];
  let changed = false;
  spendWalk(elements.length);
  for (const element of elements) {
    const each = toJsonValue(element);
    converted.push(each);
    changed ||= each !== element;
  }
  return changed ? converted : elements;
}

function toJsonObject(object: PlainObject): Value {
  const converted: Record<string, Value> = {};
  let changed = false;
  spendWalk(1);
  for (const key of Object.keys(object)) {
    const member = object[key] as Value;
    const each = toJsonValue(member);
    setOwn(converted, key, each);
    changed ||= each !== member;
  }
  return changed ? converted : object;
}

/** The key under which JSON shows a member of an object: the string itself, or the JSON text of any other key. */
export function jsonKey(key: Value): string {
  return typeof key === "string" ? key : writeJson(key, { escapeHtml: false });
}

// A number that the native parser may change: with a fraction or an exponent, of 16 digits or more, -0. It is also found
// inside of strings (", 1.0,"), which costs time only; image tags and times do not look like it.
const ODD_NUMBER = /[:,[\s](-?(?:\d{16,}|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|0(?<=-0)))(?=[,\]}\s])/g;
const BARE_NUMBER = /^\s*[-\d]/;

function isSafeForNativeParser(text: string, maxDepth: number): boolean {
  if (BARE_NUMBER.test(text)) return false;
  ODD_NUMBER.lastIndex = 0;
  for (let match = ODD_NUMBER.exec(text); match !== null; match = ODD_NUMBER.exec(text)) {
    if (typeof numberFromText(match[1] as string) !== "number") return false;
  }
  if (hasEscapedKey(text)) return false;
  // Half of a surrogate pair becomes U+FFFD.
  if (!text.isWellFormed() || text.includes("\\ud") || text.includes("\\uD")) return false;
  const mayBeDeep = hasMany(text, "{", maxDepth) || hasMany(text, "[", maxDepth);
  return !mayBeDeep || !isDeep(text, maxDepth);
}

/**
 * True when a key is written with an escape. V8 (that of Node 24 at least) takes it for a key that came at its place in an
 * earlier text, where that one is what this one begins with: after `{"\\":0}`, it reads `{"\n":0}` with the key `\`.
 */
function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", at)) {
    at = endOfString(text, at + 2) + 1;
    while (/\s/.test(text.charAt(at))) at++;
    if (text.charCodeAt(at) === 0x3a) return true;
  }
  return false;
}

/** True when there are so many of a character that nesting could be too deep. */
function hasMany(text: string, bracket: string, maxDepth: number): boolean {
  let count = 0;
  for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
    if (++count > maxDepth / 2) return true;
  }
  return false;
}

/** True when brackets outside of strings nest deeper than allowed. */
function isDeep(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at + 1);
        break;
      case 0x5b:
      case 0x7b: // [ {
        if (++depth > maxDepth) return true;
        break;
      case 0x5d:
      case 0x7d: // ] }
        depth--;
        break;
      default:
    }
  }
  return false;
}

/** The place of the quote that closes a string, or the end of the text. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}

function position(text: string, offset: number): { row: number; col: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { row: before.split("\n").length, col: Array.from(before.slice(lineStart)).length + 1 };
}

function writeCompact(value: Value, escapeHtml: boolean): string {
  switch (typeof value) {
    case "string":
      return writeText(value, escapeHtml);
    case "number":
    case "boolean":
      return String(value);
    default:
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return writeCompactList(value as readonly Value[], escapeHtml);
  if (value instanceof Boxed) {
    if (value instanceof RegoSet) return writeCompactList(value.sorted(), escapeHtml);
    if (value instanceof Decimal) return value.text;
  }
  const object = withTextKeys(value as PlainObject | RegoObject);
  let text = "{";
  spendWriting(1);
  for (const key of sortedKeys(object)) {
    if (text.length > 1) text += ",";
    text += `${writeText(key, escapeHtml)}:${writeCompact(object[key] as Value, escapeHtml)}`;
  }
  return `${text}}`;
}

function writeCompactList(values: readonly Value[], escapeHtml: boolean): string {
  let text = "[";
  spendWriting(values.length);
  spendText(2 + values.length);
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ",";
    text += writeCompact(values[i] as Value, escapeHtml);
  }
  return `${text}]`;
}

function writeIndented(value: Value, escapeHtml: boolean, indent: string, newline: string): string {
  if (typeof value !== "object" || value === null || kindOf(value) === "number")
    return writeCompact(value, escapeHtml);
  const inner = newline + indent;
  spendWriting(1);
  const lines: string[] = [];
  const isList = Array.isArray(value) || value instanceof RegoSet;
  if (isList) {
    const elements = value instanceof RegoSet ? value.sorted() : (value as readonly Value[]);
    for (const element of elements) lines.push(writeIndented(element, escapeHtml, indent, inner));
  } else {
    const object = withTextKeys(value as PlainObject | RegoObject);
    for (const key of sortedKeys(object)) {
      lines.push(
        `${writeText(key, escapeHtml)}: ${writeIndented(object[key] as Value, escapeHtml, indent, inner)}`,
      );
    }
  }
  const [open, close] = isList ? "[]" : "{}";
  if (lines.length === 0) return `${open}${close}`;
  spendText(newline.length + (lines.length + 1) * (inner.length + 1));
  const text = `${open}${inner}${lines.join(`,${inner}`)}${newline}${close}`;
  // Each level writes all of its inside once more.
  spendScan(text.length);
  return text;
}

function withTextKeys(object: PlainObject | RegoObject): PlainObject {
  if (!(object instanceof RegoObject)) return object;
  const plain: Record<string, Value> = {};
  for (const [key, value] of object.entries()) setOwn(plain, jsonKey(key), value);
  return plain;
}

const NEEDS_ESCAPE = /["\\\0-\x1f<>&\u2028\u2029\ud800-\udfff]/;
const HTML = /[<>&\u2028\u2029]/g;
const LINE_SEPARATORS = /[\u2028\u2029]/g;

function writeText(text: string, escapeHtml: boolean): string {
  spendText(text.length + 2);
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  const json = JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());
  return json.replace(escapeHtml ? HTML : LINE_SEPARATORS, escapeUnit);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
