import type { Chunk } from "./chunk.ts";

/** True for a text whose first character that is no space opens a JSON object and that has no YAML flow habits. */
export function looksLikeJson(text: string): boolean {
  // `{a: 1}` is YAML in flow style; JSON's first token after the brace is a quote or the closing brace.
  return /^\s*(?:\{\s*["}]|\[\s*[[{"\]])/.test(text);
}

/** The top-level values of a text that holds one JSON value or several one after the other, as `kubectl` accepts them. */
export function jsonTexts(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at + 1);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) {
      chunks.push({ start, end: at + 1, isJson: true });
      start = skipSpace(text, at + 1);
    }
  }
  if (text.slice(start).trim() !== "") chunks.push({ start, end: text.length, isJson: true });
  return chunks;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at).trim() === "") at++;
  return at;
}
