import { Boxed } from "../../value/boxed.ts";
import { RegoObject } from "../../value/object.ts";
import { sortedKeys } from "../../value/plain-object.ts";
import { RegoSet } from "../../value/set.ts";
import type { PlainObject, Value } from "../../value/value.ts";

/** Keys and values of a collection, side by side. */
export interface Entries {
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
}

/** The entries of a value that is no array: of an object or a set in sort order where that is asked for; none of a scalar. */
export function entriesOf(collection: Value, ordered: boolean): Entries {
  if (typeof collection !== "object" || collection === null) return NONE;
  if (collection instanceof RegoSet) {
    const values = ordered ? collection.sorted() : [...collection];
    return { keys: values, values };
  }
  if (collection instanceof RegoObject) {
    const entries = collection.entries();
    return { keys: entries.map(([key]) => key), values: entries.map(([, value]) => value) };
  }
  if (collection instanceof Boxed) return NONE;
  const object = collection as PlainObject;
  const keys = ordered ? sortedKeys(object) : Object.keys(object);
  return { keys, values: keys.map((key) => object[key] as Value) };
}

const NONE: Entries = { keys: [], values: [] };
