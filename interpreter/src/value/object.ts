import { Boxed } from "./boxed.ts";
import { equals, hash, hashEntry, compare } from "./order.ts";
import { getOwn, setOwn, sortedKeys } from "./plain-object.ts";
import type { PlainObject, Value } from "./value.ts";

export type Entry = readonly [key: Value, value: Value];

/**
 * An object with at least one key that is not a string. Comes from {@link ObjectBuilder}, which gives a plain object
 * where all keys are strings.
 */
export class RegoObject extends Boxed {
  readonly kind = "object";
  readonly #buckets = new Map<number, [Value, Value][]>();
  #size = 0;
  #sorted: readonly Entry[] | undefined;

  constructor(entries: Iterable<Entry>) {
    super();
    for (const [key, value] of entries) {
      const code = hash(key);
      const bucket = this.#buckets.get(code);
      const found = bucket?.find((entry) => equals(entry[0], key));
      if (found) {
        found[1] = value;
        continue;
      }
      if (bucket) bucket.push([key, value]);
      else this.#buckets.set(code, [[key, value]]);
      this.#size++;
    }
  }

  get size(): number {
    return this.#size;
  }

  get(key: Value): Value | undefined {
    return this.#buckets.get(hash(key))?.find((entry) => equals(entry[0], key))?.[1];
  }

  /** Entries in the sort order of their keys. */
  entries(): readonly Entry[] {
    this.#sorted ??= [...this.#buckets.values()].flat().sort((a, b) => compare(a[0], b[0]));
    return this.#sorted;
  }

  hash(): number {
    let code = 0x7ed5;
    for (const bucket of this.#buckets.values()) {
      for (const [key, value] of bucket) code = (code + hashEntry(hash(key), hash(value))) | 0;
    }
    return code;
  }

  equals(other: Boxed): boolean {
    if (!(other instanceof RegoObject)) return false;
    if (this.size !== other.size) return false;
    for (const [key, value] of this.entries()) {
      const theirs = other.get(key);
      if (theirs === undefined || !equals(value, theirs)) return false;
    }
    return true;
  }
}

/** Collects entries and gives the one right shape: a plain object when every key is a string. The last value of a key wins. */
export class ObjectBuilder {
  readonly #plain: Record<string, Value> = {};
  #other: Map<number, [Value, Value][]> | undefined;

  get(key: Value): Value | undefined {
    if (typeof key === "string") return getOwn(this.#plain, key);
    return this.#find(key)?.[1];
  }

  set(key: Value, value: Value): void {
    if (typeof key === "string") {
      setOwn(this.#plain, key, value);
      return;
    }
    const found = this.#find(key);
    if (found) {
      found[1] = value;
      return;
    }
    this.#other ??= new Map();
    const code = hash(key);
    const bucket = this.#other.get(code);
    if (bucket) bucket.push([key, value]);
    else this.#other.set(code, [[key, value]]);
  }

  build(): PlainObject | RegoObject {
    if (!this.#other) return this.#plain;
    return new RegoObject([...Object.entries(this.#plain), ...[...this.#other.values()].flat()]);
  }

  #find(key: Value): [Value, Value] | undefined {
    return this.#other?.get(hash(key))?.find((entry) => equals(entry[0], key));
  }
}

/** Looks a key of any kind up in an object of either shape. */
export function objectGet(object: PlainObject | RegoObject, key: Value): Value | undefined {
  if (object instanceof RegoObject) return object.get(key);
  return typeof key === "string" ? getOwn(object, key) : undefined;
}

/** Entries of an object of either shape, in the sort order of the keys. */
export function objectEntries(object: PlainObject | RegoObject): readonly Entry[] {
  if (object instanceof RegoObject) return object.entries();
  return sortedKeys(object).map((key) => [key, object[key] as Value] as const);
}

/** The number of entries of an object of either shape. */
export function objectSize(object: PlainObject | RegoObject): number {
  return object instanceof RegoObject ? object.size : Object.keys(object).length;
}
