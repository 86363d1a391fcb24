import type { AuditListener, AuditRun } from "./audit-listener.ts";
import { Progress } from "./progress.ts";
import type { KindSizes } from "./progress.ts";
import { runIdOf, sweep } from "./sweep.ts";
import type { SweepDeps, SweepReport } from "./sweep.ts";

export interface RunAuditOptions {
  /** Ends the run early: it rejects. */
  readonly signal: AbortSignal;
  /** How many objects of each kind an earlier run met. */
  readonly sizes?: KindSizes;
  /** Milliseconds between two looks at the progress; default 1 s. */
  readonly progressMs?: number;
}

export interface AuditOutcome {
  /** With what the listeners could not tell among its errors. */
  readonly report: SweepReport;
  /** For the next run. */
  readonly sizes: KindSizes;
}

/**
 * One run, told to the listeners in their order. Rejects with what the sweep or a listener throws; then all listeners hear that
 * the run is broken.
 */
export async function runAudit(
  deps: SweepDeps,
  listeners: readonly AuditListener[],
  startedAt: Date,
  { signal, sizes, progressMs = 1000 }: RunAuditOptions,
): Promise<AuditOutcome> {
  const run: AuditRun = { runId: runIdOf(startedAt), startedAt: startedAt.getTime() };
  const progress = new Progress(sizes);
  const tellProgress = (): void => {
    for (const listener of listeners) listener.progress?.(run, progress.now());
  };
  const ticks = setInterval(tellProgress, progressMs);
  try {
    for (const listener of listeners) await listener.started?.(run);
    const onViolations: SweepDeps["onViolations"] = async (violations) => {
      await deps.onViolations?.(violations);
      for (const listener of listeners) await listener.found?.(run, violations);
    };
    const swept = await sweep({ ...deps, onViolations, progress }, startedAt, signal);
    clearInterval(ticks);
    tellProgress();
    return { report: await finish(run, swept, listeners), sizes: progress.sizes() };
  } catch (error) {
    clearInterval(ticks);
    for (const listener of listeners) await listener.broken?.(run, error);
    throw error;
  }
}

async function finish(
  run: AuditRun,
  swept: SweepReport,
  listeners: readonly AuditListener[],
): Promise<SweepReport> {
  let report = swept;
  for (const listener of listeners) {
    const untold = (await listener.finished?.(run, report)) ?? [];
    const errors = [...report.errors, ...untold];
    report = { ...report, errors, errorCount: report.errorCount + untold.length };
  }
  return report;
}
