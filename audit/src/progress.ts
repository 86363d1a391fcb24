/** How far a sweep is. */
export interface SweepProgress {
  /** Kinds that are read to their end, of how many; 0 of 0 where the source knows no kinds. */
  readonly kindsDone: number;
  readonly kinds: number;
  /** A kind that is being read. */
  readonly kind?: string;
  /** Objects read so far. */
  readonly objects: number;
  /** How many there are, as far as one can tell; never less than were read. Absent while nothing tells. */
  readonly objectsExpected?: number;
  /** The part that is done, from 0 to 1. Absent while nothing tells. */
  readonly share?: number;
  readonly secondsElapsed: number;
  /** Absent while nothing tells. */
  readonly secondsLeft?: number;
}

/** How many objects of each kind an earlier run met. */
export type KindSizes = ReadonlyMap<string, number>;

/**
 * Follows one sweep. How many objects a kind has is known once it is read; before that the server's word counts (what
 * remains behind a page), then what an earlier run met, then the average of the kinds that are known.
 */
export class Progress {
  readonly #kinds = new Map<string, KindProgress>();
  readonly #earlier: KindSizes;
  readonly #started: number;
  readonly #now: () => number;
  #objects = 0;

  /** `now` in milliseconds. */
  constructor(earlier: KindSizes = new Map(), now: () => number = () => performance.now()) {
    this.#earlier = earlier;
    this.#now = now;
    this.#started = now();
  }

  kinds(names: readonly string[]): void {
    for (const name of names) this.#kind(name);
  }

  read(name: string, objects: number, remaining?: number): void {
    const kind = this.#kind(name);
    kind.read += objects;
    this.#objects += objects;
    if (remaining !== undefined) kind.size = kind.read + remaining;
  }

  finished(name: string): void {
    const kind = this.#kind(name);
    kind.size = kind.read;
    kind.done = true;
  }

  now(): SweepProgress {
    const all = [...this.#kinds];
    const kindsDone = all.filter(([, { done }]) => done).length;
    const current = all.find(([, { done, read }]) => !done && read > 0) ?? all.find(([, { done }]) => !done);
    const secondsElapsed = (this.#now() - this.#started) / 1000;
    const expected = this.#expected();
    const share = expected === undefined ? undefined : expected === 0 ? 1 : this.#objects / expected;
    return {
      kindsDone,
      kinds: all.length,
      ...(current && { kind: current[0] }),
      objects: this.#objects,
      secondsElapsed,
      ...(expected !== undefined && { objectsExpected: expected }),
      ...(share !== undefined && { share }),
      ...(share !== undefined && share > 0 && { secondsLeft: secondsElapsed * (1 / share - 1) }),
    };
  }

  /** What the next run can expect: the kinds that were read to their end. */
  sizes(): KindSizes {
    return new Map([...this.#kinds].filter(([, { done }]) => done).map(([name, { read }]) => [name, read]));
  }

  #kind(name: string): KindProgress {
    const found = this.#kinds.get(name);
    if (found) return found;
    const size = this.#earlier.get(name);
    const made: KindProgress = { read: 0, done: false, ...(size !== undefined && { size }) };
    this.#kinds.set(name, made);
    return made;
  }

  #expected(): number | undefined {
    const sizes = [...this.#kinds.values()].map(({ read, size }) => size && Math.max(read, size));
    const known = sizes.filter((size) => size !== undefined);
    if (known.length === 0) return undefined;
    const sum = known.reduce((total, size) => total + size, 0);
    const average = sum / known.length;
    return Math.max(this.#objects, Math.round(sum + average * (sizes.length - known.length)));
  }
}

interface KindProgress {
  read: number;
  done: boolean;
  /** Known or expected. */
  size?: number;
}
