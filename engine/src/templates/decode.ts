import { quoteText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { DONE, refuse, succeed } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { isPlainObject, listAt, objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { shapeFault } from "../kubernetes/shape.ts";
import { checkSchema } from "../schema/check-schema.ts";
import { aggregate, FieldPath } from "../kubernetes/field-path.ts";
import { relaxLegacySchema } from "../schema/legacy.ts";
import { decodeSchema, EMPTY_SCHEMA, SchemaDecodeError } from "../schema/schema.ts";
import type { Schema } from "../schema/schema.ts";
import { constraintCrd, constraintSchema, crdParameters } from "./crd.ts";
import { crdFaults } from "./crd-faults.ts";
import { templateShape } from "./template-shape.ts";
import { TARGET } from "./template.ts";
import type { Template } from "./template.ts";

export type TemplateShape = Omit<Template, "source">;

const GROUP = "templates.gatekeeper.sh";
const VERSIONS = new Set(["v1", "v1beta1", "v1alpha1"]);
const INVALID = "invalid ConstraintTemplate";

/**
 * Decodes a ConstraintTemplate and checks all but its Rego: target, name and kind, parameter schema. Errors have Gatekeeper's
 * texts and come in the order in which it loads a template (contract 1.1). `inUse`: constraints of the template are loaded,
 * so its target must stay what it is.
 */
export function decodeTemplate(object: PlainObject, inUse = false): Outcome<TemplateShape> {
  const foreign = foreignFault(object) ?? targetFault(object) ?? (inUse ? changedTarget(object) : undefined);
  const fault = foreign ?? nameFault(object) ?? unknownTarget(object);
  if (fault !== undefined) return refuse("invalid_template", fault);
  const legacy = usesLegacySchema(object);
  const parameters = decodeParameters(object, legacy);
  if (!parameters.ok) return parameters;
  const kind = textAt(object, "spec", "crd", "spec", "names", "kind");
  const operations = operationsOf(object);
  return succeed({
    name: objectMeta(object).name.toLowerCase(),
    kind,
    object,
    parameters: parameters.value,
    schema: constraintSchema(parameters.value),
    crd: constraintCrd({ kind, template: object, parameters: crdParameters(object, legacy) }),
    operations: operations.includes("*") ? [] : operations.filter((item) => typeof item === "string"),
  });
}

/**
 * Checks a ConstraintTemplate as the admission webhook does, in the webhook's order: there its operations are looked at first,
 * and its name before its target.
 */
export function admitTemplate(object: PlainObject): Outcome {
  const fault = foreignFault(object) ?? operationsFault(object) ?? nameFault(object);
  if (fault !== undefined) return refuse("invalid_template", fault);
  const decoded = decodeTemplate(object);
  return decoded.ok ? DONE : decoded;
}

/** What is no ConstraintTemplate at all, or holds values that its type cannot. */
function foreignFault(object: PlainObject): string | undefined {
  const meta = objectMeta(object);
  if (meta.group !== GROUP || meta.kind !== "ConstraintTemplate") {
    return `not a ConstraintTemplate: ${meta.apiVersion} ${meta.kind}`;
  }
  if (!VERSIONS.has(meta.version)) {
    return `no kind "ConstraintTemplate" is registered for version ${quoteText(meta.apiVersion)}`;
  }
  return shapeFault(object, templateShape(meta.version));
}

function targetFault(object: PlainObject): string | undefined {
  const targets = listAt(object, "spec", "targets");
  if (targets.length !== 1) return `${INVALID}: must declare exactly one target`;
  return targetName(object) === "" ? `${INVALID}: target name must not be empty` : undefined;
}

function changedTarget(object: PlainObject): string | undefined {
  const name = targetName(object);
  if (name === TARGET) return undefined;
  const change = "ConstraintTemplates with Constraints may not change targets";
  return `${change}: old targets [${TARGET}], new targets [${name}]`;
}

function unknownTarget(object: PlainObject): string | undefined {
  const name = targetName(object);
  if (name === TARGET) return undefined;
  return `${INVALID}: target ${quoteText(name)} not recognized, known targets [${TARGET}]`;
}

function targetName(object: PlainObject): string {
  return textAt(firstTarget(object), "target");
}

function nameFault(object: PlainObject): string | undefined {
  const name = textAt(object, "metadata", "name");
  const kind = textAt(object, "spec", "crd", "spec", "names", "kind");
  if (kind === "") return `${INVALID}: ConstraintTemplate ${quoteText(name)} does not specify CRD Kind`;
  if (name.toLowerCase() === kind.toLowerCase()) return undefined;
  const lower = quoteText(kind.toLowerCase());
  return `${INVALID}: the ConstraintTemplate's name ${quoteText(name)} is not equal to the lowercase of CRD's Kind: ${lower}`;
}

const OPERATIONS = ["*", "CREATE", "UPDATE", "DELETE", "CONNECT"];

function operationsFault(object: PlainObject): string | undefined {
  const operations = operationsOf(object);
  if (operations.includes("*") && operations.length > 1) {
    return "if '*' is present, must not specify other operations";
  }
  const index = operations.findIndex((operation) => !OPERATIONS.includes(operation as string));
  if (index < 0) return undefined;
  const supported = OPERATIONS.map(quoteText).join(", ");
  const value = quoteText(String(operations[index]));
  return `spec.targets[0].operations[${index}]: Unsupported value: ${value}: supported values: ${supported}`;
}

function operationsOf(object: PlainObject): readonly Value[] {
  return listAt(firstTarget(object), "operations");
}

/** v1 defaults to false; v1beta1 and v1alpha1 to true, so that schemas from before structural ones go on working. */
function usesLegacySchema(object: PlainObject): boolean {
  const written = valueAt(object, "spec", "crd", "spec", "validation", "legacySchema");
  return typeof written === "boolean" ? written : objectMeta(object).version !== "v1";
}

/** The schema of `spec.parameters`; the names of the CRD are checked with it, as the API server does. */
function decodeParameters(object: PlainObject, legacy: boolean): Outcome<Schema | undefined> {
  try {
    const schema = parameterSchema(object, legacy);
    const faults = [...crdFaults(object), ...(schema ? checkSchema(schema, PARAMETERS) : [])];
    if (faults.length > 0) return refuse("invalid_template", `${INVALID}: ${aggregate(faults)}`);
    return succeed(schema);
  } catch (error) {
    if (error instanceof SchemaDecodeError) {
      return refuse("invalid_template", `unable to convert template: ${error.message}`);
    }
    throw error;
  }
}

function parameterSchema(object: PlainObject, legacy: boolean): Schema | undefined {
  const written = valueAt(object, "spec", "crd", "spec", "validation", "openAPIV3Schema");
  if (!isPlainObject(written)) return legacy ? relaxLegacySchema(EMPTY_SCHEMA) : undefined;
  const decoded = decodeSchema(written);
  return legacy ? relaxLegacySchema(decoded) : decoded;
}

/** Where the parameter schema stands in the constraint CRD. */
const PARAMETERS = new FieldPath("spec.validation.openAPIV3Schema.properties[spec].properties[parameters]");

function firstTarget(object: PlainObject): Value | undefined {
  return listAt(object, "spec", "targets")[0];
}
