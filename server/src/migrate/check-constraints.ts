import { listAt, objectMeta, textAt, validateEnforcementActions, valueAt } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { refused } from "./refused.ts";
import { changed, checkedObject, unsupported } from "./remark.ts";
import type { Checked, Remark, Sourced } from "./remark.ts";

/** Checks constraints against the templates that `client` holds; `known` are the names of all templates there are. */
export function checkConstraints(
  constraints: readonly Sourced[],
  client: Client,
  known: ReadonlySet<string>,
): readonly Checked[] {
  return constraints.map((each) => checkedObject(each, constraintRemarks(each.object, client, known)));
}

function constraintRemarks(
  object: PlainObject,
  client: Client,
  known: ReadonlySet<string>,
): readonly Remark[] {
  const template = objectMeta(object).kind.toLowerCase();
  if (!client.templates().some(({ name }) => name === template)) {
    const why = known.has(template) ? "is not supported" : "is not among what was read";
    return [unsupported(`its ConstraintTemplate ${template} ${why}`)];
  }
  const actions = validateEnforcementActions(object);
  const outcome = actions.ok ? client.addConstraint(object) : actions;
  if (!outcome.ok) return [refused(object, outcome.error.message)];
  return [...emptyAction(object), ...admissionPolicyPoint(object)];
}

/** Gatekeeper evaluates the constraint and drops its violations. */
function emptyAction(object: PlainObject): readonly Remark[] {
  if (valueAt(object, "spec", "enforcementAction") !== "") return [];
  return [
    changed(
      "its enforcementAction is the empty text: Gatekeeper then enforces nothing, Portcullis denies",
      "say what is meant: enforcementAction: deny, or dryrun",
    ),
  ];
}

const ADMISSION_POLICY = "vap.k8s.io";

function admissionPolicyPoint(object: PlainObject): readonly Remark[] {
  if (textAt(object, "spec", "enforcementAction") !== "scoped") return [];
  const points = listAt(object, "spec", "scopedEnforcementActions").flatMap((entry) =>
    listAt(entry, "enforcementPoints").map((point) => textAt(point, "name")),
  );
  if (!points.includes(ADMISSION_POLICY)) return [];
  const others = points.filter((point) => point !== ADMISSION_POLICY);
  if (others.length > 0) {
    return [
      changed("no ValidatingAdmissionPolicyBinding is made of it: its other enforcement points remain"),
    ];
  }
  return [
    unsupported(
      `${ADMISSION_POLICY} is its only enforcement point, and ValidatingAdmissionPolicies are not made here`,
      "add the enforcement point validation.gatekeeper.sh",
    ),
  ];
}
