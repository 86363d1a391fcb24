import type {
  AuditMetrics,
  AuditRun,
  ReportSummary,
  StatusOutcome,
  SweepProgress,
  SweepReport,
} from "@portcullis/audit";

/** What an audit in a process of its own tells the process that has its metrics. */
export type AuditNews =
  | { readonly kind: "run started"; readonly run: AuditRun }
  | { readonly kind: "run goes on"; readonly run: AuditRun; readonly progress: SweepProgress }
  | {
      readonly kind: "run finished";
      readonly run: AuditRun;
      readonly report: SweepReport;
      readonly summary?: ReportSummary;
    }
  | { readonly kind: "run broken"; readonly run: AuditRun }
  | { readonly kind: "status attempted"; readonly outcome: StatusOutcome }
  | { readonly kind: "events lost"; readonly count: number };

/** Metrics that are elsewhere: tells what they are to count. */
export function tellingMetrics(
  say: (news: AuditNews) => void,
  summary: () => ReportSummary | undefined,
): AuditMetrics {
  return {
    started: (run) => say({ kind: "run started", run }),
    progress: (run, progress) => say({ kind: "run goes on", run, progress }),
    finished(run, report) {
      const last = summary();
      say({ kind: "run finished", run, report: countsAlone(report), ...(last && { summary: last }) });
    },
    broken: (run) => say({ kind: "run broken", run }),
    countStatus: (outcome) => say({ kind: "status attempted", outcome }),
    countLostEvents: (count) => say({ kind: "events lost", count }),
  };
}

/** Violations may be many, and nobody counts them again. */
function countsAlone({ stats: _stats, ...report }: SweepReport): SweepReport {
  const constraints = report.constraints.map((row) => ({ ...row, violations: [] }));
  return { ...report, constraints, errors: [] };
}

/** Counts what it hears, and leaves what else the process says. The audit's process may end without a word. */
export class HeardMetrics {
  readonly #metrics: AuditMetrics;
  #running: AuditRun | undefined;
  #summary: ReportSummary | undefined;

  /** `metrics` makes them, with what tells the summary of the last report. */
  constructor(metrics: (summary: () => ReportSummary | undefined) => AuditMetrics) {
    this.#metrics = metrics(() => this.#summary);
  }

  hear(news: AuditNews): void {
    switch (news.kind) {
      case "run started":
        this.#running = news.run;
        void this.#metrics.started?.(news.run);
        return;
      case "run goes on":
        this.#metrics.progress?.(news.run, news.progress);
        return;
      case "run finished":
        this.#running = undefined;
        this.#summary = news.summary;
        void this.#metrics.finished?.(news.run, news.report);
        return;
      case "run broken":
        this.#running = undefined;
        void this.#metrics.broken?.(news.run, undefined);
        return;
      case "status attempted":
        this.#metrics.countStatus(news.outcome);
        return;
      case "events lost":
        this.#metrics.countLostEvents(news.count);
        return;
    }
  }

  /** The process is gone, and a run that went on with it. */
  ended(): void {
    if (this.#running) this.hear({ kind: "run broken", run: this.#running });
  }
}
