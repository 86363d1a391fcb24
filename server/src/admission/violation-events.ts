import { objectAt, textAt } from "@portcullis/engine";
import type { Result } from "@portcullis/engine";
import type { EventNote, InvolvedObject } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { subjectOf } from "./exemptions.ts";
import { strongestAction } from "./violation-fields.ts";
import type { ViolationFields } from "./violation-fields.ts";

export interface ViolationEventsOptions {
  /** Gatekeeper's namespace: where the Events are made. */
  readonly ownNamespace: string;
  /** In the object's namespace instead, where it has one (`--admission-events-involved-namespace`). */
  readonly involvedNamespace: boolean;
}

interface Wording {
  readonly reason: string;
  readonly says: string;
}

const WEBHOOK = 'Admission webhook "validation.gatekeeper.sh"';
const WORDINGS: Readonly<Record<"deny" | "warn" | "dryrun", Wording>> = {
  deny: { reason: "FailedAdmission", says: `${WEBHOOK} denied request` },
  warn: { reason: "WarningAdmission", says: `${WEBHOOK} raised a warning for this request` },
  dryrun: { reason: "DryrunViolation", says: "Dryrun violation" },
};

/**
 * The Event of a violation (contract 4.8); undefined where an Event was asked about: one of ours that violates would make
 * another one, without end.
 */
export function violationEvent(
  request: PlainObject,
  result: Result,
  fields: ViolationFields,
  options: ViolationEventsOptions,
): EventNote | undefined {
  if (fields.resource_kind === "Event") return undefined;
  const { reason, says } = WORDINGS[strongestAction(result)];
  const where = options.involvedNamespace ? "" : `, Resource Namespace: ${fields.resource_namespace}`;
  return {
    component: "gatekeeper-webhook",
    type: "Warning",
    reason,
    message: `${says}${where}, Constraint: ${fields.constraint_name}, Message: ${result.msg}`,
    annotations: annotationsOf(fields),
    involved: involvedObject(request, fields, options),
  };
}

/** All fields of the log line but those that speak of the line itself. */
function annotationsOf(fields: ViolationFields): Record<string, string> {
  const { constraint_enforcement_actions: actions, ...texts } = fields;
  return { ...texts, constraint_enforcement_actions: (actions ?? []).join(",") };
}

function involvedObject(
  request: PlainObject,
  fields: ViolationFields,
  { ownNamespace, involvedNamespace }: ViolationEventsOptions,
): InvolvedObject {
  const { resource_kind: kind, resource_name: name, resource_namespace: namespace } = fields;
  if (!involvedNamespace) {
    // Events of one object and one constraint belong together; no object has such a uid.
    const uid = [kind, namespace, name, fields.constraint_kind, "", fields.constraint_name].join("/");
    return { kind, name, namespace: ownNamespace, uid };
  }
  const metadata = objectAt(subjectOf(request), "metadata");
  const uid = textAt(metadata, "uid");
  const resourceVersion = textAt(metadata, "resourceVersion");
  const known = uid !== "" && resourceVersion !== "" ? { uid, resourceVersion } : { uid: "" };
  return { kind, name, namespace: namespace === "" ? ownNamespace : namespace, ...known };
}
