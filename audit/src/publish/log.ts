import { objectAt, objectMeta } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { SweepReport } from "../sweep.ts";
import type { Violation } from "../tally.ts";

/** Where audit events go: the process' log. */
export type WriteEvent = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Writes the events of one run as Gatekeeper logs them: started, each violation, each violated constraint, finished. */
export function logReport(report: SweepReport, write: WriteEvent): void {
  const common = { logger: "controller", process: "audit", semantic: true, audit_id: report.runId };
  write("auditing constraints and violations", { ...common, event_type: "audit_started" });
  for (const violation of report.all) {
    write(violation.status.message, { ...common, ...violationFields(violation) });
  }
  for (const row of report.constraints) {
    if (row.totalViolations === 0) continue;
    write("audit results for constraint", {
      ...common,
      event_type: "constraint_audited",
      constraint_group: row.group,
      constraint_api_version: row.version,
      constraint_kind: row.kind,
      constraint_name: row.name,
      constraint_namespace: "",
      constraint_action: row.enforcementAction,
      constraint_status: "enforced",
      constraint_violations: String(row.totalViolations),
    });
  }
  write("auditing is complete", {
    ...common,
    event_type: "audit_finished",
    duration: goDuration(report.seconds),
  });
}

function violationFields({ constraint, status, object, details }: Violation): Record<string, unknown> {
  const meta = objectMeta(object);
  return {
    event_type: "violation_audited",
    details: plainJson(details),
    constraint_group: constraint.group,
    constraint_api_version: constraint.version,
    constraint_kind: constraint.kind,
    constraint_name: constraint.name,
    constraint_namespace: "",
    constraint_action: status.enforcementAction,
    constraint_enforcement_actions: status.enforcementActions ?? null,
    constraint_annotations: plainJson(annotationsOf(constraint.object)),
    resource_group: meta.group,
    resource_api_version: meta.version,
    resource_kind: meta.kind,
    resource_namespace: meta.namespace,
    resource_name: meta.name,
    resource_labels: plainJson(objectAt(object, "metadata", "labels") ?? {}),
  };
}

function annotationsOf(constraint: PlainObject): PlainObject {
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...rest } =
    objectAt(constraint, "metadata", "annotations") ?? {};
  return rest;
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
