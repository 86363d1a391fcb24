import { getOwn, sortedKeys } from "../../../value/plain-object.ts";
import { compareText } from "../../../value/text.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { GoComposite, GoFloat, GoNamed, sprintf } from "../sprintf.ts";
import type { GoArgument } from "../sprintf.ts";
import { isPrintable } from "../strconv.ts";
import { urlEscape } from "../url.ts";
import { Float, JsonNumber, fromData, isList, isMap, isTrue, printGo, typeNameOf } from "./values.ts";
import type { GoValue } from "./values.ts";

/** A failed call; the message lacks the place and the name of the function. */
export class CallError extends Error {
  override readonly name = "CallError";
}

type TemplateFunction = (...args: readonly GoValue[]) => GoValue;

interface FunctionRow {
  readonly least: number;
  readonly most: number;
  readonly run: TemplateFunction;
}

const MANY = Number.POSITIVE_INFINITY;

/** Go's predefined functions. `and` and `or` evaluate their arguments themselves, see `execute.ts`. */
export const FUNCTIONS: ReadonlyMap<string, FunctionRow> = new Map<string, FunctionRow>([
  ["and", { least: 1, most: MANY, run: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1) }],
  ["or", { least: 1, most: MANY, run: (...args) => args.find((arg) => isTrue(arg)) ?? args.at(-1) }],
  ["not", { least: 1, most: 1, run: (arg) => !isTrue(arg) }],
  ["call", { least: 1, most: MANY, run: call }],
  ["html", { least: 0, most: MANY, run: (...args) => escapeHtml(joined(args)) }],
  ["index", { least: 1, most: MANY, run: index }],
  ["slice", { least: 1, most: MANY, run: slice }],
  ["js", { least: 0, most: MANY, run: (...args) => escapeJs(joined(args)) }],
  ["len", { least: 1, most: 1, run: length }],
  ["print", { least: 0, most: MANY, run: (...args) => sprint(args) }],
  ["printf", { least: 1, most: MANY, run: printf }],
  ["println", { least: 0, most: MANY, run: (...args) => `${args.map(printGo).join(" ")}\n` }],
  ["urlquery", { least: 0, most: MANY, run: (...args) => urlEscape(joined(args), "query") }],
  ["eq", { least: 1, most: MANY, run: (a, ...others) => equalsAny(a, others) }],
  ["ne", { least: 2, most: 2, run: (a, b) => !equalsAny(a, [b]) }],
  ["lt", { least: 2, most: 2, run: (a, b) => less(a, b) }],
  ["le", { least: 2, most: 2, run: (a, b) => less(a, b) || equalsAny(a, [b]) }],
  ["gt", { least: 2, most: 2, run: (a, b) => !(less(a, b) || equalsAny(a, [b])) }],
  ["ge", { least: 2, most: 2, run: (a, b) => !less(a, b) }],
]);

function call(callee: GoValue): GoValue {
  if (callee === undefined || callee === null) throw new CallError("call of nil");
  throw new CallError(`non-function of type ${typeNameOf(callee)}`);
}

function index(item: GoValue, ...keys: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new CallError("index of untyped nil");
  let value: GoValue = item;
  for (const key of keys) {
    if (value === undefined || value === null) throw new CallError("index of nil pointer");
    if (isList(value)) value = fromData(value[listIndex(key, value.length, "slice")]);
    else if (isMap(value)) {
      if (typeof key !== "string") {
        const type = typeNameOf(key);
        throw new CallError(
          type === "nil"
            ? "value is nil; should be of type string"
            : `value has type ${type}; should be string`,
        );
      }
      value = fromData(getOwn(value, key) ?? null);
    } else if (typeof value === "string" || value instanceof JsonNumber) {
      const bytes = bytesOf(value instanceof JsonNumber ? value.text : value);
      value = BigInt(bytes[listIndex(key, bytes.length, "string")] as number);
    } else throw new CallError(`can't index item of type ${typeNameOf(value)}`);
  }
  return value;
}

function listIndex(key: GoValue, length: number, of: "slice" | "string"): number {
  const at = sliceBound(key, length);
  // Go's own check lets the place behind the last pass; reflection then refuses it.
  if (at === length) throw new CallError(`reflect: ${of} index out of range`);
  return at;
}

function sliceBound(key: GoValue, length: number): number {
  const at = wholeIndex(key);
  if (at < 0n || at > BigInt(length)) throw new CallError(`index out of range: ${at}`);
  return Number(at);
}

function wholeIndex(key: GoValue): bigint {
  if (typeof key !== "bigint") {
    const type = typeNameOf(key);
    throw new CallError(`cannot index slice/array with ${type === "nil" ? "nil" : `type ${type}`}`);
  }
  return key;
}

