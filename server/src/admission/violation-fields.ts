import { objectAt, textAt } from "@portcullis/engine";
import type { Result } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { subjectOf } from "./exemptions.ts";

/** What Gatekeeper tells of a violation, in log lines and in the annotations of Events (contract 4.8). */
export interface ViolationFields {
  readonly process: "admission";
  readonly event_type: "violation";
  readonly constraint_name: string;
  readonly constraint_group: string;
  readonly constraint_api_version: string;
  readonly constraint_kind: string;
  readonly constraint_action: string;
  /** Null for constraints that are not scoped. */
  readonly constraint_enforcement_actions: readonly string[] | null;
  readonly resource_group: string;
  readonly resource_api_version: string;
  readonly resource_kind: string;
  readonly resource_namespace: string;
  readonly resource_name: string;
  readonly request_username: string;
}

export function violationFields(request: PlainObject, result: Result): ViolationFields {
  const { constraint, enforcementAction } = result;
  return {
    process: "admission",
    event_type: "violation",
    constraint_name: constraint.name,
    constraint_group: constraint.group,
    constraint_api_version: constraint.version,
    constraint_kind: constraint.kind,
    constraint_action: enforcementAction,
    constraint_enforcement_actions: enforcementAction === "scoped" ? result.actions : null,
    ...resourceFields(request),
    resource_name: subjectName(request),
  };
}

/** The name of what a request is about: requests for names that are yet to be made have it in the object, or nowhere. */
export function subjectName(request: PlainObject): string {
  return textAt(request, "name") || textAt(objectAt(subjectOf(request)), "metadata", "name");
}

/** What a request is about, and whose it is. */
export function resourceFields(request: PlainObject) {
  return {
    resource_group: textAt(request, "kind", "group"),
    resource_api_version: textAt(request, "kind", "version"),
    resource_kind: textAt(request, "kind", "kind"),
    resource_namespace: textAt(request, "namespace"),
    request_username: textAt(request, "userInfo", "username"),
  } as const;
}

const BY_STRENGTH = ["deny", "warn", "dryrun"] as const;

/** Whether a violation has an action that is known; one without is told nowhere. */
export function hasKnownAction({ actions }: Result): boolean {
  return BY_STRENGTH.some((action) => actions.includes(action));
}

/** What a violation does in the end: a scoped constraint may have several actions. */
export function strongestAction({ actions }: Result): (typeof BY_STRENGTH)[number] {
  return BY_STRENGTH.find((action) => actions.includes(action)) ?? "dryrun";
}
