/** Strings are sequences of code points: everything here counts and compares those, never UTF-16 units. */

const SURROGATE = /[\ud800-\udfff]/;

/** True when some code point of `s` needs two UTF-16 units, so that units and code points differ. */
export function hasSurrogates(s: string): boolean {
  return SURROGATE.test(s);
}

/** Orders two strings by code point, which is the order of their UTF-8 bytes. Returns a negative number, 0 or a positive number. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
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
