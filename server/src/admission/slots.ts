/**
 * Lets a fixed number of reviews run at once; the others wait in line. Bounds the memory of requests in flight, as
 * Gatekeeper's `--max-serving-threads` does.
 */
export class ServingSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = Math.max(1, size);
  }

  /** Resolves with a function that gives the slot back; rejects when the signal fires first. */
  acquire(signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    if (signal.aborted) {
      reject(signal.reason);
      return promise;
    }
    const start = (): void => {
      signal.removeEventListener("abort", abort);
      resolve(this.#releaseOnce());
    };
    const abort = (): void => {
      const index = this.#waiting.indexOf(start);
      if (index !== -1) this.#waiting.splice(index, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    if (this.#free > 0) {
      this.#free--;
      start();
    } else this.#waiting.push(start);
    return promise;
  }

  #releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
