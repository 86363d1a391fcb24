/**
 * Escape sequences of strings, scanned by hand: a pattern that repeats a group needs stack for each repetition, and a
 * string may have millions of them.
 */

const SIMPLE = '"\\/bfnrt';
const HEX = /^[0-9a-fA-F]{4}$/;

/** Where a quoted string that starts at `offset` ends: behind its closing quote, or at the line's end where that is missing. */
export function quotedEnd(text: string, offset: number): number {
  let at = offset + 1;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at + 1;
    if (unit === 0x0a) return at;
    if (unit !== 0x5c) continue;
    const next = text.charCodeAt(at + 1);
    if (next === 0x0a || Number.isNaN(next)) return at;
    at++;
  }
  return at;
}

/** Where the text of a template string that starts at `offset` ends: ahead of a quote, a brace or the line's end. */
export function templateTextEnd(text: string, offset: number): number {
  let at = offset;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22 || unit === 0x7b || unit === 0x0a) return at;
    if (unit !== 0x5c) continue;
    const next = text.charCodeAt(at + 1);
    if (next === 0x0a || Number.isNaN(next)) return at;
    at++;
  }
  return at;
}

/** Where the text of a raw template string that starts at `offset` ends: ahead of a backquote or a brace that is not escaped. */
export function rawTemplateTextEnd(text: string, offset: number): number {
  let at = offset;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x60 || unit === 0x7b) return at;
    if (unit === 0x5c && text.charCodeAt(at + 1) === 0x7b) at++;
  }
  return at;
}

/** What is wrong with the escapes of a quoted string, quotes included: a `\u` may take the closing quote in. */
export function escapeFaults(image: string): readonly string[] {
  return faultsOf(image, (escape, at) => {
    if (escape !== "u") return undefined;
    const isClosed = !image.slice(at + 2, at + 6).includes('"');
    return isClosed ? 6 : "non-terminated string";
  });
}

/** The same for the text of a template string, where `\{` is a brace. */
export function templateEscapeFaults(image: string): readonly string[] {
  return faultsOf(image, (escape, at) => {
    if (escape === "{") return 2;
    return escape === "u" && HEX.test(image.slice(at + 2, at + 6)) ? 6 : undefined;
  });
}

/** Whether a `\u` of a well-formed string has less than four hexadecimal digits; the lexer counts characters only. */
export function hasBadCodePoint(image: string): boolean {
  for (let at = image.indexOf("\\"); at !== -1; at = image.indexOf("\\", at + 2)) {
    if (image[at + 1] === "u" && !HEX.test(image.slice(at + 2, at + 6))) return true;
  }
  return false;
}

/** One message for each fault. `more` tells how long an escape is that is not one of the simple ones, or what is wrong. */
function faultsOf(
  image: string,
  more: (escape: string, at: number) => number | string | undefined,
): readonly string[] {
  const faults: string[] = [];
  let at = image.indexOf("\\");
  while (at !== -1) {
    const escape = image[at + 1] ?? "";
    const length = escape !== "" && SIMPLE.includes(escape) ? 2 : more(escape, at);
    if (typeof length === "string") return [...faults, length];
    if (length === undefined) faults.push("illegal escape sequence");
    at = image.indexOf("\\", at + (length ?? 2));
  }
  return faults;
}
