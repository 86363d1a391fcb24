import { validateEnforcementActions } from "@portcullis/engine";
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
  if (!outcome.ok) return { allowed: false, code: 422, message: outcome.error.message };
  if (options.disableEnforcementActionValidation) return undefined;
  const actions = validateEnforcementActions(constraint);
  return actions.ok ? undefined : { allowed: false, code: 422, message: actions.error.message };
}
