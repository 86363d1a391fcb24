import { objectAt, textAt, valueAt } from "@portcullis/engine";
import type { Result } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { Log } from "../observability/log.ts";
import type { ServerMetrics, ValidationStatus } from "../observability/metrics.ts";
import type { Decision } from "./decide.ts";
import type { AdmissionOptions } from "./policies.ts";
import { subjectOf } from "./exemptions.ts";

export interface Recording {
  readonly log: Log;
  readonly metrics: ServerMetrics;
  readonly options: AdmissionOptions;
}

/** Counts a decision, and with `--log-denies` writes one line for each of its violations. */
export function record(request: PlainObject, decision: Decision, seconds: number, to: Recording): void {
  if (decision.counted) {
    to.metrics.countValidation(statusOf(decision), valueAt(request, "dryRun") === true, seconds);
  }
  if (!to.options.logDenies) return;
  for (const result of decision.response?.results ?? []) {
    if (result.actions.some(isKnownAction))
      to.log.info(`denied admission: ${result.msg}`, violationFields(request, result));
  }
}

function statusOf(decision: Decision): ValidationStatus {
  const { allowed, code } = decision.verdict;
  return allowed ? "allow" : code === 403 ? "deny" : "error";
}

function isKnownAction(action: string): boolean {
  return action === "deny" || action === "warn" || action === "dryrun";
}

/** The fields of Gatekeeper's line; the text is the same for deny, warn and dryrun. */
function violationFields(request: PlainObject, result: Result): Record<string, unknown> {
  const { constraint } = result;
  const isScoped = result.enforcementAction === "scoped";
  return {
    logger: "webhook",
    hookType: "validation",
    semantic: true,
    process: "admission",
    // As plain numbers: the log's writer knows no others.
    details: JSON.parse(writeJson(result.details)) as unknown,
    event_type: "violation",
    constraint_name: constraint.name,
    constraint_group: constraint.group,
    constraint_api_version: constraint.version,
    constraint_kind: constraint.kind,
    constraint_action: result.enforcementAction,
    constraint_enforcement_actions: isScoped ? result.actions : null,
    resource_group: textAt(request, "kind", "group"),
    resource_api_version: textAt(request, "kind", "version"),
    resource_kind: textAt(request, "kind", "kind"),
    resource_namespace: textAt(request, "namespace"),
    resource_name: textAt(request, "name") || textAt(objectAt(subjectOf(request)), "metadata", "name"),
    request_username: textAt(request, "userInfo", "username"),
  };
}
