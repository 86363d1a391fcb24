import type { ConstraintInfo, TemplateStats } from "@portcullis/engine";
import type { SourceListener } from "./object-source.ts";
import type { Progress } from "./progress.ts";
import { StatsSum } from "./stats-sum.ts";
import { SweepErrors } from "./sweep-error.ts";
import type { SweepError } from "./sweep-error.ts";
import { Tally } from "./tally.ts";
import type { ConstraintTally } from "./tally.ts";
import type { VerdictSource } from "./verdict-source.ts";
import type { Violation } from "./violation.ts";

export interface SweepDeps {
  /** The constraints in force when the sweep begins: each is in the report, also one that nothing violates. */
  readonly constraints: () => readonly ConstraintInfo[];
  readonly verdicts: VerdictSource;
  readonly violationsLimit?: number;
  /** What is known before the sweep to be left out of it: policies that are not in force. */
  readonly problems?: readonly SweepError[];
  /** Gets the violations of each page, some at a time; the sweep waits for it, so that a slow receiver fills no memory. */
  readonly onViolations?: (violations: readonly Violation[]) => void | Promise<void>;
  /** Follows the source; what it is told can be looked at at any time. */
  readonly progress?: Pick<Progress, "kinds" | "read" | "finished">;
}

/** What one sweep found; the violations themselves went to `onViolations`. */
export interface SweepReport {
  /** The start time, RFC 3339 in UTC with seconds; the same text is `status.auditTimestamp`. */
  readonly runId: string;
  readonly constraints: readonly ConstraintTally[];
  /** What could not be judged, and why: the first ones. Everything else is judged. */
  readonly errors: readonly SweepError[];
  /** Exact. Where it is not 0 the result is incomplete. */
  readonly errorCount: number;
  readonly objects: number;
  readonly seconds: number;
  /** What templates took, over all reviews; where that was wanted. */
  readonly stats?: readonly TemplateStats[];
}

/** One audit of everything. What cannot be judged is reported, and the sweep goes on. */
export async function sweep(deps: SweepDeps, startedAt: Date, signal: AbortSignal): Promise<SweepReport> {
  const started = performance.now();
  const tally = new Tally(deps.constraints(), deps.violationsLimit);
  const errors = new SweepErrors(deps.problems);
  let objects = 0;
  let stats: StatsSum | undefined;
  for await (const page of deps.verdicts.pages(signal, sourceListener(errors, deps.progress))) {
    signal.throwIfAborted();
    objects += page.objects;
    for (const error of page.errors) errors.add(error);
    if (page.stats) (stats ??= new StatsSum()).add(page.stats);
    for (const violations of page.violations) {
      for (const violation of violations) tally.add(violation);
      await deps.onViolations?.(violations);
      await othersTurn();
    }
    await othersTurn();
  }
  // A source that was told to stop ends early, which must not pass for a whole run.
  signal.throwIfAborted();
  return {
    runId: runIdOf(startedAt),
    constraints: tally.close(),
    errors: errors.listed,
    errorCount: errors.count,
    objects,
    seconds: (performance.now() - started) / 1000,
    ...(stats && { stats: stats.close() }),
  };
}

function sourceListener(errors: SweepErrors, progress: SweepDeps["progress"]): SourceListener {
  return {
    failed: (error) => errors.add(error),
    kinds: (names) => progress?.kinds(names),
    read: (kind, objects, remaining) => progress?.read(kind, objects, remaining),
    finished: (kind) => progress?.finished(kind),
  };
}

function othersTurn(): Promise<void> {
  return new Promise(setImmediate);
}

/** The run's name in every output: its start in UTC, to the second. */
export function runIdOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
