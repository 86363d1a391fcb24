import { spendWalk } from "./meter.ts";
import { compareText } from "./text.ts";
import type { PlainObject, Value } from "./value.ts";

/** The value of an own key, else undefined. Inherited names (`constructor`) are no keys. */
export function getOwn(object: PlainObject, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own key of an object that is still being built; `__proto__` becomes a key like any other. */
export function setOwn(object: Record<string, Value>, key: string, value: Value): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}

/** Own keys in code point order. */
export function sortedKeys(object: PlainObject): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length > WIDE) spendWalk(keys.length);
  for (let i = 1; i < keys.length; i++) {
    if (compareText(keys[i - 1] as string, keys[i] as string) > 0) {
      return keys.length > WIDE ? sortedOnce(object, keys) : keys.sort(compareText);
    }
  }
  return keys;
}

/** Wide maps (an inventory by name) are read again and again at one identity: their order is worth remembering. */
const WIDE = 64;
const sortedKeysOf = new WeakMap<PlainObject, readonly string[]>();

function sortedOnce(object: PlainObject, keys: string[]): readonly string[] {
  const known = sortedKeysOf.get(object);
  // An object that is still being built may have grown.
  if (known?.length === keys.length) return known;
  spendWalk(keys.length * 8);
  const sorted = keys.sort(compareText);
  sortedKeysOf.set(object, sorted);
  return sorted;
}
