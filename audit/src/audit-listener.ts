import type { SweepProgress } from "./progress.ts";
import type { SweepError } from "./sweep-error.ts";
import type { SweepReport } from "./sweep.ts";
import type { Violation } from "./violation.ts";

/**
 * Hears of audit runs as they happen: the log, the file of results, Kubernetes events. Everything it gets is plain data. One
 * call at a time; the run waits for each, so that a slow listener fills no memory.
 */
export interface AuditListener {
  started?(run: AuditRun): void | Promise<void>;
  /** Violations of one page of objects. */
  found?(run: AuditRun, violations: readonly Violation[]): void | Promise<void>;
  /** Now and then while objects are judged. */
  progress?(run: AuditRun, progress: SweepProgress): void;
  /**
   * Everything has been judged that could be. Answers what it could not tell; listeners behind it see that among the report's
   * errors.
   */
  finished?(
    run: AuditRun,
    report: SweepReport,
  ): void | readonly SweepError[] | Promise<void | readonly SweepError[]>;
  /** The run ended before its end; `reason` is what was thrown. */
  broken?(run: AuditRun, reason: unknown): void | Promise<void>;
}

export interface AuditRun {
  /** The start time, RFC 3339 in UTC with seconds; the same text is `status.auditTimestamp`. */
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
