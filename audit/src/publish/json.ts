import type { SweepReport } from "../sweep.ts";

/**
 * The report for scripts: one object on one line, its violations as a constraint's status would hold them. Each error has a
 * `message`; those of files (`loadErrors`) also say where.
 */
export function reportJson(report: SweepReport, loadErrors: readonly unknown[] = []): string {
  const constraints = report.constraints.map((row) => ({
    kind: row.kind,
    name: row.name,
    enforcementAction: row.enforcementAction,
    totalViolations: row.totalViolations,
    violations: row.violations.map((violation) => violation.status),
  }));
  return JSON.stringify({
    runId: report.runId,
    constraints,
    errors: [...loadErrors, ...report.errors.map(({ message }) => ({ message }))],
  });
}
