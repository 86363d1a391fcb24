import { isNumber, isObject } from "../../value/kind.ts";
import { numberText } from "../../value/number.ts";
import { compareText } from "../../value/text.ts";
import type { PlainObject, RegoArray, RegoNumber, Value } from "../../value/value.ts";
import { isOldYamlBoolean, resolveYamlScalar } from "../../value/yaml-scalar.ts";

/**
 * Writes a JSON value (no sets, string keys) as OPA's `yaml.marshal` does: goyaml's block style with two spaces, keys in
 * natural order (`a2` before `a10`), quotes only where a text would read as something else.
 */
export function writeYaml(value: Value): string {
  if (isCollection(value)) return block(value as RegoArray | PlainObject, 0);
  return `${scalar(value, 0)}\n`;
}

type Style = "plain" | "single" | "double" | "literal";

const INDENT = 2;
/** A longer or many-lined key does not fit the `key: value` form. */
const MAX_SIMPLE_KEY = 128;

function isCollection(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) && Object.keys(value).length > 0;
}

/** A collection that is not empty, each line ended, all lines but the first indented by `column`. */
function block(value: RegoArray | PlainObject, column: number): string {
  const margin = " ".repeat(column);
  if (Array.isArray(value)) {
    return value.map((element: Value) => `- ${item(element, column + INDENT)}`).join(margin);
  }
  const object = value as PlainObject;
  return Object.keys(object)
    .sort(compareNaturally)
    .map((key) => entry(key, object[key] as Value, column))
    .join(margin);
}

/** What stands behind `- ` or `? `. */
function item(value: Value, column: number): string {
  return isCollection(value)
    ? block(value as RegoArray | PlainObject, column)
    : `${scalar(value, column - INDENT)}\n`;
}

function entry(key: string, value: Value, column: number): string {
  const isSimple =
    !/[\n\r\x85\u2028\u2029]/.test(key) && new TextEncoder().encode(key).length <= MAX_SIMPLE_KEY;
  if (!isSimple)
    return `? ${text(key, column, false)}\n${" ".repeat(column)}: ${item(value, column + INDENT)}`;
  const head = `${text(key, column, true)}:`;
  if (!isCollection(value)) return `${head} ${scalar(value, column)}\n`;
  const inner = column + INDENT;
  return `${head}\n${" ".repeat(inner)}${block(value as RegoArray | PlainObject, inner)}`;
}