function slice(item: GoValue, ...bounds: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new CallError("slice of untyped nil");
  if (bounds.length > 3) throw new CallError(`too many slice indexes: ${bounds.length}`);
  const isText = typeof item === "string" || item instanceof JsonNumber;
  if (!isText && !isList(item)) throw new CallError(`can't slice item of type ${typeNameOf(item)}`);
  if (isText && bounds.length === 3) throw new CallError("cannot 3-index slice a string");
  const source = isText ? bytesOf(item instanceof JsonNumber ? item.text : item) : item;
  const [from = 0, to = source.length] = bounds.map((bound) => sliceBound(bound, source.length));
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`);
  return isText ? textOf((source as Uint8Array).slice(from, to)) : item.slice(from, to);
}

function length(item: GoValue): GoValue {
  if (typeof item === "string") return BigInt(bytesOf(item).length);
  if (item instanceof JsonNumber) return BigInt(item.text.length);
  if (isList(item)) return BigInt(item.length);
  if (isMap(item)) return BigInt(Object.keys(item).length);
  throw new CallError(
    item === undefined || item === null
      ? "reflect: call of reflect.Value.Type on zero Value"
      : `len of type ${typeNameOf(item)}`,
  );
}

/** Operands stand apart where neither of two neighbours is a string. */
function sprint(args: readonly GoValue[]): string {
  let text = "";
  args.forEach((arg, i) => {
    if (i > 0 && !isText(arg) && !isText(args[i - 1])) text += " ";
    text += printGo(arg);
  });
  return text;
}

function isText(value: GoValue): boolean {
  return typeof value === "string" || value instanceof JsonNumber;
}

function joined(args: readonly GoValue[]): string {
  return sprint(args.map((arg) => arg ?? "<no value>"));
}

function printf(format: GoValue, ...args: readonly GoValue[]): GoValue {
  if (typeof format !== "string") {
    throw new CallError(`wrong type for value; expected string; got ${typeNameOf(format)}`);
  }
  return sprintf(format, args.map(goArgument));
}

function goArgument(value: GoValue): GoArgument {
  if (value instanceof Float) return new GoFloat(value.value);
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return new GoNamed("int", value);
  if (value instanceof JsonNumber) return new GoNamed("json.Number", value.text);
  if (isList(value)) {
    const entries = value.map((item) => [goArgument(fromData(item))]);
    return new GoComposite(typeNameOf(value), "[", entries);
  }
  if (isMap(value)) {
    const entries = sortedKeys(value).map((key) => [key, goArgument(fromData(value[key]))]);
    return new GoComposite(typeNameOf(value), "map[", entries);
  }
  return value;
}

type Kind = "bool" | "int" | "float" | "string" | "other";

function kindOfGo(value: GoValue): Kind {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (value instanceof Float) return "float";
  return isText(value) ? "string" : "other";
}

function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new CallError("missing argument for comparison");
  return others.some((other) => {
    const kind = kindOfGo(first);
    const isNil = first === undefined || first === null;
    const otherIsNil = other === undefined || other === null;
    if (isNil || otherIsNil) return isNil && otherIsNil;
    if (kind !== kindOfGo(other)) throw incompatible(first, other);
    if (kind !== "other") return printGo(first) === printGo(other);
    throw new CallError(`non-comparable type ${printGo(first)}: ${typeNameOf(first)}`);
  });
}

function less(a: GoValue, b: GoValue): boolean {
  const kind = kindOfGo(a);
  if (kind === "other" || kindOfGo(b) === "other") throw new CallError("invalid type for comparison");
  if (kind !== kindOfGo(b)) throw incompatible(a, b);
  if (kind === "int") return (a as bigint) < (b as bigint);
  if (kind === "float") return (a as Float).value < (b as Float).value;
  if (kind === "string") return compareText(printGo(a), printGo(b)) < 0;
  throw new CallError("invalid type for comparison");
}

function incompatible(a: GoValue, b: GoValue): CallError {
  return new CallError(`incompatible types for comparison: ${typeNameOf(a)} and ${typeNameOf(b)}`);
}

const HTML = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => HTML.get(char) as string);
}

function escapeJs(text: string): string {
  let escaped = "";
  for (const char of text) {
    if (char === "\\" || char === "'" || char === '"') escaped += `\\${char}`;
    else if ("<>&=".includes(char) || char < " " || !isPrintable(char)) {
      const code = (char.codePointAt(0) as number).toString(16).toUpperCase();
      escaped += `\\u${code.padStart(4, "0")}`;
    } else escaped += char;
  }
  return escaped;
}
