import { listAt, objectAt, textAt, valueAt } from "@portcullis/engine";
import type { Result } from "@portcullis/engine";
import type { ExportRecord } from "@portcullis/engine/cluster";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { subjectOf } from "./exemptions.ts";
import { resourceFields, subjectName } from "./violation-fields.ts";

/** Takes violations of admission requests, to export them. Never waits, never throws; asks for a record only when it has room. */
export interface ViolationExporter {
  offer(record: () => ExportRecord): void;
}

/** What is exported of a violation of a request (contract 5.5): the message whole, and who asked for what. */
export function exportedViolation(request: PlainObject, result: Result, at: Date): ExportRecord {
  const { constraint, enforcementAction } = result;
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...annotations } =
    objectAt(constraint.object, "metadata", "annotations") ?? {};
  const subject = objectAt(subjectOf(request), "metadata");
  const fields = resourceFields(request);
  const timestamp = at.toISOString().replace(/\.?0*Z$/, "Z");
  return {
    // The API server gives every request a uid.
    id: textAt(request, "uid") || timestamp,
    details: writeJson(result.details),
    eventType: "violation_admission",
    group: constraint.group,
    version: constraint.version,
    kind: constraint.kind,
    name: constraint.name,
    message: result.msg,
    enforcementAction,
    enforcementActions: enforcementAction === "scoped" ? result.actions : [],
    constraintAnnotations: annotations,
    resourceGroup: fields.resource_group,
    resourceAPIVersion: fields.resource_api_version,
    resourceKind: fields.resource_kind,
    resourceNamespace: fields.resource_namespace || textAt(subject, "namespace"),
    resourceName: subjectName(request),
    resourceLabels: objectAt(subject, "labels") ?? {},
    timestamp,
    operation: textAt(request, "operation"),
    // What was asked for, before the API server turned it into a version that the webhook is called with.
    requestResource:
      textAt(request, "requestResource", "resource") || textAt(request, "resource", "resource"),
    requestSubresource: textAt(request, "requestSubResource") || textAt(request, "subResource"),
    requestUsername: fields.request_username,
    requestUserUID: textAt(request, "userInfo", "uid"),
    requestUserGroups: listAt(request, "userInfo", "groups").map(String),
    dryRun: valueAt(request, "dryRun") === true,
  };
}
