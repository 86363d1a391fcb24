import type { GatorProcess } from "./gator-process.ts";

/** Tells how far long work is. */
export interface Progress {
  /** The next part begins. */
  next(name: string): void;
  /** The work is done: what was shown is taken away. */
  end(): void;
}

/** Shows on a terminal which part of the work runs, on one line; shows nothing where the stream is no terminal. */
export function progress(stream: GatorProcess["stderr"], parts: number): Progress {
  if (stream.isTTY !== true) return { next: () => {}, end: () => {} };
  let done = 0;
  return {
    next: (name) => void stream.write(`\r\x1b[K${++done}/${parts} ${name.slice(-60)}`),
    end: () => void stream.write("\r\x1b[K"),
  };
}
