import { isArray, isNumber, isObject } from "../../value/kind.ts";
import { numberText } from "../../value/number.ts";
import { setOwn } from "../../value/plain-object.ts";
import { writeJson } from "../../value/json.ts";
import type { PlainObject, RegoNumber, Value } from "../../value/value.ts";

/** The JSON text by which `const`, `enum` and `uniqueItems` compare: numbers as doubles, so that `1` and `1.0` are one. */
export function canonicalJson(value: Value): string {
  return writeJson(withDoubles(value));
}

function withDoubles(value: Value): Value {
  if (isNumber(value)) return double(value);
  if (isArray(value)) return value.map(withDoubles);
  if (!isObject(value)) return value;
  const object: Record<string, Value> = {};
  for (const [key, member] of Object.entries(value as PlainObject)) setOwn(object, key, withDoubles(member));
  return object;
}

function double(number: RegoNumber): RegoNumber {
  const plain = typeof number === "number" ? number : Number(numberText(number));
  if (!Number.isFinite(plain)) return number;
  return plain === 0 ? 0 : plain;
}
