import { isNumber, numberText } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";

/** Writes a value as YAML in the layout of Go's yaml.v3: four spaces a level, lists indented, keys as they come. */
export function writeYaml(value: Value): string {
  if (isPlainObject(value) && Object.keys(value).length > 0) return `${mapLines(value, 0, 0).join("\n")}\n`;
  if (Array.isArray(value) && value.length > 0) return `${listLines(value, 0).join("\n")}\n`;
  return `${scalarText(value)}\n`;
}

/** `column` is where the keys stand, `base` the level they belong to: a map in a list item stands two to the right of its dash. */
function mapLines(
  object: { readonly [key: string]: Value },
  column: number,
  base: number,
): readonly string[] {
  const pad = " ".repeat(column);
  return Object.keys(object).flatMap((key) => {
    const value = object[key] as Value;
    const start = `${pad}${textScalar(key)}:`;
    if (isPlainObject(value) && Object.keys(value).length > 0)
      return [start, ...mapLines(value, base + 4, base + 4)];
    if (Array.isArray(value) && value.length > 0) return [start, ...listLines(value, base + 4)];
    if (typeof value === "string" && isBlock(value))
      return [`${start} ${blockHead(value)}`, ...blockLines(value, base + 4)];
    return [`${start} ${scalarText(value)}`];
  });
}

function listLines(list: readonly Value[], column: number): readonly string[] {
  const pad = " ".repeat(column);
  return list.flatMap((item) => {
    if (isPlainObject(item) && Object.keys(item).length > 0) {
      const [first, ...rest] = mapLines(item, column + 2, column) as [string, ...string[]];
      return [`${pad}- ${first.slice(column + 2)}`, ...rest];
    }
    if (Array.isArray(item) && item.length > 0) {
      const [first, ...rest] = listLines(item, column + 2) as [string, ...string[]];
      return [`${pad}- ${first.slice(column + 2)}`, ...rest];
    }
    if (typeof item === "string" && isBlock(item))
      return [`${pad}- ${blockHead(item)}`, ...blockLines(item, column + 2)];
    return [`${pad}- ${scalarText(item)}`];
  });
}

function scalarText(value: Value): string {
  if (typeof value === "string") return textScalar(value);
  if (isNumber(value)) return numberText(value);
  if (Array.isArray(value)) return "[]";
  if (typeof value === "object" && value !== null) return "{}";
  return String(value);
}

/** Plain where no YAML reader can take it for anything else, else in double quotes, which are JSON's. */
function textScalar(text: string): string {
  return isPlain(text) ? text : JSON.stringify(text);
}

const PLAIN = /^[A-Za-z0-9_./<(][^\p{Cc}#:]*$/u;
const WORDS = /^(?:~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan)$/i;

function isPlain(text: string): boolean {
  if (!PLAIN.test(text) && !/^[A-Za-z<(][^\p{Cc}]*$/u.test(text)) return false;
  if (/: | #|:$|\s$/.test(text) || WORDS.test(text)) return false;
  return !/^[-+.]?[0-9][0-9a-fA-FxXoObB_.,eE+:-]*$/.test(text);
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
