import { Boxed } from "./boxed.ts";
import { spendWalk } from "./meter.ts";
import { Decimal } from "./number.ts";
import { compare, hash, mix } from "./order.ts";
import { ValueIndex } from "./value-index.ts";
import type { Value } from "./value.ts";

/**
 * A set of values. Equal values are kept once, the first one inserted wins (`{1, 1.0}` is `{1}`).
 *
 * Strings, booleans, null and plain numbers live in a native Set, everything else in a {@link ValueIndex}. Add only while building: a set that has been handed out does not change any more.
 */
export class RegoSet extends Boxed implements Iterable<Value> {
  readonly kind = "set";
  #simple: Set<Value> | undefined;
  #others: ValueIndex | undefined;
  #hasDecimals = false;
  #sorted: readonly Value[] | undefined;

  constructor(values?: Iterable<Value>) {
    super();
    if (values instanceof RegoSet) this.addAll(values);
    else if (Array.isArray(values)) for (let i = 0; i < values.length; i++) this.add(values[i] as Value);
    else if (values) for (const value of values) this.add(value);
  }

  get size(): number {
    return (
      (this.#simple === undefined ? 0 : this.#simple.size) +
      (this.#others === undefined ? 0 : this.#others.values.length)
    );
  }

  /** Returns false when an equal value was there already. */
  add(value: Value): boolean {
    if (isSimple(value)) {
      if (this.#simple === undefined) this.#simple = new Set<Value>();
      if (this.#hasDecimals && this.#findOther(value) !== undefined) return false;
      const before = this.#simple.size;
      this.#simple.add(value);
      if (this.#simple.size === before) return false;
    } else {
      if (this.find(value) !== undefined) return false;
      this.#addOther(value);
    }
    this.#sorted = undefined;
    return true;
  }

  addAll(other: RegoSet): void {
    if (this.size === 0) this.#copy(other);
    else for (const value of other) this.add(value);
  }

  has(value: Value): boolean {
    return this.find(value) !== undefined;
  }

  /** The element that equals `value` (it may be spelt differently: `1.0` for `1`), else undefined. */
  find(value: Value): Value | undefined {
    if (isSimple(value)) {
      if (this.#simple !== undefined && this.#simple.has(value)) return value;
      // A number may also be there as a decimal of the same value.
      return this.#hasDecimals && typeof value === "number" ? this.#findOther(value) : undefined;
    }
    const found = this.#others === undefined ? undefined : this.#findOther(value);
    if (found !== undefined || this.#simple === undefined || !(value instanceof Decimal)) return found;
    const plain = value.toPlainNumber();
    return plain !== undefined && this.#simple.has(plain) ? plain : undefined;
  }

  /** The elements that pass the test. */
  filter(keep: (value: Value) => boolean): RegoSet {
    const kept = new RegoSet();
    if (this.#simple !== undefined) {
      for (const value of this.#simple) {
        if (!keep(value)) continue;
        if (kept.#simple === undefined) kept.#simple = new Set<Value>();
        kept.#simple.add(value);
      }
    }
    // Elements of one set differ from one another: no need to look for equals.
    if (this.#others !== undefined)
      for (const value of this.#others.values) if (keep(value)) kept.#addOther(value);
    return kept;
  }

  /** Elements in sort order. */
  sorted(): readonly Value[] {
    if (this.#sorted === undefined) {
      const elements = [...this];
      spendWalk(elements.length * 8);
      if (elements.length > 1) elements.sort(compare);
      this.#sorted = elements;
    }
    return this.#sorted;
  }

  /** Elements in an order that no policy may see. */
  [Symbol.iterator](): Iterator<Value> {
    if (this.#others === undefined) return (this.#simple ?? NOTHING)[Symbol.iterator]();
    if (this.#simple === undefined) return this.#others.values[Symbol.iterator]();
    return [...this.#simple, ...this.#others.values][Symbol.iterator]();
  }

  hash(): number {
    // A sum: the order in which elements were inserted must not show.
    let code = 0x3c6e;
    spendWalk(this.size);
    for (const element of this) code = (code + mix(hash(element))) | 0;
    return code;
  }

  equals(other: Boxed): boolean {
    if (!(other instanceof RegoSet)) return false;
    if (this === other) return true;
    if (this.size !== other.size) return false;
    spendWalk(this.size);
    for (const element of this) if (other.find(element) === undefined) return false;
    return true;
  }

  #copy(other: RegoSet): void {
    if (other.#simple !== undefined) this.#simple = new Set(other.#simple);
    if (other.#others !== undefined) for (const value of other.#others.values) this.#addOther(value);
    this.#sorted = other.#sorted;
  }

  /** Adds a value that is not simple and not there yet. */
  #addOther(value: Value): void {
    if (this.#others === undefined) this.#others = new ValueIndex();
    this.#others.append(value);
    if (value instanceof Decimal) this.#hasDecimals = true;
  }

  #findOther(value: Value): Value | undefined {
    const others = this.#others as ValueIndex;
    const place = others.find(value);
    return place < 0 ? undefined : others.values[place];
  }
}

const NOTHING: ReadonlySet<Value> = new Set();

function isSimple(value: Value): value is null | boolean | number | string {
  return value === null || typeof value !== "object";
}
