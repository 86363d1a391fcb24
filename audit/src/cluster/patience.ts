import { backoff, isForbidden, isNotFound, sleep } from "@portcullis/engine/cluster";
import type { KubeError, KubeResult } from "@portcullis/engine/cluster";

export interface PatienceTiming {
  /** How long a server that does not answer at all is waited for: that of an upgrade. */
  readonly outageMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

const TIMING: PatienceTiming = { outageMs: 120_000, firstPauseMs: 500, longestPauseMs: 5_000 };

/** Attempts at what the server refuses to do now (429, 5xx) or answers with nonsense: one broken API must not hold up all others. */
const ATTEMPTS = 5;

/** A server that is just back may know no roles and no custom kinds yet. */
const RECOVERY_MS = 30_000;

/**
 * How long one sweep waits for an API server. An outage is waited out once: when it takes too long, everything fails at its
 * first attempt until something succeeds again.
 */
export class Patience {
  readonly #timing: PatienceTiming;
  readonly #signal: AbortSignal;
  #outageSince: number | undefined;
  #backSince = Number.NEGATIVE_INFINITY;

  constructor(signal: AbortSignal, timing: Partial<PatienceTiming> = {}) {
    this.#signal = signal;
    this.#timing = { ...TIMING, ...timing };
  }

  /** Makes a call again and again until it succeeds, or waiting is no use. */
  async persist<T>(call: () => Promise<KubeResult<T>>): Promise<KubeResult<T>> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await call();
      if (outcome.ok) {
        if (this.#outageSince !== undefined) this.#backSince = performance.now();
        this.#outageSince = undefined;
        return outcome;
      }
      if (!this.#isWorthWaiting(outcome.error, attempt)) return outcome;
      const { firstPauseMs: firstMs, longestPauseMs: longestMs } = this.#timing;
      if (!(await sleep(backoff(attempt, { firstMs, longestMs }), this.#signal))) return outcome;
    }
  }

  #isWorthWaiting(error: KubeError, attempt: number): boolean {
    const now = performance.now();
    if (error.code === 0 && error.retryable && error.reason !== "MalformedAnswer") {
      this.#outageSince ??= now;
      return now - this.#outageSince < this.#timing.outageMs;
    }
    const isJustBack = this.#outageSince !== undefined || now - this.#backSince < RECOVERY_MS;
    const mayMend = error.retryable || (isJustBack && (isForbidden(error) || isNotFound(error)));
    return mayMend && attempt < ATTEMPTS;
  }
}
