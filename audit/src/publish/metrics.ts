import { Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { AuditListener } from "../audit-listener.ts";
import type { SweepReport } from "../sweep.ts";

const MINUTES = [1, 3, 5, 10, 15, 20, 40, 80, 160, 320];
const ACTIONS = ["deny", "dryrun", "warn", "scoped", "unrecognized"];

/** Registers the audit's metrics under Gatekeeper's names and answers what feeds them. */
export function auditMetrics(registry: Registry): AuditListener {
  const registers = [registry];
  const violations = new Gauge({
    name: "gatekeeper_violations",
    help: "Total number of audited violations",
    labelNames: ["enforcement_action"],
    registers,
  });
  const duration = new Histogram({
    name: "gatekeeper_audit_duration_seconds",
    help: "Latency of audit operation in seconds",
    buckets: MINUTES.map((minutes) => minutes * 60),
    registers,
  });
  const start = new Gauge({
    name: "gatekeeper_audit_last_run_time",
    help: "Timestamp of last audit run starting time",
    registers,
  });
  const end = new Gauge({
    name: "gatekeeper_audit_last_run_end_time",
    help: "Timestamp of last audit run ending time",
    registers,
  });
  return {
    started: ({ startedAt }) => start.set(startedAt / 1000),
    finished({ startedAt }, report) {
      for (const action of ACTIONS) violations.set({ enforcement_action: action }, countOf(report, action));
      duration.observe(report.seconds);
      end.set(startedAt / 1000 + report.seconds);
    },
  };
}

function countOf(report: SweepReport, action: string): number {
  const counts = report.constraints.flatMap(({ byAction }) => Object.entries(byAction));
  return counts.filter(([name]) => knownAction(name) === action).reduce((sum, [, count]) => sum + count, 0);
}

function knownAction(action: string): string {
  return ACTIONS.includes(action) ? action : "unrecognized";
}
