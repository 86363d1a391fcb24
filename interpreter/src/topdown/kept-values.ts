import { valueAt } from "../value/index-access.ts";
import type { Value } from "../value/value.ts";

/**
 * Values that depend on one part of the input alone, for each object that stood there: found by its identity, and gone
 * with it. One evaluation's budget bounds what is kept for one object.
 */
export class KeptValues {
  readonly #path: readonly string[];
  readonly #byPart = new WeakMap<object, unknown[]>();
  /** The input that was asked for last, so that an evaluation looks its part up once. */
  #input: Value | undefined = undefined;
  #values: unknown[] | undefined = undefined;

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** By number; undefined where the input has no such part, or it is no collection. */
  of(input: Value | undefined): unknown[] | undefined {
    if (input !== this.#input) {
      this.#input = input;
      this.#values = this.#find(input);
    }
    return this.#values;
  }

  letGo(): void {
    this.#input = undefined;
    this.#values = undefined;
  }

  #find(input: Value | undefined): unknown[] | undefined {
    let part = input;
    for (const name of this.#path) part = part === undefined ? undefined : valueAt(part, name);
    if (typeof part !== "object" || part === null) return undefined;
    let values = this.#byPart.get(part);
    if (!values) this.#byPart.set(part, (values = []));
    return values;
  }
}
