import type { Waiting } from "@portcullis/interpreter";

/** Gives a slot back. */
export type Release = () => void;

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

  /** A slot, at once where one is free; rejects when the signal fires first. */
  acquire(signal: Waiting): Release | Promise<Release> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#free === 0) return this.#inLine(signal);
    this.#free--;
    return this.#releaseOnce();
  }

  #inLine(signal: Waiting): Promise<Release> {
    const { promise, resolve, reject } = Promise.withResolvers<Release>();
    const start = (): void => {
      signal.removeEventListener("abort", abort);
      resolve(this.#releaseOnce());
    };
    const abort = (): void => {
      const index = this.#waiting.indexOf(start);
      if (index !== -1) this.#waiting.splice(index, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    this.#waiting.push(start);
    return promise;
  }

  #releaseOnce(): Release {
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
