import { getOwn, quoteText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { DONE, refuse } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { accessorError } from "../kubernetes/accessor-error.ts";
import { LABEL_SELECTOR_SHAPE, labelSelectorFaults, subdomainFaults } from "../kubernetes/label-selector.ts";
import { isPlainObject, objectMeta, valueAt } from "../kubernetes/object-meta.ts";
import { shapeFault } from "../kubernetes/shape.ts";
import { CONSTRAINT_GROUP } from "../templates/crd.ts";
import { aggregate, FieldPath } from "../kubernetes/field-path.ts";
import { unknownFields } from "../schema/unknown-fields.ts";
import { validateValue } from "../schema/validate-value.ts";
import type { Template } from "../templates/template.ts";

const INVALID = "invalid Constraint";
const VERSIONS = ["v1alpha1", "v1beta1"];

/**
 * What is wrong with a constraint whatever its template: it has a name and a kind, and is of the constraints' group.
 */
export function constraintMetaFault(object: PlainObject): string | undefined {
  const { name, kind, group } = objectMeta(object);
  if (name === "") return `${INVALID}: missing metadata.name`;
  if (kind === "") return `${INVALID}: missing kind`;
  if (group === CONSTRAINT_GROUP) return undefined;
  const wrong = `wrong API Group for Constraint ${quoteText(name)}`;
  return `${INVALID}: ${wrong}, got ${quoteText(group)} but need ${quoteText(CONSTRAINT_GROUP)}`;
}

/**
 * Checks a constraint against its template: selectors, name, kind and version, schema, unknown fields. The first kind of fault
 * decides, in Gatekeeper's order and words (contract 1.2). The schema is asked about what was written, before defaults.
 */
export function validateConstraint(object: PlainObject, template: Template): Outcome {
  const identity = selectorFault(object) ?? identityFault(object, template);
  if (identity !== undefined) return refuse("invalid_constraint", `${INVALID}: ${identity}`);
  const faults = validateValue(object, template.schema, new FieldPath(""));
  if (faults.length > 0) return refuse("schema_invalid", `schema validation failed: ${aggregate(faults)}`);
  const unknown = unknownFieldsOf(object, template);
  if (unknown.length === 0) return DONE;
  return refuse("invalid_constraint", `${INVALID}: unknown fields: [${unknown.join(" ")}]`);
}

function identityFault(object: PlainObject, template: Template): string | undefined {
  const meta = objectMeta(object);
  const misnamed = subdomainFaults(meta.name);
  if (misnamed.length > 0) return `invalid name: ${quoteText(misnamed.join("\n"))}`;
  if (meta.kind !== template.kind) {
    // Gatekeeper prints name and kind in each other's place; pipelines compare the text.
    return `wrong kind ${quoteText(meta.name)} for constraint ${quoteText(meta.kind)}; want ${quoteText(template.kind)}`;
  }
  if (!VERSIONS.includes(meta.version)) {
    const supported = VERSIONS.map((version) => `${version}:true`).join(" ");
    return `unsupported version ${quoteText(meta.version)} for Constraint ${quoteText(meta.name)}; supported versions: map[${supported}]`;
  }
  return undefined;
}

function selectorFault(object: PlainObject): string | undefined {
  for (const name of ["labelSelector", "namespaceSelector"]) {
    const path = ["spec", "match", name];
    const blocked = blockedPath(object, path);
    if (blocked !== undefined) return blocked;
    const selector = valueAt(object, ...path);
    if (selector === undefined || selector === null) continue;
    const shape = shapeFault(selector, LABEL_SELECTOR_SHAPE);
    if (shape !== undefined) return `Could not convert JSON to LabelSelector: ${shape}`;
    const faults = labelSelectorFaults(selector);
    if (faults.length > 0) return aggregate(faults);
  }
  return undefined;
}

/** A value that is no object on the way to a selector, told as the place after it that cannot be reached. */
function blockedPath(object: PlainObject, path: readonly string[]): string | undefined {
  let current: Value | undefined = object;
  for (const [index, key] of path.entries()) {
    if (!isPlainObject(current)) return undefined;
    current = getOwn(current, key);
    if (current === undefined || current === null || isPlainObject(current)) continue;
    return accessorError(path.slice(0, index + 2).join("."), current, "map[string]interface{}");
  }
  return undefined;
}

/** apiVersion, kind and metadata belong to every object. */
function unknownFieldsOf(object: PlainObject, template: Template): readonly string[] {
  return unknownFields(object, template.schema, "").filter(
    (path) => path !== "apiVersion" && path !== "kind",
  );
}
