import type { AuditListener, AuditRun } from "./audit-listener.ts";
import { runIdOf, sweep } from "./sweep.ts";
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

/** Runs sweeps on a schedule, one at a time: a tick that comes while a run is going on is dropped. */
export class AuditWorker {
  readonly #deps: AuditWorkerDeps;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<SweepReport | undefined> | undefined;

  constructor(deps: AuditWorkerDeps) {
    this.#deps = deps;
  }

  /** Starts the schedule. The first run comes after one interval, as in Gatekeeper; call {@link runNow} for one at once. */
  start(): void {
    if (this.#deps.intervalSeconds <= 0 || this.#timer) return;
    this.#timer = setInterval(() => void this.runNow(), this.#deps.intervalSeconds * 1000);
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
      return await runAudit(this.#deps.prepare(), this.#deps.listeners, startedAt, this.#abort.signal);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#deps.onError(error);
      return undefined;
    }
  }
}

/** One run, told to the listeners. Throws what the sweep or a listener throws; then all listeners hear that the run is broken. */
export async function runAudit(
  deps: SweepDeps,
  listeners: readonly AuditListener[],
  startedAt: Date,
  signal: AbortSignal,
): Promise<SweepReport> {
  const run: AuditRun = { runId: runIdOf(startedAt), startedAt: startedAt.getTime() };
  try {
    for (const listener of listeners) await listener.started?.(run);
    const onViolations: SweepDeps["onViolations"] = async (violations) => {
      await deps.onViolations?.(violations);
      for (const listener of listeners) await listener.found?.(run, violations);
    };
    const report = await sweep({ ...deps, onViolations }, startedAt, signal);
    for (const listener of listeners) await listener.finished?.(run, report);
    return report;
  } catch (error) {
    for (const listener of listeners) await listener.broken?.(run, error);
    throw error;
  }
}
