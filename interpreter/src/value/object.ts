import { Boxed } from "./boxed.ts";
import { spendWalk } from "./meter.ts";
import { equals, hash, hashEntry, compare } from "./order.ts";
import { getOwn, setOwn, sortedKeys } from "./plain-object.ts";
import { ValueIndex } from "./value-index.ts";
import type { PlainObject, Value } from "./value.ts";

export type Entry = readonly [key: Value, value: Value];

/**
 * An object with at least one key that is not a string. Comes from {@link ObjectBuilder}, which gives a plain object
 * where all keys are strings.
 */
export class RegoObject extends Boxed {
  readonly kind = "object";
  readonly #table = new EntryTable();
  #sorted: readonly Entry[] | undefined;

  constructor(entries: Iterable<Entry>) {
    super();
    for (const [key, value] of entries) this.#table.set(key, value);
  }

  get size(): number {
    return this.#table.values.length;
  }

  get(key: Value): Value | undefined {
    return this.#table.get(key);
  }

  /** Entries in the sort order of their keys. */
  entries(): readonly Entry[] {
    if (this.#sorted === undefined) {
      spendWalk(this.size * 8);
      this.#sorted = this.#table.entries().sort((a, b) => compare(a[0], b[0]));
    }
    return this.#sorted;
  }

  hash(): number {
    let code = 0x7ed5;
    spendWalk(this.size);
    for (const [key, value] of this.entries()) code = (code + hashEntry(hash(key), hash(value))) | 0;
    return code;
  }

  equals(other: Boxed): boolean {
    if (!(other instanceof RegoObject)) return false;
    if (this === other) return true;
    if (this.size !== other.size) return false;
    spendWalk(this.size);
    for (const [key, value] of this.entries()) {
      const theirs = other.get(key);
      if (theirs === undefined || !equals(value, theirs)) return false;
    }
    return true;
  }
}

/** Values by keys of any kind. The first spelling of a key stays, its last value wins. */
class EntryTable {
  readonly #keys = new ValueIndex();
  readonly values: Value[] = [];

  get(key: Value): Value | undefined {
    const place = this.#keys.find(key);
    return place < 0 ? undefined : this.values[place];
  }

  set(key: Value, value: Value): void {
    const place = this.#keys.find(key);
    if (place >= 0) this.values[place] = value;
    else {
      this.#keys.append(key);
      this.values.push(value);
    }
  }

  entries(): Entry[] {
    return this.#keys.values.map((key, place) => [key, this.values[place] as Value] as const);
  }
}

/** Collects entries and gives the one right shape: a plain object when every key is a string. The last value of a key wins. */
export class ObjectBuilder {
  readonly #plain: Record<string, Value> = {};
  #other: EntryTable | undefined;

  get(key: Value): Value | undefined {
    return typeof key === "string" ? getOwn(this.#plain, key) : this.#other?.get(key);
  }

  set(key: Value, value: Value): void {
    if (typeof key === "string") setOwn(this.#plain, key, value);
    else {
      this.#other ??= new EntryTable();
      this.#other.set(key, value);
    }
  }

  build(): PlainObject | RegoObject {
    if (!this.#other) return this.#plain;
    return new RegoObject([...Object.entries(this.#plain), ...this.#other.entries()]);
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
  if (object instanceof RegoObject) return object.size;
  const size = Object.keys(object).length;
  spendWalk(size);
  return size;
}
