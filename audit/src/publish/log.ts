import { writeJson } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import type { AuditListener, AuditRun } from "../audit-listener.ts";
import type { ConstraintTally } from "../tally.ts";
import type { Violation } from "../violation.ts";

/** Where audit events go: the process' log. */
export type WriteEvent = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Writes the events of each run as Gatekeeper logs them: started, each violation, each violated constraint, finished. */
export function auditLog(write: WriteEvent): AuditListener {
  const common = ({ runId }: AuditRun) => ({
    logger: "controller",
    process: "audit",
    semantic: true,
    audit_id: runId,
  });
  return {
    started(run) {
      write("auditing constraints and violations", { ...common(run), event_type: "audit_started" });
    },
    found(run, violations) {
      for (const violation of violations)
        write(violation.status.message, { ...common(run), ...violationFields(violation) });
    },
    finished(run, report) {
      for (const row of report.constraints) {
        if (row.totalViolations === 0) continue;
        write("audit results for constraint", { ...common(run), ...constraintFields(row) });
      }
      write("auditing is complete", {
        ...common(run),
        event_type: "audit_finished",
        duration: goDuration(report.seconds),
      });
    },
  };
}

function violationFields({
  constraint,
  status,
  object,
  details,
}: Violation): Readonly<Record<string, unknown>> {
  return {
    event_type: "violation_audited",
    details: JSON.parse(details) as unknown,
    constraint_group: constraint.group,
    constraint_api_version: constraint.version,
    constraint_kind: constraint.kind,
    constraint_name: constraint.name,
    constraint_namespace: "",
    constraint_action: status.enforcementAction,
    constraint_enforcement_actions: status.enforcementActions ?? null,
    constraint_annotations: plainJson(constraint.annotations),
    resource_group: status.group,
    resource_api_version: status.version,
    resource_kind: status.kind,
    resource_namespace: status.namespace ?? "",
    resource_name: status.name,
    resource_labels: plainJson(object.labels),
  };
}

function constraintFields(row: ConstraintTally): Readonly<Record<string, unknown>> {
  return {
    event_type: "constraint_audited",
    constraint_group: row.group,
    constraint_api_version: row.version,
    constraint_kind: row.kind,
    constraint_name: row.name,
    constraint_namespace: "",
    constraint_action: row.enforcementAction,
    constraint_status: "enforced",
    constraint_violations: String(row.totalViolations),
  };
}

/** With plain numbers: the log's writer knows no others. */
function plainJson(value: Value): unknown {
  return JSON.parse(writeJson(value));
}

/** A duration as Go prints it: `12.5ms`, `3.25s`, `1m2.5s`. */
export function goDuration(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toFixed(6))}ms`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${Number((seconds % 60).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
