/**
 * The choices from which a program grows: a list of numbers. A list that ends early goes on with zeros, so every list
 * makes a program, and a shorter or smaller list makes a simpler one. The minimiser relies on that.
 */
export class Choices {
  readonly #given: readonly number[];
  readonly #more: () => number;
  readonly #taken: number[] = [];

  constructor(given: readonly number[], more: () => number = () => 0) {
    this.#given = given;
    this.#more = more;
  }

  /** What has been chosen so far; gives the same program again. */
  get taken(): readonly number[] {
    return this.#taken;
  }

  /** A number from 0 to `bound - 1`. */
  below(bound: number): number {
    const index = this.#taken.length;
    const raw = index < this.#given.length ? (this.#given[index] as number) : this.#more();
    const chosen = raw % bound;
    this.#taken.push(chosen);
    return chosen;
  }

  /** True with the given probability in percent; false where choices have run out. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** One of several ways to make something; the others are not gone. */
  way<T>(makers: readonly (() => T)[]): T {
    return this.pick(makers)();
  }

  /** Between `least` and `most` items. */
  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }
}

/** A stream of choices that a seed determines (xorshift, 32 bits). */
export function randomChoices(seed: number): Choices {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return new Choices([], () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  });
}
