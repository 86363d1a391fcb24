import { compare, equals, hash } from "./order.ts";
import type { Value } from "./value.ts";

/** Up to so many values are searched one by one; hashing them would cost more. */
const SMALL = 8;

/**
 * A growing list of values, no two of them equal, that tells where a value stands. Values with the same hash are kept in
 * order and searched by halving, so that input made to collide costs a logarithm and not a walk.
 */
export class ValueIndex {
  readonly values: Value[] = [];
  #places: Map<number, number | number[]> | undefined;

  /** The place of the value that equals this one, or -1. */
  find(value: Value): number {
    const values = this.values;
    if (this.#places === undefined) {
      for (let place = 0; place < values.length; place++)
        if (equals(values[place] as Value, value)) return place;
      return -1;
    }
    const found = this.#places.get(hash(value));
    if (found === undefined) return -1;
    if (typeof found === "number") return equals(values[found] as Value, value) ? found : -1;
    const at = this.#lowerBound(found, value);
    const place = found[at];
    return place !== undefined && equals(values[place] as Value, value) ? place : -1;
  }

  /** Appends a value that is not there yet. */
  append(value: Value): void {
    const values = this.values;
    values.push(value);
    if (values.length <= SMALL) return;
    if (this.#places === undefined) {
      this.#places = new Map();
      for (let place = 0; place < values.length; place++) this.#enter(place);
    } else this.#enter(values.length - 1);
  }

  #enter(place: number): void {
    const places = this.#places as Map<number, number | number[]>;
    const value = this.values[place] as Value;
    const code = hash(value);
    const found = places.get(code);
    if (found === undefined) places.set(code, place);
    else if (typeof found === "number") {
      places.set(code, compare(this.values[found] as Value, value) < 0 ? [found, place] : [place, found]);
    } else found.splice(this.#lowerBound(found, value), 0, place);
  }

  /** The first of some ordered places whose value is not less. */
  #lowerBound(places: readonly number[], value: Value): number {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.values[places[middle] as number] as Value, value) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
