import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { AuditListener } from "../audit-listener.ts";
import type { StatusOutcome } from "../cluster/constraint-statuses.ts";
import type { ReportSummary } from "../report/report-lines.ts";
import type { SweepReport } from "../sweep.ts";

const MINUTES = [1, 3, 5, 10, 15, 20, 40, 80, 160, 320];
const ACTIONS = ["deny", "dryrun", "warn", "scoped", "unrecognized"];

/** The audit's metrics: those of Gatekeeper under its names, and ours. */
export interface AuditMetrics extends AuditListener {
  countStatus(outcome: StatusOutcome): void;
  /** Events that were not written. */
  countLostEvents(count: number): void;
}

export interface AuditMetricsOptions {
  readonly registry: Registry;
  /** What the last report says; its history is ahead of these metrics among the listeners. */
  readonly summary?: () => ReportSummary | undefined;
}

/** Registers the metrics. */
export function auditMetrics({ registry, summary }: AuditMetricsOptions): AuditMetrics {
  const registers = [registry];
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const violations = gauge(
    "gatekeeper_violations",
    "Total number of audited violations",
    "enforcement_action",
  );
  const duration = new Histogram({
    name: "gatekeeper_audit_duration_seconds",
    help: "Latency of audit operation in seconds",
    buckets: MINUTES.map((minutes) => minutes * 60),
    registers,
  });
  const start = gauge("gatekeeper_audit_last_run_time", "Timestamp of last audit run starting time");
  const end = gauge("gatekeeper_audit_last_run_end_time", "Timestamp of last audit run ending time");

  const running = gauge("portcullis_audit_running", "1 while an audit runs");
  const kinds = gauge("portcullis_audit_kinds", "Kinds of the present audit run", "state");
  const objects = gauge("portcullis_audit_objects", "Objects of the present audit run", "state");
  const share = gauge("portcullis_audit_progress_ratio", "Part of the present audit run that is done");
  const rest = gauge("portcullis_audit_estimated_rest_seconds", "What the present audit run will still take");
  const errors = gauge(
    "portcullis_audit_errors",
    "What the last audit run could not judge or tell; above 0 its result is incomplete",
  );
  const changes = gauge(
    "portcullis_audit_violation_changes",
    "Violations of the last audit run against the one before",
    "state",
  );
  const broken = counter("portcullis_audit_broken_runs_total", "Audit runs that ended before their end");
  const statuses = counter(
    "portcullis_audit_status_writes_total",
    "Attempts to write a constraint's status",
    "outcome",
  );
  for (const outcome of ["written", "retried", "lost", "gone"]) statuses.inc({ outcome }, 0);
  const lostEvents = counter("portcullis_audit_lost_events_total", "Events of violations not written");

  return {
    started({ startedAt }) {
      start.set(startedAt / 1000);
      running.set(1);
      share.set(0);
    },
    progress(_, progress) {
      kinds.set({ state: "done" }, progress.kindsDone);
      kinds.set({ state: "all" }, progress.kinds);
      objects.set({ state: "read" }, progress.objects);
      objects.set({ state: "expected" }, progress.objectsExpected ?? progress.objects);
      if (progress.share !== undefined) share.set(progress.share);
      if (progress.secondsLeft !== undefined) rest.set(progress.secondsLeft);
    },
    finished({ startedAt }, report) {
      for (const action of ACTIONS) violations.set({ enforcement_action: action }, countOf(report, action));
      duration.observe(report.seconds);
      end.set(startedAt / 1000 + report.seconds);
      running.set(0);
      share.set(1);
      rest.set(0);
      errors.set(report.errorCount);
      const last = summary?.();
      if (last?.runId !== report.runId) return;
      for (const state of ["new", "resolved", "unjudged"] as const) changes.set({ state }, last[state]);
    },
    broken() {
      running.set(0);
      broken.inc();
    },
    countStatus: (outcome) => statuses.inc({ outcome }),
    countLostEvents: (count) => lostEvents.inc(count),
  };
}

function countOf(report: SweepReport, action: string): number {
  const counts = report.constraints.flatMap(({ byAction }) => Object.entries(byAction));
  return counts.filter(([name]) => knownAction(name) === action).reduce((sum, [, count]) => sum + count, 0);
}

function knownAction(action: string): string {
  return ACTIONS.includes(action) ? action : "unrecognized";
}
