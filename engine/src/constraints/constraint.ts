import { objectAt, objectMeta } from "../kubernetes/object-meta.ts";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { ConstraintRef } from "../reviews/review.ts";
import { compileMatch } from "../target/match/match.ts";
import type { Matcher } from "../target/match/match.ts";
import { applyDefaults } from "../schema/defaults.ts";
import type { Template } from "../templates/template.ts";
import { enforcementOf } from "./enforcement-action.ts";
import type { Enforcement } from "./enforcement-action.ts";

/** A constraint, checked and ready: everything that depends on it alone has been computed. */
export interface Constraint {
  readonly ref: ConstraintRef;
  /** As it was given, before defaults: adding the same again is no change. */
  readonly given: PlainObject;
  /** Of constraints of a kind with equal parameters they are one object: what depends on them is worked out once. */
  readonly parameters: PlainObject;
  /** The parameters as JSON. */
  readonly parametersText: string;
  readonly matcher: Matcher;
  readonly enforcement: Enforcement;
  /** The policy revision that brought it. */
  readonly revision: number;
}

const NO_PARAMETERS: PlainObject = Object.freeze({});

/** Prepares a constraint that `validateConstraint` found no fault with: defaults filled in, match compiled. */
export function prepareConstraint(object: PlainObject, template: Template, revision: number): Constraint {
  const defaulted = withDefaults(object, template);
  const meta = objectMeta(defaulted);
  const parameters = objectAt(defaulted, "spec", "parameters") ?? NO_PARAMETERS;
  return {
    ref: { group: meta.group, version: meta.version, kind: meta.kind, name: meta.name, object: defaulted },
    given: object,
    parameters,
    parametersText: writeJson(parameters),
    matcher: compileMatch(objectAt(defaulted, "spec", "match")),
    enforcement: enforcementOf(defaulted),
    revision,
  };
}

/** Fills in the defaults of the template's schema. */
function withDefaults(object: PlainObject, template: Template): PlainObject {
  // Without a `spec` there is still an enforcement action.
  const whole = objectAt(object, "spec") ? object : { ...object, spec: {} };
  return applyDefaults(whole, template.schema) as PlainObject;
}
