import { getOwn, kindOf, quoteText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { DONE, refuse } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { isSubdomain, labelSelectorFaults, SUBDOMAIN_RULE } from "../kubernetes/label-selector.ts";
import { isPlainObject, objectMeta, valueAt } from "../kubernetes/object-meta.ts";
import { CONSTRAINT_GROUP } from "../templates/crd.ts";
import { aggregate, FieldPath } from "../schema/field-path.ts";
import { unknownFields } from "../schema/unknown-fields.ts";
import { validateValue } from "../schema/validate-value.ts";
import type { Template } from "../templates/template.ts";
import { withDefaults } from "./constraint.ts";
import { scopedListFault } from "./enforcement-action.ts";

const INVALID = "invalid Constraint";
const VERSIONS = ["v1alpha1", "v1beta1"];

/**
 * Checks a constraint against its template: name, kind and version, selectors, schema, unknown fields. The first kind of
 * fault decides, in Gatekeeper's order and words (contract 1.2).
 */
export function validateConstraint(object: PlainObject, template: Template): Outcome {
  const identity = nameFault(object) ?? selectorFault(object) ?? identityFault(object, template);
  if (identity !== undefined) return refuse("invalid_constraint", `${INVALID}: ${identity}`);
  const checked = withDefaults(object, template);
  const faults = validateValue(checked, template.schema, new FieldPath(""));
  if (faults.length > 0) return refuse("schema_invalid", `schema validation failed: ${aggregate(faults)}`);
  const unknown = unknownFieldsOf(checked, template);
  if (unknown.length > 0)
    return refuse("invalid_constraint", `${INVALID}: unknown fields: [${unknown.join(" ")}]`);
  const scoped = scopedListFault(object);
  return scoped === undefined ? DONE : refuse("invalid_constraint", scoped);
}

function nameFault(object: PlainObject): string | undefined {
  return objectMeta(object).name === "" ? "missing metadata.name" : undefined;
}

function identityFault(object: PlainObject, template: Template): string | undefined {
  const meta = objectMeta(object);
  if (!isSubdomain(meta.name)) return `invalid name: ${quoteText(SUBDOMAIN_RULE)}`;
  if (meta.kind !== template.kind) {
    // Gatekeeper prints name and kind in each other's place; pipelines compare the text.
    return `wrong kind ${quoteText(meta.name)} for constraint ${quoteText(meta.kind)}; want ${quoteText(template.kind)}`;
  }
  if (meta.group !== CONSTRAINT_GROUP) {
    return `unsupported group ${quoteText(meta.group)} for Constraint ${quoteText(meta.name)}; want ${quoteText(CONSTRAINT_GROUP)}`;
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
    const shape = shapeFault(object, path);
    if (shape !== undefined) return shape;
    const selector = valueAt(object, ...path);
    if (selector === undefined || selector === null) continue;
    const wrong = labelTypeFault(selector);
    if (wrong !== undefined) return wrong;
    const faults = labelSelectorFaults(selector);
    if (faults.length > 0) return aggregate(faults);
  }
  return undefined;
}

/** A label whose value is no text. */
function labelTypeFault(selector: Value): string | undefined {
  const labels = valueAt(selector, "matchLabels");
  if (!isPlainObject(labels)) return undefined;
  const wrong = Object.values(labels).find((value) => typeof value !== "string" && value !== null);
  if (wrong === undefined) return undefined;
  const type = typeof wrong === "boolean" ? "bool" : kindOf(wrong);
  return (
    `Could not convert JSON to LabelSelector: json: cannot unmarshal ${type} into Go struct field ` +
    "LabelSelector.matchLabels of type string"
  );
}

/** A value that is no object on the way to a selector. */
function shapeFault(object: PlainObject, path: readonly string[]): string | undefined {
  let current: Value | undefined = object;
  for (const [index, key] of path.entries()) {
    if (!isPlainObject(current)) return undefined;
    current = getOwn(current, key);
    if (current === undefined || current === null || isPlainObject(current)) continue;
    const place = path.slice(0, index + 2).join(".");
    const type = Array.isArray(current)
      ? "[]interface {}"
      : typeof current === "number"
        ? "float64"
        : goType(current);
    return `.${place} accessor error: ${JSON.stringify(current)} is of the type ${type}, expected map[string]interface{}`;
  }
  return undefined;
}

function goType(value: Value): string {
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "float64";
}

/** apiVersion, kind and metadata belong to every object. */
function unknownFieldsOf(object: PlainObject, template: Template): readonly string[] {
  return unknownFields(object, template.schema, "").filter(
    (path) => path !== "apiVersion" && path !== "kind",
  );
}
