import { Boxed } from "./boxed.ts";
import { Decimal } from "./number.ts";
import { compare, equals, hash, mix } from "./order.ts";
import type { Value } from "./value.ts";

/**
 * A set of values. Equal values are kept once, the first one inserted wins (`{1, 1.0}` is `{1}`).
 * Strings, booleans, null and plain numbers live in a native Set; everything else in hash buckets.
 * Add only while building: a set that has been handed out does not change any more.
 */
export class RegoSet extends Boxed implements Iterable<Value> {
  readonly kind = "set";
  readonly #simple = new Set<Value>();
  #buckets: Map<number, Value[]> | undefined;
  #bucketed = 0;
  #sorted: readonly Value[] | undefined;

  constructor(values?: Iterable<Value>) {
    super();
    if (values) for (const value of values) this.add(value);
  }

  get size(): number {
    return this.#simple.size + this.#bucketed;
  }

  /** Returns false when an equal value was there already. */
  add(value: Value): boolean {
    if (this.find(value) !== undefined) return false;
    if (isSimple(value)) this.#simple.add(value);
    else {
      this.#buckets ??= new Map();
      const code = hash(value);
      const bucket = this.#buckets.get(code);
      if (bucket) bucket.push(value);
      else this.#buckets.set(code, [value]);
      this.#bucketed++;
    }
    this.#sorted = undefined;
    return true;
  }

  has(value: Value): boolean {
    return this.find(value) !== undefined;
  }

  /** The element that equals `value` (it may be spelt differently: `1.0` for `1`), else undefined. */
  find(value: Value): Value | undefined {
    if (isSimple(value)) {
      if (this.#simple.has(value)) return value;
      // A number may also sit in a bucket, as a decimal of the same value.
      if (typeof value !== "number" || this.#bucketed === 0) return undefined;
    }
    const found = this.#buckets?.get(hash(value))?.find((element) => equals(element, value));
    if (found !== undefined || !(value instanceof Decimal)) return found;
    const plain = value.toPlainNumber();
    return plain !== undefined && this.#simple.has(plain) ? plain : undefined;
  }

  /** Elements in sort order. */
  sorted(): readonly Value[] {
    this.#sorted ??= [...this].sort(compare);
    return this.#sorted;
  }

  /** Elements in an order that no policy may see. */
  *[Symbol.iterator](): Iterator<Value> {
    yield* this.#simple;
    if (this.#buckets) for (const bucket of this.#buckets.values()) yield* bucket;
  }

  hash(): number {
    // A sum: the order in which elements were inserted must not show.
    let code = 0x3c6e;
    for (const element of this) code = (code + mix(hash(element))) | 0;
    return code;
  }

  equals(other: Boxed): boolean {
    if (!(other instanceof RegoSet)) return false;
    if (this.size !== other.size) return false;
    for (const element of this) if (!other.has(element)) return false;
    return true;
  }
}

function isSimple(value: Value): value is null | boolean | number | string {
  return value === null || typeof value !== "object";
}
