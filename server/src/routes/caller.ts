import type { Waiting } from "@portcullis/interpreter";
import type { ServerResponse } from "node:http";
import { AdmissionRefusal } from "../admission/verdict.ts";
import { deadlineMs } from "./caller-timeout.ts";

/** Whoever waits for an answer. */
export interface Caller {
  /**
   * Fires when nobody waits any more: the client has gone away, or its deadline has passed. Its reason is the
   * {@link AdmissionRefusal} to answer with.
   */
  readonly signal: Waiting;
  /** Milliseconds, from now on, within which the answer is worth having; undefined where the client does not say. */
  remainingMs(): number | undefined;
}

/** The caller of a URL, which tells its deadline there, and who has its answer when the response is closed. */
export function callerOf(url: string, response: ServerResponse): Caller {
  const signal = new CallerSignal();
  const allowedMs = deadlineMs(url);
  const deadline = allowedMs === undefined ? undefined : performance.now() + allowedMs;
  const timer =
    allowedMs === undefined
      ? undefined
      : setTimeout(
          () => signal.abort(new AdmissionRefusal(500, `no decision within ${allowedMs} ms`)),
          Math.min(allowedMs, LONGEST_TIMER_MS),
        );
  response.once("close", () => {
    clearTimeout(timer);
    if (!response.writableFinished) {
      signal.abort(new AdmissionRefusal(500, "serving context canceled, aborting request"));
    }
  });
  return {
    signal,
    remainingMs: () => (deadline === undefined ? undefined : Math.max(0, deadline - performance.now())),
  };
}

/** Node fires longer ones at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What is needed of an `AbortSignal`. Node's own, with its listeners, costs as much as parsing a small review. */
class CallerSignal implements Waiting {
  #abortion: { readonly reason: unknown } | undefined;
  readonly #listeners = new Set<() => void>();

  get aborted(): boolean {
    return this.#abortion !== undefined;
  }

  get reason(): unknown {
    return this.#abortion?.reason;
  }

  abort(reason: unknown): void {
    if (this.#abortion) return;
    this.#abortion = { reason };
    for (const listener of this.#listeners) listener();
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
