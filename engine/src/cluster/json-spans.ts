/** Where a value stands in a JSON text: from its first byte to behind its last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Member {
  readonly key: Span;
  readonly value: Span;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Brackets and braces differ in this bit. */
const CASE = 0x20;

/**
 * The members of the object that the bytes are, each found when it is asked for. Returns true at the end of a whole object,
 * false where the bytes are none.
 */
export function* membersOf(bytes: Uint8Array): Generator<Member, boolean> {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_OBJECT) return false;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === QUOTE) {
    const key = { start: at, end: valueEnd(bytes, at) };
    at = skipSpace(bytes, key.end);
    if (bytes[at] !== COLON) return false;
    const start = skipSpace(bytes, at + 1);
    let end: number | undefined;
    // The end of a value is looked for where somebody wants it: that of a long list costs as much as all else.
    const value: Span = {
      start,
      get end() {
        return (end ??= valueEnd(bytes, start));
      },
    };
    yield { key, value };
    at = skipSpace(bytes, value.end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return bytes[at] === CLOSE_OBJECT && skipSpace(bytes, at + 1) === bytes.length;
}

/** Whatever stands between the commas of a list; nothing where the value is none. */
export function elementsOf(bytes: Uint8Array, { start, end }: Span): readonly Span[] {
  const elements: Span[] = [];
  if (bytes[start] !== OPEN_LIST) return elements;
  let at = skipSpace(bytes, start + 1);
  while (at < end - 1) {
    const element = { start: at, end: valueEnd(bytes, at) };
    elements.push(element);
    at = skipSpace(bytes, element.end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return elements;
}

/**
 * The elements of a list that ends with the text, as `…]}`, if all of them begin like the first; found by these beginnings alone,
 * at a tenth of the cost. Undefined where the text does not look like that. Objects within elements may begin so too:
 * {@link elementsOf} decides where what was found is no JSON text.
 */
export function alikeElements(bytes: Uint8Array, start: number): readonly Span[] | undefined {
  const last = lastNotSpace(bytes, bytes.length);
  const end = lastNotSpace(bytes, last);
  if (bytes[start] !== OPEN_LIST || bytes[end] !== CLOSE_LIST || bytes[last] !== CLOSE_OBJECT)
    return undefined;
  const first = start + 1;
  if (first === end) return [];
  if (bytes[first] !== OPEN_OBJECT || bytes[first + 1] !== QUOTE) return undefined;
  const key = valueEnd(bytes, first + 1);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  const border = Buffer.concat([Buffer.from("},"), buffer.subarray(first, key + 1)]);
  const elements: Span[] = [];
  let at = first;
  for (let next = buffer.indexOf(border, at); next >= 0; next = buffer.indexOf(border, at)) {
    elements.push({ start: at, end: next + 1 });
    at = next + 2;
  }
  elements.push({ start: at, end });
  return elements;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at++;
  return at;
}

/** The place of the last byte before `end` that is no space; -1 for none. */
function lastNotSpace(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  while (at >= 0 && (bytes[at] as number) <= 0x20) at--;
  return at;
}

/** Where the value ends that begins here. Its form is not looked at any closer: who reads it will find its faults. */
function valueEnd(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  let depth = 0;
  let at = start;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at++;
      for (; at < length; at++) {
        const inside = bytes[at] as number;
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) at++;
      }
      at++;
      if (depth === 0) break;
      continue;
    }
    const bracket = byte & ~CASE;
    if (bracket === OPEN_LIST) depth++;
    else if (bracket === CLOSE_LIST) {
      if (depth === 0) break;
      depth--;
      if (depth === 0) {
        at++;
        break;
      }
    } else if (depth === 0 && (byte === COMMA || byte <= 0x20)) break;
    at++;
  }
  return Math.min(at, length);
}
