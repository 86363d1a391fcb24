import { RegoObject } from "./object.ts";
import { Boxed } from "./boxed.ts";
import { Decimal } from "./number.ts";
import { getOwn } from "./plain-object.ts";
import { RegoSet } from "./set.ts";
import type { PlainObject, Value } from "./value.ts";

/**
 * `collection[key]` as a reference reads it: an object's value, an array's element at a non-negative integer, the
 * element itself of a set that has it; undefined for everything else, scalars included.
 */
export function valueAt(collection: Value, key: Value): Value | undefined {
  if (typeof collection !== "object" || collection === null) return undefined;
  if (Array.isArray(collection)) {
    const index = key instanceof Decimal ? key.toPlainNumber() : key;
    return typeof index === "number" ? (collection as readonly Value[])[index] : undefined;
  }
  if (!(collection instanceof Boxed)) {
    return typeof key === "string" ? getOwn(collection as PlainObject, key) : undefined;
  }
  if (collection instanceof RegoSet) return collection.find(key);
  return collection instanceof RegoObject ? collection.get(key) : undefined;
}
