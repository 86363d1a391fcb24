import type { Value } from "../value/value.ts";
import type { ValueIndex } from "./value-index.ts";

/** The values of a join's slots for one solution of its steps. */
export type Solution = readonly Value[];

/**
 * The indexes of a join. Each hangs on the collection's identity, so an index of a base document serves every evaluation until
 * the document changes. It is built at the second meeting: a collection met once would pay for more than it gains.
 */
export class JoinIndexes {
  readonly #known = new WeakMap<object, ValueIndex<Solution> | "met" | "plain">();

  /** The index of a collection; `build` where it is to be built now; undefined where scanning is as good. */
  of(collection: object): ValueIndex<Solution> | "build" | undefined {
    if (isSmall(collection)) return undefined;
    const known = this.#known.get(collection);
    if (known === undefined) this.#known.set(collection, "met");
    return known === "met" ? "build" : known === "plain" ? undefined : known;
  }

  /** What was built; `plain` where it cannot be. */
  keep(collection: object, index: ValueIndex<Solution> | "plain"): void {
    this.#known.set(collection, index);
  }
}

/** Few elements are scanned as quickly as looked up. Objects count as large: theirs may be. */
function isSmall(collection: object): boolean {
  return Array.isArray(collection) && collection.length < SMALL;
}

const SMALL = 16;