/** A scalar or empty collection; lines of a literal are indented below `column`. */
function scalar(value: Value, column: number): string {
  if (typeof value === "string") return text(value, column, false);
  if (isNumber(value)) return number(value);
  if (value === null || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "[]" : "{}";
}

/** Whole numbers of 64 bits as they are; all others went through a Go float, printed with `%g`. */
function number(value: RegoNumber): string {
  const source = numberText(value);
  const resolved = resolveYamlScalar(source, "opa");
  if (resolved.kind === "int") return String(resolved.value);
  const float = Number(source);
  const [mantissa, exponent] = float.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  // Go's shortest %g is scientific below 1e-4 and from 1e6 on.
  if (power >= -4 && power < 6) return Object.is(float, -0) ? "-0" : String(float);
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function text(value: string, column: number, isKey: boolean): string {
  switch (styleOf(value, isKey)) {
    case "plain":
      return value;
    case "single":
      return `'${value.replaceAll("'", "''")}'`;
    case "double":
      return `"${Array.from(value, escaped).join("")}"`;
    default:
      return literal(value, column + INDENT);
  }
}

function styleOf(value: string, isKey: boolean): Style {
  const shape = shapeOf(value);
  if (value.includes("\n")) return shape.literal && !isKey ? "literal" : "double";
  if (resolveYamlScalar(value, "opa").kind !== "str" && value !== "<<") return "double";
  if (isOldYamlBoolean(value) || BASE_60.test(value) || TIMESTAMP.test(value)) return "double";
  if (shape.plain) return "plain";
  return shape.single ? "single" : "double";
}

const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
// The forms of dates that goyaml would read as a point in time.
const TIMESTAMP =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2}))|(?: [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?))?$/;
const BREAK = /[\n\r\x85\u2028\u2029]/;
const SPECIAL_START = /^(?:[#,[\]{}&*!|>'"%@`]|[?:](?=[\s\x85]|$)|-(?=[\s\x85]|$)|---|\.\.\.)/;
const SPECIAL_INSIDE = /:(?=[\s\x85]|$)|[\s\x85]#/;
// Characters that libyaml would escape: controls, and everything beyond the basic plane.
// oxlint-disable-next-line no-control-regex
const SPECIAL_CHARACTER = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\r\x85]/;

/** Which styles can hold the text (libyaml's analysis). */
function shapeOf(value: string): {
  readonly plain: boolean;
  readonly single: boolean;
  readonly literal: boolean;
} {
  const special = SPECIAL_CHARACTER.test(value);
  const spaceBreak = / [\n\r\x85\u2028\u2029]/.test(value);
  const breakSpace = /[\n\r\x85\u2028\u2029] /.test(value);
  const tab = value.includes("\t");
  const single = !(breakSpace || spaceBreak || tab || special);
  const ragged = /^[ \n\r\x85\u2028\u2029]|[ \n\r\x85\u2028\u2029]$/.test(value);
  const indicator = SPECIAL_START.test(value) || SPECIAL_INSIDE.test(value);
  return {
    plain: single && !ragged && !BREAK.test(value) && !indicator && value !== "",
    single,
    literal: !value.endsWith(" ") && !spaceBreak && !special,
  };
}

function literal(value: string, column: number): string {
  const hint = /^[ \n]/.test(value) ? String(INDENT) : "";
  const chomp = !value.endsWith("\n") ? "-" : value === "\n" || value.endsWith("\n\n") ? "+" : "";
  const margin = " ".repeat(column);
  const body = value.endsWith("\n") ? value.slice(0, -1) : value;
  return `|${hint}${chomp}\n${body
    .split("\n")
    .map((line) => (line === "" ? "" : margin + line))
    .join("\n")}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escaped(point: string): string {
  const short = SHORT_ESCAPES[point];
  if (short) return short;
  if (!SPECIAL_CHARACTER.test(point)) return point;
  const code = point.codePointAt(0) as number;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** Orders keys as goyaml does: runs of digits by their number, letters after everything else. */
function compareNaturally(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  let digits = false;
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i] as string;
    const y = right[i] as string;
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const xLetter = isLetter(x);
    const yLetter = isLetter(y);
    if (xLetter && yLetter) return compareText(x, y);
    // Behind a digit the number goes on or ends: letters come first there, else last.
    if (xLetter || yLetter) return xLetter === digits ? -1 : 1;
    const p = digitRun(left, i);
    const q = digitRun(right, i);
    // Zeros behind a number that has begun (`10` and `1`) count as digits of it.
    const begun = (x === "0" || y === "0") && hasNumberBefore(left, i) ? "1" : "";
    const byNumber = compareDigits(begun + p, begun + q);
    if (byNumber !== 0) return byNumber;
    if (p.length !== q.length) return p.length - q.length;
    return compareText(x, y);
  }
  return left.length - right.length;
}

function hasNumberBefore(points: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && isDigit(points[i] as string); i--) if (points[i] !== "0") return true;
  return false;
}

function digitRun(points: readonly string[], from: number): string {
  let end = from;
  while (end < points.length && isDigit(points[end] as string)) end++;
  return points.slice(from, end).join("");
}

function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  return left.length - right.length || compareText(left, right);
}

function isDigit(point: string): boolean {
  return /^\p{Nd}$/u.test(point);
}

function isLetter(point: string): boolean {
  return /^\p{L}$/u.test(point);
}
