import type { Span } from "../plan/plan.ts";
import { ObjectBuilder, type RegoObject } from "../value/object.ts";
import { equals } from "../value/order.ts";
import { RegoSet } from "../value/set.ts";
import type { PlainObject, Value } from "../value/value.ts";
import type { Fault } from "./fault.ts";

/** A place in the document: what stands there, and whether rules meet there or deeper. */
type Place = { readonly leaf: Value } | { readonly below: Places };

/**
 * Collects what the clauses of an object rule give: a value, or an element of a set, at a path. A path that ends where
 * another one goes on is a conflict even if the values could be merged (refheads "general, self-conflict").
 */
export class DocumentBuilder {
  readonly #root = new Places();
  readonly #conflict: (span: Span) => Fault;

  constructor(conflict: (span: Span) => Fault) {
    this.#conflict = conflict;
  }

  setValue(path: readonly Value[], value: Value, span: Span): void {
    const { places, key } = this.#descend(path, span);
    const place = places.get(key);
    if (!place) places.set(key, { leaf: value });
    else if (!("leaf" in place) || !equals(place.leaf, value)) throw this.#conflict(span);
  }

  addElement(path: readonly Value[], element: Value, span: Span): void {
    const { places, key } = this.#descend(path, span);
    const place = places.get(key);
    if (!place) places.set(key, { leaf: new RegoSet([element]) });
    else if (!("leaf" in place) || !(place.leaf instanceof RegoSet)) throw this.#conflict(span);
    else place.leaf.add(element);
  }

  build(): PlainObject | RegoObject {
    return this.#root.build();
  }

  #descend(path: readonly Value[], span: Span): { readonly places: Places; readonly key: Value } {
    let places = this.#root;
    const last = path.length - 1;
    for (let i = 0; i < last; i++) {
      const key = path[i] as Value;
      const place = places.get(key);
      if (place && "leaf" in place) throw this.#conflict(span);
      if (place) places = place.below;
      else {
        const below = new Places();
        places.set(key, { below });
        places = below;
      }
    }
    return { places, key: path[last] as Value };
  }
}

/** One level of the document. Values as keys: an {@link ObjectBuilder} leads from key to number of the place. */
class Places {
  readonly #numbers = new ObjectBuilder();
  readonly #keys: Value[] = [];
  readonly #places: Place[] = [];

  get(key: Value): Place | undefined {
    const number = this.#numbers.get(key);
    return number === undefined ? undefined : this.#places[number as number];
  }

  set(key: Value, place: Place): void {
    this.#numbers.set(key, this.#places.length);
    this.#keys.push(key);
    this.#places.push(place);
  }

  build(): PlainObject | RegoObject {
    const builder = new ObjectBuilder();
    this.#places.forEach((place, i) => {
      builder.set(this.#keys[i] as Value, "leaf" in place ? place.leaf : place.below.build());
    });
    return builder.build();
  }
}
