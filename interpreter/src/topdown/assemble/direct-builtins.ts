import { compareNumbers } from "../../value/number.ts";
import { compare, equals } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";

/**
 * Comparisons: they take every value, cannot fail and need nothing of the evaluation, so they are called without a list
 * of arguments. Same results as their rows in `builtins/comparison.ts`.
 */
export const directBuiltins: ReadonlyMap<string, (a: Value, b: Value) => boolean> = new Map([
  ["equal", (a: Value, b: Value) => a === b || equals(a, b)],
  ["neq", (a: Value, b: Value) => a !== b && !equals(a, b)],
  ["lt", (a: Value, b: Value) => order(a, b) < 0],
  ["lte", (a: Value, b: Value) => order(a, b) <= 0],
  ["gt", (a: Value, b: Value) => order(a, b) > 0],
  ["gte", (a: Value, b: Value) => order(a, b) >= 0],
]);

function order(a: Value, b: Value): number {
  return typeof a === "number" && typeof b === "number" ? compareNumbers(a, b) : compare(a, b);
}
