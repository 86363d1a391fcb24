import { Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { SweepReport } from "../sweep.ts";

const MINUTES = [1, 3, 5, 10, 15, 20, 40, 80, 160, 320];
const ACTIONS = ["deny", "dryrun", "warn", "scoped", "unrecognized"];

/** Registers the audit's metrics under Gatekeeper's names and answers the function that feeds them. */
export function auditMetrics(registry: Registry): (report: SweepReport) => void {
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
  return (report) => {
    const startSeconds = Date.parse(report.runId) / 1000;
    for (const action of ACTIONS) violations.set({ enforcement_action: action }, countOf(report, action));
    duration.observe(report.seconds);
    start.set(startSeconds);
    end.set(startSeconds + report.seconds);
  };
}

function countOf(report: SweepReport, action: string): number {
  const rows = report.constraints.filter((row) => knownAction(row.enforcementAction) === action);
  return rows.reduce((sum, row) => sum + row.totalViolations, 0);
}

function knownAction(action: string): string {
  return ACTIONS.includes(action) ? action : "unrecognized";
}
