import { compileRegex, RegexSyntaxError } from "@portcullis/interpreter";
import type { FieldPath } from "../kubernetes/field-path.ts";
import { logicalChildren } from "./schema-children.ts";
import type { Schema } from "./schema.ts";

/** Where a schema stands: it is that of a field or of the elements of a list. */
type Level = "field" | "item";

/** Every level has a type, every list its items; nothing structural below anyOf and its like. */
export function structuralFaults(schema: Schema, path: FieldPath): readonly string[] {
  const faults: string[] = [];
  checkLevel(schema, path, "field", faults);
  return faults;
}

function checkLevel(schema: Schema, path: FieldPath, level: Level, faults: string[]): void {
  const report = (key: string, text: string): void => void faults.push(`${path.child(key)}: ${text}`);
  if (schema.type === "array" && !schema.items) report("items", "Required value: must be specified");
  if (schema.items) checkLevel(schema.items, path.child("items"), "item", faults);
  for (const [name, property] of schema.properties ?? []) {
    checkLevel(property, path.child("properties").key(name), "field", faults);
  }
  if (typeof schema.additionalProperties === "object") {
    checkLevel(schema.additionalProperties, path.child("additionalProperties"), "field", faults);
  }
  const instead = "must be false if x-kubernetes-int-or-string is true";
  if (schema.intOrString && schema.preserveUnknownFields === true) {
    report("x-kubernetes-preserve-unknown-fields", `Invalid value: true: ${instead}`);
  }
  if (schema.intOrString && schema.embeddedResource) {
    report("x-kubernetes-embedded-resource", `Invalid value: true: ${instead}`);
  }
  checkChecks(schema, path, faults);
  if (schema.embeddedResource) checkEmbedded(schema, path, faults);
  const typed = schema.type !== "" || schema.intOrString || schema.preserveUnknownFields === true;
  if (!typed && !schema.embeddedResource) {
    const what = level === "item" ? "array items" : "object fields";
    report("type", `Required value: must not be empty for specified ${what}`);
  }
}

/** The pattern and the logic of a node; the one way to write int-or-string with `anyOf` is let through. */
function checkChecks(schema: Schema, path: FieldPath, faults: string[]): void {
  const [first] = schema.allOf;
  for (const { node, place } of logicalChildren(schema, path)) {
    if (isIntOrString(schema.anyOf) && schema.anyOf.includes(node)) continue;
    checkNested(node, place, node === first && isIntOrString(node.anyOf), faults);
  }
  if (schema.pattern === "") return;
  const fault = patternFault(schema.pattern);
  if (fault !== undefined) {
    const quoted = JSON.stringify(schema.pattern);
    const text = `Invalid value: ${quoted}: must be a valid regular expression, but isn't: ${fault}`;
    faults.push(`${path.child("pattern")}: ${text}`);
  }
}

function isIntOrString(anyOf: readonly Schema[]): boolean {
  return anyOf.length === 2 && anyOf[0]?.type === "integer" && anyOf[1]?.type === "string";
}

function patternFault(pattern: string): string | undefined {
  try {
    compileRegex(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return error.message;
    throw error;
  }
}

/** `x-kubernetes-embedded-resource`: an object that says something of its fields. */
function checkEmbedded(schema: Schema, path: FieldPath, faults: string[]): void {
  const report = (place: FieldPath, text: string): void => void faults.push(`${place}: ${text}`);
  if (schema.type !== "object") {
    report(path.child("type"), wrongType(schema, "must be object if x-kubernetes-embedded-resource is true"));
  }
  if (schema.additionalProperties !== undefined) {
    const rule = "Forbidden: must not be used if x-kubernetes-embedded-resource is set";
    report(path.child("additionalProperties"), rule);
  }
  for (const [name, type] of EMBEDDED_TYPES) {
    const property = schema.properties?.get(name);
    if (!property || property.type === type) continue;
    const text = `Invalid value: ${JSON.stringify(property.type)}: must be ${type}`;
    report(path.child("properties").key(name).child("type"), text);
  }
  if ((schema.properties?.size ?? 0) === 0 && schema.preserveUnknownFields !== true) {
    const rule =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    report(path.child("properties"), `Required value: ${rule}`);
  }
}

const EMBEDDED_TYPES = [
  ["kind", "string"],
  ["apiVersion", "string"],
  ["metadata", "object"],
] as const;

/** The text for a type that is missing or another one. */
export function wrongType({ type }: Schema, rule: string): string {
  return type === "" ? `Required value: ${rule}` : `Invalid value: ${JSON.stringify(type)}: ${rule}`;
}

/** Below allOf, anyOf, oneOf and not only checks may stand. */
function checkNested(nested: Schema, path: FieldPath, intOrString: boolean, faults: string[]): void {
  checkChecks(intOrString ? { ...nested, anyOf: [] } : nested, path, faults);
  if (nested.items) checkNested(nested.items, path.child("items"), false, faults);
  for (const [name, property] of nested.properties ?? []) {
    checkNested(property, path.child("properties").key(name), false, faults);
  }
  for (const [key, rule, present] of NOT_NESTED) {
    if (present(nested)) faults.push(`${path.child(key)}: Forbidden: ${rule} to be structural`);
  }
  if (nested.properties?.has("metadata") === true) {
    const place = path.child("properties").key("metadata");
    faults.push(`${place}: Forbidden: must not be specified in a nested context`);
  }
}

const EMPTY = "must be empty";
const FALSE = "must be false";
const UNDEFINED = "must be undefined";

const NOT_NESTED: readonly (readonly [key: string, rule: string, present: (schema: Schema) => boolean])[] = [
  ["type", EMPTY, ({ type }) => type !== ""],
  ["additionalProperties", UNDEFINED, (s) => (s.additionalProperties ?? false) !== false],
  ["default", UNDEFINED, (s) => s.default !== undefined],
  ["title", EMPTY, ({ title }) => title !== ""],
  ["description", EMPTY, ({ description }) => description !== ""],
  ["nullable", FALSE, ({ nullable }) => nullable],
  ["x-kubernetes-preserve-unknown-fields", FALSE, (s) => s.preserveUnknownFields === true],
  ["x-kubernetes-embedded-resource", FALSE, ({ embeddedResource }) => embeddedResource],
  ["x-kubernetes-int-or-string", FALSE, ({ intOrString }) => intOrString],
  ["x-kubernetes-list-map-keys", EMPTY, ({ listMapKeys }) => listMapKeys.length > 0],
  ["x-kubernetes-list-type", UNDEFINED, ({ listType }) => listType !== ""],
  ["x-kubernetes-map-type", UNDEFINED, ({ mapType }) => mapType !== ""],
  ["x-kubernetes-validations", EMPTY, ({ hasRules }) => hasRules],
];
