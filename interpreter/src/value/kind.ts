import { Decimal } from "./number.ts";
import { RegoSet } from "./set.ts";
import type { RegoObject } from "./object.ts";
import type { PlainObject, RegoArray, RegoNumber, Value, ValueKind } from "./value.ts";

/** The name of a value's type, as `type_name` gives it. */
export function kindOf(value: Value): ValueKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    default:
      if (value === null) return "null";
      if (Array.isArray(value)) return "array";
      if (value instanceof RegoSet) return "set";
      if (value instanceof Decimal) return "number";
      return "object";
  }
}

export function isNumber(value: Value | undefined): value is RegoNumber {
  return typeof value === "number" || value instanceof Decimal;
}

export function isArray(value: Value | undefined): value is RegoArray {
  return Array.isArray(value);
}

export function isSet(value: Value | undefined): value is RegoSet {
  return value instanceof RegoSet;
}

/** True for an object of either shape. */
export function isObject(value: Value | undefined): value is PlainObject | RegoObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegoSet) &&
    !(value instanceof Decimal)
  );
}
