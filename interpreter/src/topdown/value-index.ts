import { indexKey } from "../plan/rule-index.ts";
import { equals, hash } from "../value/order.ts";
import type { Value } from "../value/value.ts";

/** Many items under each value. Values are keys by equality: `1` and `1.0` are one key. */
export class ValueIndex<T> {
  readonly #scalars = new Map<Value, T[]>();
  readonly #composites = new Map<number, { readonly key: Value; readonly items: T[] }[]>();

  add(key: Value, item: T): void {
    const scalar = indexKey(key);
    if (scalar !== undefined) {
      const items = this.#scalars.get(scalar);
      if (items) items.push(item);
      else this.#scalars.set(scalar, [item]);
      return;
    }
    const code = hash(key);
    let bucket = this.#composites.get(code);
    if (!bucket) this.#composites.set(code, (bucket = []));
    const entry = bucket.find((candidate) => equals(candidate.key, key));
    if (entry) entry.items.push(item);
    else bucket.push({ key, items: [item] });
  }

  /** In the order they were added. */
  get(key: Value): readonly T[] {
    const scalar = indexKey(key);
    if (scalar !== undefined) return this.#scalars.get(scalar) ?? NONE;
    return this.#composites.get(hash(key))?.find((candidate) => equals(candidate.key, key))?.items ?? NONE;
  }
}

const NONE: readonly never[] = [];
