import { Boxed } from "../value/boxed.ts";
import { valueAt } from "../value/index-access.ts";
import { isObject } from "../value/kind.ts";
import { Decimal } from "../value/number.ts";
import { ObjectBuilder, RegoObject } from "../value/object.ts";
import { getOwn, setOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";

/**
 * One step into a base document. A store knows its documents by path texts, so the number 2 finds the key "2" and the
 * string "2" the third element of an array; once read into a variable that is over (dataderef cases).
 */
export function storeAt(document: Value | undefined, key: Value): Value | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  if (Array.isArray(document)) {
    if (typeof key === "string")
      return INDEX.test(key) ? (document as readonly Value[])[Number(key)] : undefined;
    return valueAt(document, key);
  }
  if (document instanceof Boxed) return valueAt(document, key);
  if (typeof key === "string") return getOwn(document as PlainObject, key);
  if (typeof key === "number") return getOwn(document as PlainObject, String(key));
  return key instanceof Decimal ? getOwn(document as PlainObject, key.text) : undefined;
}

const INDEX = /^(0|[1-9][0-9]{0,9})$/;

export function storeAtPath(document: Value | undefined, path: readonly Value[]): Value | undefined {
  let value = document;
  for (const key of path) value = storeAt(value, key);
  return value;
}

/** A copy of `document` with `value` at `path`. What is missing on the way, or is no object, becomes one. */
export function replaceAt(document: Value | undefined, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const builder = new ObjectBuilder();
  if (isObject(document)) for (const [k, v] of entriesOf(document)) builder.set(k, v);
  builder.set(key, replaceAt(builder.get(key), rest, value));
  return builder.build();
}

/** `base` with what only `virtual` has; where both have something else than objects, `base` wins. */
export function merge(
  base: PlainObject | RegoObject,
  virtual: PlainObject | RegoObject,
): PlainObject | RegoObject {
  const builder = new ObjectBuilder();
  for (const [key, value] of entriesOf(base)) builder.set(key, value);
  for (const [key, value] of entriesOf(virtual)) {
    const existing = builder.get(key);
    if (existing === undefined) builder.set(key, value);
    else if (isObject(existing) && isObject(value)) builder.set(key, merge(existing, value));
  }
  return builder.build();
}

/** `data` as a whole does not show `system`. */
export function withoutSystem(root: PlainObject): PlainObject {
  if (!Object.hasOwn(root, "system")) return root;
  const copy: Record<string, Value> = {};
  for (const key of Object.keys(root)) if (key !== "system") setOwn(copy, key, root[key] as Value);
  return copy;
}

function entriesOf(object: PlainObject | RegoObject): Iterable<readonly [Value, Value]> {
  return object instanceof RegoObject ? object.entries() : Object.entries(object);
}
