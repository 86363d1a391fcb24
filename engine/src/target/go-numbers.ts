import { Decimal, numberFromText, numberText, setOwn } from "@portcullis/interpreter";
import type { PlainObject, RegoNumber, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";

/**
 * Gives numbers the form they have in Gatekeeper's `input.review`: there every number goes through a 64-bit float and is
 * printed in Go's shortest `%g` form, so 1000000 reads `1e+06` in messages. Returns the value itself where no number
 * changes, and shares every unchanged branch.
 */
export function goNumbers(value: Value): Value {
  if (typeof value === "number" || value instanceof Decimal) return goNumber(value);
  if (Array.isArray(value)) return goList(value);
  if (isPlainObject(value)) return goObject(value);
  return value;
}

function goList(list: readonly Value[]): readonly Value[] {
  let changed: Value[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as Value;
    if (typeof item === "string") continue;
    const result = goNumbers(item);
    if (result !== item) (changed ??= [...list])[i] = result;
  }
  return changed ?? list;
}

function goObject(object: PlainObject): PlainObject {
  let changed: Record<string, Value> | undefined;
  for (const key of Object.keys(object)) {
    const item = object[key] as Value;
    if (typeof item === "string") continue;
    const result = goNumbers(item);
    if (result !== item) setOwn((changed ??= { ...object }), key, result);
  }
  return changed ?? object;
}

/** Integers below a million print the same in Go and here: nothing to do for nearly every number. */
function goNumber(value: RegoNumber): RegoNumber {
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 1_000_000) return value;
  const float = Number(numberText(value));
  if (!Number.isFinite(float)) return value;
  const text = shortestG(float);
  return numberText(value) === text ? value : numberFromText(text);
}

/** Go's `strconv.FormatFloat(f, 'g', -1, 64)`: exponent form below 1e-4 and from 1e6 on. */
export function shortestG(float: number): string {
  if (float === 0) return "0";
  const [mantissa, power] = float.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  return exponent < -4 || exponent >= SHORTEST_PRECISION ? goExponent(mantissa, exponent) : String(float);
}

/** Where `%g` without a precision turns to the exponent form. */
const SHORTEST_PRECISION = 6;

function goExponent(mantissa: string, exponent: number): string {
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
}
