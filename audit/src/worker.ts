import type { AuditListener } from "./audit-listener.ts";
import type { KindSizes } from "./progress.ts";
import { runAudit } from "./run-audit.ts";
import type { SweepDeps, SweepReport } from "./sweep.ts";

export interface AuditWorkerDeps {
  /** Asked anew at the start of each run: the objects and limits of that run. */
  readonly prepare: () => SweepDeps;
  /** Called in this order. */
  readonly listeners: readonly AuditListener[];
  readonly onError: (error: unknown) => void;
  /** Seconds between the starts of two runs; 0 runs only when asked. */
  readonly intervalSeconds: number;
  readonly now?: () => Date;
}

/** Node fires longer ones at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs sweeps on a schedule, one at a time: a tick that comes while a run is going on is dropped. */
export class AuditWorker {
  readonly #deps: AuditWorkerDeps;
  readonly #abort = new AbortController();
  #sizes: KindSizes = new Map();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<SweepReport | undefined> | undefined;

  constructor(deps: AuditWorkerDeps) {
    this.#deps = deps;
  }

  /** Starts the schedule. The first run comes after one interval, as in Gatekeeper; call {@link runNow} for one at once. */
  start(): void {
    if (this.#deps.intervalSeconds <= 0 || this.#timer) return;
    const intervalMs = this.#deps.intervalSeconds * 1000;
    const steps = Math.ceil(intervalMs / LONGEST_TIMER_MS);
    let left = steps;
    this.#timer = setInterval(() => {
      if (--left > 0) return;
      left = steps;
      void this.runNow();
    }, intervalMs / steps);
  }

  /** Runs a sweep and publishes it; joins the run that is going on, if there is one. Undefined when it failed or was stopped. */
  runNow(): Promise<SweepReport | undefined> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Ends the schedule and the run that is going on. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<SweepReport | undefined> {
    const startedAt = this.#deps.now?.() ?? new Date();
    try {
      const { prepare, listeners } = this.#deps;
      const outcome = await runAudit(prepare(), listeners, startedAt, {
        signal: this.#abort.signal,
        sizes: this.#sizes,
      });
      this.#sizes = outcome.sizes;
      return outcome.report;
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#deps.onError(error);
      return undefined;
    }
  }
}
