import { spendScan } from "./meter.ts";

/** Strings are sequences of code points: everything here counts and compares those, never UTF-16 units. */

const SURROGATE = /[\ud800-\udfff]/;

/** True when some code point of `s` needs two UTF-16 units, so that units and code points differ. */
export function hasSurrogates(s: string): boolean {
  return SURROGATE.test(s);
}

/**
 * The same text in memory of its own. A part of a longer text (of 13 units or more) shares the memory of the whole, which stays
 * as long as the part does: what is kept must not keep the document that it was found in.
 */
export function detached(s: string): string {
  return s.length < SHARED_FROM ? s : (JSON.parse(JSON.stringify(s)) as string);
}

const SHARED_FROM = 13;

/** Orders two strings by code point, which is the order of their UTF-8 bytes. Returns a negative number, 0 or a positive number. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  spendScan(shorter);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above U+FFFF, yet is itself below U+E000: compare what it stands for.
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}

/** The number of code points. */
export function textLength(s: string): number {
  let length = s.length;
  if (!hasSurrogates(s)) return length;
  for (let i = 0; i + 1 < s.length; i++) {
    const unit = s.charCodeAt(i);
    const next = s.charCodeAt(i + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
      length--;
      i++;
    }
  }
  return length;
}

/** The code points from `start` (included) to `end` (excluded), both within 0 and the length. */
export function textSlice(s: string, start: number, end: number): string {
  if (!hasSurrogates(s)) return s.slice(start, end);
  return Array.from(s).slice(start, end).join("");
}

const ASCII = /^[\0-\x7f]*$/;

/** Lower case as Go maps it: each code point to one code point (`İ` to `i`, no final sigma). */
export function lowerText(s: string): string {
  if (ASCII.test(s)) return s.toLowerCase();
  return mapCodePoints(s, (character) => {
    const mapped = character.toLowerCase();
    return isOneCodePoint(mapped) ? mapped : (Array.from(mapped)[0] as string);
  });
}

/** Upper case as Go maps it: each code point to one code point, so that `ß` stays `ß`. */
export function upperText(s: string): string {
  if (ASCII.test(s)) return s.toUpperCase();
  return mapCodePoints(s, (character) => {
    const mapped = character.toUpperCase();
    return isOneCodePoint(mapped)
      ? mapped
      : String.fromCodePoint(greekTitleCase(character.codePointAt(0) as number));
  });
}

/** Cuts Unicode white space at both ends. Unlike JavaScript's own trim it keeps U+FEFF and cuts U+0085. */
export function trimSpace(s: string): string {
  let start = 0;
  let end = s.length;
  while (start < end && isSpace(s.charCodeAt(start))) start++;
  while (end > start && isSpace(s.charCodeAt(end - 1))) end--;
  return s.slice(start, end);
}

function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  // Not a constant of the module, which would read the Unicode class whenever a process starts.
  return code >= 0x80 && /\p{White_Space}/u.test(String.fromCharCode(code));
}

function mapCodePoints(s: string, map: (character: string) => string): string {
  let result = "";
  for (const character of s) result += map(character);
  return result;
}

function isOneCodePoint(s: string): boolean {
  return s.length === 1 || (s.length === 2 && (s.codePointAt(0) as number) > 0xffff);
}

/** Greek letters with iota subscript have a single upper case letter besides the two that JavaScript gives. */
function greekTitleCase(code: number): number {
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return code + 8;
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? code + 9 : code;
}
