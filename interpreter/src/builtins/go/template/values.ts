import { isNumber } from "../../../value/kind.ts";
import { numberText } from "../../../value/number.ts";
import { sortedKeys } from "../../../value/plain-object.ts";
import type { PlainObject, Value } from "../../../value/value.ts";
import { formatFloat } from "../strconv.ts";

/**
 * A value inside of a template. Data comes from JSON: strings, booleans, null, arrays and objects as they are, numbers
 * as {@link JsonNumber}. Literals of the template are `bigint` or {@link Float}. Undefined is "no value": a missing key.
 */
export type GoValue =
  undefined | null | boolean | string | bigint | JsonNumber | Float | readonly Value[] | PlainObject;

/** A number of the data: for Go a string type of its own, which is why it equals no integer literal. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export function fromData(value: Value | undefined): GoValue {
  return isNumber(value) ? new JsonNumber(numberText(value)) : (value as GoValue);
}

export function isList(value: GoValue): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: GoValue): value is PlainObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber) &&
    !(value instanceof Float)
  );
}

/** The name of the value's Go type. */
export function typeNameOf(value: GoValue): string {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int";
  if (value instanceof JsonNumber) return "json.Number";
  if (value instanceof Float) return "float64";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

/** False for nothing, null, false, zero and whatever is empty. A number of the data is never empty. */
export function isTrue(value: GoValue): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value !== "";
  if (typeof value === "bigint") return value !== 0n;
  if (value instanceof JsonNumber) return true;
  if (value instanceof Float) return value.value !== 0;
  return isList(value) ? value.length > 0 : Object.keys(value).length > 0;
}

/** The value as `%v` prints it: `[a b]`, `map[a:1]`, `<nil>`. */
export function printGo(value: GoValue): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "string") return value;
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Float) return formatFloat(value.value, "g", -1);
  if (isList(value)) return `[${value.map((item) => printGo(fromData(item))).join(" ")}]`;
  if (isMap(value)) {
    const entries = sortedKeys(value).map((key) => `${key}:${printGo(fromData(value[key]))}`);
    return `map[${entries.join(" ")}]`;
  }
  return String(value);
}
