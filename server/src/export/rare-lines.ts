import type { Log } from "../observability/log.ts";

const EVERY_MS = 60_000;

/** Errors that may come thousands of times a second: a line of each kind a minute, with how often it was left out. */
export class RareLines {
  readonly #log: Log;
  readonly #kinds = new Map<string, { at: number; left: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  error(message: string, error: string): void {
    const now = performance.now();
    const before = this.#kinds.get(message);
    if (before && now - before.at < EVERY_MS) {
      before.left++;
      return;
    }
    this.#log.error(message, { error, ...(before && before.left > 0 && { left_out: before.left }) });
    this.#kinds.set(message, { at: now, left: 0 });
  }
}
