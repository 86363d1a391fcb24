/**
 * What existed when the process started and is not loaded yet. Everything listed at the start is expected; an object is
 * settled when it was loaded, when it was refused, or when it is gone. Once nothing is missing the tracker stays satisfied.
 */
export class ReadinessTracker {
  readonly #retries: number;
  /** Lists that have not arrived. */
  readonly #lists = new Set<string>();
  readonly #objects = new Set<string>();
  #satisfied = false;

  /** `retries`: failed attempts that an object may have before it is given up (`--readiness-retries`); -1: any number. */
  constructor(retries = 0) {
    this.#retries = retries;
  }

  /** A list to wait for, say `ConstraintTemplates`. Ignored once satisfied. */
  expectList(label: string): void {
    if (!this.#satisfied) this.#lists.add(label);
  }

  /** The list has arrived with these objects, or there is nothing to list. */
  listArrived(label: string, objects: Iterable<string> = []): void {
    if (!this.#lists.delete(label)) return;
    for (const object of objects) this.#objects.add(object);
  }

  /** One more thing to wait for. Ignored once satisfied. */
  expect(object: string): void {
    if (!this.#satisfied) this.#objects.add(object);
  }

  settle(object: string): void {
    this.#objects.delete(object);
  }

  /** Settles an object that failed more often than is put up with. */
  failed(object: string, attempts: number): void {
    if (this.#retries >= 0 && attempts > this.#retries) this.settle(object);
  }

  /** One line for each list and object that is missing; empty when ready. */
  missing(): readonly string[] {
    if (this.#satisfied) return [];
    const lines = [...[...this.#lists].map((label) => `the list of ${label}`), ...this.#objects];
    this.#satisfied = lines.length === 0;
    return lines;
  }
}
