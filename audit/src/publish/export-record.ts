import type { ExportRecord } from "@portcullis/engine/cluster";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { AuditRun } from "../audit-listener.ts";
import type { Violation } from "../violation.ts";

/** What is exported of a violation that a run found. The message is the one of the status: shortened, as in Gatekeeper. */
export function violationRecord({ runId }: AuditRun, violation: Violation): ExportRecord {
  const { constraint, status, object, details } = violation;
  return {
    id: runId,
    details,
    eventType: "violation_audited",
    group: constraint.group,
    version: constraint.version,
    kind: constraint.kind,
    name: constraint.name,
    message: status.message,
    enforcementAction: status.enforcementAction,
    enforcementActions: status.enforcementActions ?? [],
    constraintAnnotations: membersIn(constraint.annotations),
    resourceGroup: status.group,
    resourceAPIVersion: status.version,
    resourceKind: status.kind,
    resourceNamespace: status.namespace ?? "",
    resourceName: status.name,
    resourceLabels: membersIn(object.labels),
  };
}

function membersIn(json: string): PlainObject {
  const parsed = parseJson(json);
  return parsed.ok ? (parsed.value as PlainObject) : {};
}
