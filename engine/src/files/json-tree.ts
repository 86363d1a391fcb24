import type { DocumentTree } from "./document-tree.ts";
import type { FieldPath } from "./manifest.ts";
import { inDoubleQuotes } from "./node-at.ts";

/** The places of one JSON text, which must be well formed. Every list and key is looked for in the text only once. */
export function jsonTree(text: string): DocumentTree {
  const lists = new Map<number, readonly number[]>();
  const elementOf = (start: number, index: number): number | undefined => {
    const offsets = lists.get(start) ?? elementOffsets(text, start);
    lists.set(start, offsets);
    return offsets[index];
  };
  const members = new Map<string, number | undefined>();
  const memberOf = (start: number, key: string): number | undefined => {
    const memo = `${start} ${key}`;
    if (!members.has(memo)) members.set(memo, memberOffset(text, start, key));
    return members.get(memo);
  };
  const offsetOf = (path: FieldPath): number => {
    let at = skipSpace(text, 0);
    for (const step of path) {
      const isList = text[at] === "[";
      if (!isList && text[at] !== "{") return at;
      const next = isList ? elementOf(at, Number(step)) : memberOf(at, String(step));
      if (next === undefined) return at;
      at = next;
    }
    return at;
  };
  return {
    offsetOf,
    offsetInText(path, row, column) {
      const start = offsetOf(path);
      if (text[start] !== '"') return undefined;
      return inDoubleQuotes(text.slice(start, skipValue(text, start)), start, row, column);
    },
  };
}

/** Of a key that is there twice the last counts, as it does for its value. */
function memberOffset(text: string, start: number, key: string): number | undefined {
  let found: number | undefined;
  for (let at = skipSpace(text, start + 1); text[at] === '"';) {
    const end = skipValue(text, at);
    const name = JSON.parse(text.slice(at, end)) as string;
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (name === key) found = value;
    at = skipSpace(text, skipValue(text, value));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return found;
}

function elementOffsets(text: string, start: number): readonly number[] {
  const offsets: number[] = [];
  for (let at = skipSpace(text, start + 1); at < text.length && text[at] !== "]";) {
    offsets.push(at);
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return offsets;
}

/** The offset after a value. */
function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at + 1);
        if (depth === 0) return at + 1;
        break;
      case "{":
      case "[":
        depth++;
        break;
      case "}":
      case "]":
        if (--depth === 0) return at + 1;
        // The value was a number or a word at the end of its parent.
        if (depth < 0) return at;
        break;
      case ",":
        if (depth === 0) return at;
        break;
      default:
    }
  }
  return text.length;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text[at] as string)) at++;
  return at;
}
