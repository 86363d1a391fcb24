import type { SweepReport } from "../sweep.ts";

/** The report for scripts: one object, its violations as a constraint's status would hold them. */
export function reportJson(report: SweepReport, loadErrors: readonly unknown[] = []): string {
  const constraints = report.constraints.map((row) => ({
    kind: row.kind,
    name: row.name,
    enforcementAction: row.enforcementAction,
    totalViolations: row.totalViolations,
    violations: row.violations.map((violation) => violation.status),
  }));
  return JSON.stringify({ runId: report.runId, constraints, errors: [...loadErrors, ...report.errors] });
}
