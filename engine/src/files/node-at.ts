import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { ParsedNode } from "yaml";
import type { FieldPath } from "./manifest.ts";
import { keyText } from "./yaml-value.ts";

/** The node of a field below `root`, or the nearest parent that is there. */
export function nodeAt(root: ParsedNode | null, path: FieldPath): ParsedNode | null {
  let node = root;
  for (const step of path) {
    const next = child(node, step);
    if (!next) return node;
    node = next;
  }
  return node;
}

function child(node: ParsedNode | null, step: string | number): ParsedNode | undefined {
  if (isSeq(node)) return node.items[Number(step)] ?? undefined;
  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    if (keyText(pair.key) !== String(step)) continue;
    const value = pair.value;
    // An alias or an empty value says little about where the field is: point at its key.
    return value === null || isAlias(value) ? pair.key : value;
  }
  return undefined;
}

/**
 * The offset in `text` of a row and column inside a scalar's value. `toOriginal` leads from the node's offsets to `text`.
 * Undefined where the text does not show its value line by line (folded blocks, quoted text over several lines).
 */
export function offsetInScalar(
  text: string,
  node: ParsedNode,
  row: number,
  column: number,
  toOriginal: (offset: number) => number,
): number | undefined {
  if (!isScalar(node)) return undefined;
  const start = toOriginal(node.range[0]);
  const end = toOriginal(node.range[1]);
  switch (node.type) {
    case "BLOCK_LITERAL":
      return inBlock(text, String(node.value), { start, end }, row, column);
    case "QUOTE_DOUBLE":
      return inDoubleQuotes(text.slice(start, end), start, row, column);
    case "QUOTE_SINGLE":
    case "PLAIN":
      return row === 1 ? start + (node.type === "PLAIN" ? 0 : 1) + column - 1 : undefined;
    default:
      return undefined;
  }
}

interface Slice {
  readonly start: number;
  readonly end: number;
}

function inBlock(text: string, value: string, { start, end }: Slice, row: number, column: number): number {
  let lineStart = text.indexOf("\n", start) + 1;
  // The first line with text gives the indentation: what the source has there and the value has not.
  const valueLines = value.split("\n");
  const firstFull = valueLines.findIndex((line) => line.trim() !== "");
  let probe = lineStart;
  for (let i = 0; i < firstFull; i++) probe = text.indexOf("\n", probe) + 1;
  const probeEnd = text.indexOf("\n", probe);
  const sourceLine = text.slice(probe, probeEnd === -1 ? undefined : probeEnd).replace(/\r$/, "");
  const indent = sourceLine.length - (valueLines[firstFull] ?? "").length;
  for (let i = 1; i < row; i++) {
    const next = text.indexOf("\n", lineStart);
    if (next === -1 || next >= end) break;
    lineStart = next + 1;
  }
  const before = [...(valueLines[row - 1] ?? "")].slice(0, column - 1).join("").length;
  return lineStart + Math.max(0, indent) + before;
}

/** The offset of a row and column in a double-quoted text that starts at `start`: counts the characters that its escapes stand for. */
export function inDoubleQuotes(
  source: string,
  start: number,
  row: number,
  column: number,
): number | undefined {
  if (/[\r\n]/.test(source)) return undefined;
  let currentRow = 1;
  let currentColumn = 1;
  for (let at = 1; at < source.length - 1;) {
    if (currentRow === row && currentColumn === column) return start + at;
    if (currentRow > row) return start + at - 1;
    const escape = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/su.exec(
      source.slice(at, at + 12),
    );
    if (escape) {
      at += escape[0].length;
      if (escape[0] === "\\n") {
        currentRow++;
        currentColumn = 1;
        continue;
      }
    } else at += String.fromCodePoint(source.codePointAt(at) as number).length;
    currentColumn++;
  }
  return undefined;
}
