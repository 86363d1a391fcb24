import { getOwn, quoteText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { refuse, succeed } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { isSubdomain, SUBDOMAIN_RULE } from "../kubernetes/label-selector.ts";
import { isPlainObject, listAt, objectAt, objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { CONSTRAINT_GROUP, constraintCrd, constraintSchema, crdParameters } from "./crd.ts";
import { aggregate, FieldPath } from "../schema/field-path.ts";
import { relaxLegacySchema } from "../schema/legacy.ts";
import { decodeSchema, EMPTY_SCHEMA, SchemaDecodeError } from "../schema/schema.ts";
import type { Schema } from "../schema/schema.ts";
import { checkStructural } from "../schema/structural.ts";
import { TARGET } from "./template.ts";
import type { RegoSource, Template } from "./template.ts";

export type TemplateShape = Omit<Template, "source">;

const GROUP = "templates.gatekeeper.sh";
const VERSIONS = new Set(["v1", "v1beta1", "v1alpha1"]);

/**
 * Decodes a ConstraintTemplate and checks all but its Rego: target, name and kind, parameter schema, operations.
 * Errors have Gatekeeper's texts (contract 1.1).
 */
export function decodeTemplate(object: PlainObject): Outcome<TemplateShape> {
  const meta = objectMeta(object);
  if (meta.group !== GROUP || meta.kind !== "ConstraintTemplate") {
    return refuse("invalid_template", `not a ConstraintTemplate: ${meta.apiVersion} ${meta.kind}`);
  }
  if (!VERSIONS.has(meta.version)) {
    const known = `no kind "ConstraintTemplate" is registered for version ${quoteText(meta.apiVersion)}`;
    return refuse("invalid_template", known);
  }
  const fault = shapeFault(object) ?? targetFault(object) ?? nameFault(object) ?? operationsFault(object);
  if (fault !== undefined) return refuse("invalid_template", fault);
  const legacy = usesLegacySchema(object, meta.version);
  const parameters = decodeParameters(object, legacy);
  if (!parameters.ok) return parameters;
  const kind = textAt(object, "spec", "crd", "spec", "names", "kind");
  return succeed({
    name: meta.name.toLowerCase(),
    kind,
    object,
    parameters: parameters.value,
    schema: constraintSchema(parameters.value),
    crd: constraintCrd({ kind, template: object, parameters: crdParameters(object, legacy) }),
    operations: listAt(firstTarget(object), "operations").filter(
      (item) => typeof item === "string" && item !== "*",
    ) as string[],
  });
}

/** What cannot be decoded into the Go types at all. */
function shapeFault(object: PlainObject): string | undefined {
  const wrong = (path: string, want: string): string => `unable to convert template: ${path} must be ${want}`;
  const expected: readonly (readonly [path: string, want: "object" | "string" | "array" | "boolean"])[] = [
    ["metadata", "object"],
    ["metadata.name", "string"],
    ["spec", "object"],
    ["spec.crd", "object"],
    ["spec.crd.spec", "object"],
    ["spec.crd.spec.names", "object"],
    ["spec.crd.spec.names.kind", "string"],
    ["spec.crd.spec.names.shortNames", "array"],
    ["spec.crd.spec.validation", "object"],
    ["spec.crd.spec.validation.legacySchema", "boolean"],
    ["spec.targets", "array"],
  ];
  for (const [path, want] of expected) {
    const value = valueAt(object, ...path.split("."));
    if (value === undefined || value === null) continue;
    const is = Array.isArray(value) ? "array" : isPlainObject(value) ? "object" : typeof value;
    if (is !== want) return wrong(path, want === "string" || want === "boolean" ? `a ${want}` : `an ${want}`);
  }
  for (const [index, target] of listAt(object, "spec", "targets").entries()) {
    if (!isPlainObject(target)) return wrong(`spec.targets[${index}]`, "an object");
    for (const key of ["target", "rego"]) {
      const value = getOwn(target, key);
      if (value !== undefined && value !== null && typeof value !== "string") {
        return wrong(`spec.targets[${index}].${key}`, "a string");
      }
    }
    if (listAt(target, "libs").some((lib) => typeof lib !== "string")) {
      return wrong(`spec.targets[${index}].libs`, "a list of strings");
    }
  }
  return undefined;
}

function targetFault(object: PlainObject): string | undefined {
  const targets = listAt(object, "spec", "targets");
  if (targets.length !== 1) return `${INVALID}: must declare exactly one target`;
  const name = textAt(targets[0], "target");
  if (name === "") return `${INVALID}: target name must not be empty`;
  if (name !== TARGET)
    return `${INVALID}: target ${quoteText(name)} not recognized, known targets [${TARGET}]`;
  return undefined;
}

export const INVALID = "invalid ConstraintTemplate";

function nameFault(object: PlainObject): string | undefined {
  const name = textAt(object, "metadata", "name");
  const kind = textAt(object, "spec", "crd", "spec", "names", "kind");
  if (kind === "") return `${INVALID}: ConstraintTemplate ${quoteText(name)} does not specify CRD Kind`;
  if (name.toLowerCase() !== kind.toLowerCase()) {
    const lower = quoteText(kind.toLowerCase());
    return `${INVALID}: the ConstraintTemplate's name ${quoteText(name)} is not equal to the lowercase of CRD's Kind: ${lower}`;
  }
  return crdNameFault(kind);
}

const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const DNS_LABEL_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
  "'[a-z]([-a-z0-9]*[a-z0-9])?')";

/** The names of the constraint CRD come from the kind; each has to be one that the API server takes. */
function crdNameFault(kind: string): string | undefined {
  const lower = kind.toLowerCase();
  if (DNS_LABEL.test(lower) && lower.length <= 63) return undefined;
  const faults: string[] = [];
  const invalid = (path: string, value: string, rule: string): void =>
    void faults.push(`${path}: Invalid value: ${quoteText(value)}: ${rule}`);
  const crdName = `${lower}.${CONSTRAINT_GROUP}`;
  if (!isSubdomain(crdName)) invalid("metadata.name", crdName, SUBDOMAIN_RULE);
  const rule = lower.length > 63 ? "must be no more than 63 bytes" : DNS_LABEL_RULE;
  invalid("spec.names.plural", lower, rule);
  invalid("spec.names.singular", lower, rule);
  const mixed = `may have mixed case, but should otherwise match: ${rule}`;
  invalid("spec.names.kind", kind, mixed);
  invalid("spec.names.listKind", `${kind}List`, mixed);
  return `${INVALID}: ${aggregate(faults)}`;
}

const OPERATIONS = new Set(["*", "CREATE", "UPDATE", "DELETE", "CONNECT"]);

function operationsFault(object: PlainObject): string | undefined {
  const operations = listAt(firstTarget(object), "operations");
  const stranger = operations.find(
    (operation) => typeof operation !== "string" || !OPERATIONS.has(operation),
  );
  if (stranger !== undefined) return `${INVALID}: unsupported operation ${JSON.stringify(stranger)}`;
  if (operations.includes("*") && operations.length > 1) {
    return "if '*' is present, must not specify other operations";
  }
  return undefined;
}

/** v1 defaults to false; v1beta1 and v1alpha1 to true, so that schemas from before structural ones go on working. */
function usesLegacySchema(object: PlainObject, version: string): boolean {
  const written = valueAt(object, "spec", "crd", "spec", "validation", "legacySchema");
  return typeof written === "boolean" ? written : version !== "v1";
}

function decodeParameters(object: PlainObject, legacy: boolean): Outcome<Schema | undefined> {
  const written = valueAt(object, "spec", "crd", "spec", "validation", "openAPIV3Schema");
  try {
    if (!isPlainObject(written)) return succeed(legacy ? relaxLegacySchema(EMPTY_SCHEMA) : undefined);
    const decoded = decodeSchema(written);
    const schema = legacy ? relaxLegacySchema(decoded) : decoded;
    const faults = checkStructural(schema, PARAMETERS);
    if (faults.length > 0) return refuse("invalid_template", `${INVALID}: ${aggregate(faults)}`);
    return succeed(schema);
  } catch (error) {
    if (error instanceof SchemaDecodeError) {
      return refuse("invalid_template", `unable to convert template: ${error.message}`);
    }
    throw error;
  }
}

/** Where the parameter schema stands in the constraint CRD. */
const PARAMETERS = new FieldPath("spec.validation.openAPIV3Schema.properties[spec].properties[parameters]");

function firstTarget(object: PlainObject): Value | undefined {
  return listAt(object, "spec", "targets")[0];
}

/** The Rego of a template: its `rego` and `libs`, else its `code` entry of engine Rego. */
export function decodeSource(object: PlainObject): Outcome<RegoSource> {
  const target = firstTarget(object);
  const rego = textAt(target, "rego");
  if (rego !== "") return succeed({ rego, libs: texts(listAt(target, "libs")), version: "v0" });
  const code = listAt(target, "code").find((entry) => textAt(entry, "engine") === "Rego");
  if (code === undefined) {
    const none =
      "no language driver is installed that handles this constraint template: available drivers: map[Rego:1]";
    return refuse("invalid_template", `${none}, wanted ${quoteText(engineOf(target))}`);
  }
  const source = objectAt(code, "source");
  const text = textAt(source, "rego");
  if (text === "") return refuse("invalid_template", "rego source missing required field: rego");
  const version = textAt(source, "version") === "v1" ? "v1" : "v0";
  return succeed({ rego: text, libs: texts(listAt(source, "libs")), version });
}

function engineOf(target: Value | undefined): string {
  return textAt(listAt(target, "code")[0], "engine");
}

function texts(values: readonly Value[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}
