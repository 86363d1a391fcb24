import { isNumber, numberText, sortedKeys } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";

/** How a tool lays its YAML out. */
export interface YamlLayout {
  /** Columns a level of maps. */
  readonly indent: number;
  /** Columns by which the dashes of a list stand to the right of its key. */
  readonly listIndent: number;
  readonly sortKeys: boolean;
}

/** Go's yaml.v3, as in `gator test -o yaml`. */
export const WIDE: YamlLayout = { indent: 4, listIndent: 4, sortKeys: false };
/** kubectl's, as in `gator expand`. */
export const KUBERNETES: YamlLayout = { indent: 2, listIndent: 0, sortKeys: true };

/** Writes a value as YAML. */
export function writeYaml(value: Value, layout: YamlLayout): string {
  if (isPlainObject(value) && Object.keys(value).length > 0)
    return `${mapLines(value, layout, 0, 0).join("\n")}\n`;
  if (Array.isArray(value) && value.length > 0) return `${listLines(value, layout, 0).join("\n")}\n`;
  return `${scalarText(value)}\n`;
}

/** `column` is where the keys stand, `base` the level they belong to: a map in a list item stands two to the right of its dash. */
function mapLines(object: PlainObject, layout: YamlLayout, column: number, base: number): readonly string[] {
  const pad = " ".repeat(column);
  const deeper = base + layout.indent;
  const keys = layout.sortKeys ? sortedKeys(object) : Object.keys(object);
  return keys.flatMap((key) => {
    const value = object[key] as Value;
    const start = `${pad}${textScalar(key)}:`;
    if (isPlainObject(value) && Object.keys(value).length > 0) {
      const level = layout.listIndent === 0 ? column + layout.indent : deeper;
      return [start, ...mapLines(value, layout, level, level)];
    }
    if (Array.isArray(value) && value.length > 0) {
      const dashes = layout.listIndent === 0 ? column : base + layout.listIndent;
      return [start, ...listLines(value, layout, dashes)];
    }
    if (typeof value === "string" && isBlock(value)) {
      return [`${start} ${blockHead(value)}`, ...blockLines(value, column + layout.indent)];
    }
    return [`${start} ${scalarText(value)}`];
  });
}

function listLines(list: readonly Value[], layout: YamlLayout, column: number): readonly string[] {
  const pad = " ".repeat(column);
  return list.flatMap((item) => {
    if (isPlainObject(item) && Object.keys(item).length > 0) {
      return withDash(pad, mapLines(item, layout, column + 2, column));
    }
    if (Array.isArray(item) && item.length > 0) return withDash(pad, listLines(item, layout, column + 2));
    if (typeof item === "string" && isBlock(item)) {
      return [`${pad}- ${blockHead(item)}`, ...blockLines(item, column + 2)];
    }
    return [`${pad}- ${scalarText(item)}`];
  });
}

/** Puts the dash before the first line, which stands two columns to its right. */
function withDash(pad: string, lines: readonly string[]): readonly string[] {
  const [first = "", ...rest] = lines;
  return [`${pad}- ${first.slice(pad.length + 2)}`, ...rest];
}

function scalarText(value: Value): string {
  if (typeof value === "string") return textScalar(value);
  if (isNumber(value)) return numberText(value);
  if (Array.isArray(value)) return "[]";
  if (typeof value === "object" && value !== null) return "{}";
  return String(value);
}

/** Plain where no YAML reader can take it for anything else; else quoted, in double quotes where that needs escapes. */
function textScalar(text: string): string {
  if (isOtherType(text)) return JSON.stringify(text);
  if (isPlain(text)) return text;
  return /[\p{Cc}\u2028\u2029]/u.test(text) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
}

const WORDS = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan|)$/i;

/** Unquoted it would be null, a boolean or a number. */
function isOtherType(text: string): boolean {
  return WORDS.test(text) || /^[-+.]?[0-9][0-9a-fA-FxXoObB_.,eE+:-]*$/.test(text);
}

function isPlain(text: string): boolean {
  if (/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`\s]|\s$|: |:$| #|[\p{Cc}\u2028\u2029]/u.test(text)) return false;
  return text !== "---" && text !== "...";
}

function isBlock(text: string): boolean {
  return (
    text.includes("\n") && /^[^\s][^\r\t\p{Cc}]*$/u.test(text.replaceAll("\n", "a")) && !/ \n/.test(text)
  );
}

function blockHead(text: string): string {
  if (!text.endsWith("\n")) return "|-";
  return text.endsWith("\n\n") ? "|+" : "|";
}

function blockLines(text: string, column: number): readonly string[] {
  const pad = " ".repeat(column);
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  return body.split("\n").map((line) => (line === "" ? "" : pad + line));
}
