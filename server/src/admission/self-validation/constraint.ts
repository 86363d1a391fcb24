import { objectMeta, validateEnforcementActions } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { AdmissionOptions } from "../policies.ts";
import type { Verdict } from "../verdict.ts";

/**
 * A constraint must fit its template's schema and have a known enforcement action; the latter can be switched off.
 * Gatekeeper answers 500 for an unknown action; it is the author's mistake, so 422 here.
 */
export function refuseConstraint(
  constraint: PlainObject,
  client: Client,
  options: AdmissionOptions,
): Verdict | undefined {
  const outcome = client.validateConstraint(constraint);
  const isEarly = !outcome.ok && outcome.error.code === "unknown_template" && options.admitEarlyConstraints;
  if (!outcome.ok && !isEarly) return { allowed: false, code: 422, message: outcome.error.message };
  if (options.disableEnforcementActionValidation) return undefined;
  const actions = validateEnforcementActions(constraint);
  return actions.ok ? undefined : { allowed: false, code: 422, message: actions.error.message };
}

/**
 * What to tell whoever makes a constraint before its template is loaded: with templates and constraints in one apply nobody
 * can know which comes first. It is checked when the template comes.
 */
export function earlyConstraintWarning(
  request: PlainObject,
  constraint: PlainObject | undefined,
  client: Client,
): string | undefined {
  if (!constraint || request["operation"] === "DELETE") return undefined;
  const { group, kind, name } = objectMeta(constraint);
  if (group !== "constraints.gatekeeper.sh") return undefined;
  const outcome = client.validateConstraint(constraint);
  if (outcome.ok || outcome.error.code !== "unknown_template") return undefined;
  return `${kind} ${name} is not enforced yet: its ConstraintTemplate ${kind.toLowerCase()} is not loaded`;
}
