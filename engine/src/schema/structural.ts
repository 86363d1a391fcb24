import { compileRegex, RegexSyntaxError, writeJson } from "@portcullis/interpreter";
import { applyDefaults } from "./defaults.ts";
import { FieldPath } from "./field-path.ts";
import type { Schema } from "./schema.ts";
import { unknownFields } from "./unknown-fields.ts";
import { validateValue } from "./validate-value.ts";

/**
 * Checks that a schema may stand in a CustomResourceDefinition: keywords the API server supports, structural (a type on
 * every level), sound defaults and patterns. Returns field errors in the API server's words, in its order: none for a
 * good schema.
 */
export function checkStructural(schema: Schema, path: FieldPath): readonly string[] {
  const errors: string[] = [];
  // With a keyword that CRDs do not have, the API server looks no further.
  if (!hasRefused(schema)) checkLevel(schema, path, "field", errors);
  checkKeywords(schema, path, errors);
  if (errors.length > 0) return errors;
  checkDefaults(schema, path, errors);
  return errors;
}

function hasRefused(schema: Schema): boolean {
  return schema.refused.length > 0 || children(schema, NOWHERE).some(({ node }) => hasRefused(node));
}

const NOWHERE = new FieldPath("");

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

/** Keywords that no CRD may use, on every node. */
function checkKeywords(schema: Schema, path: FieldPath, errors: string[]): void {
  const report = (key: string, text: string): void => void errors.push(`${path.child(key)}: ${text}`);
  if (schema.uniqueItems) {
    report(
      "uniqueItems",
      "Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
    );
  }
  if (typeof schema.additionalProperties === "object" && (schema.properties?.size ?? 0) > 0) {
    report("additionalProperties", "Forbidden: additionalProperties and properties are mutual exclusive");
  }
  if (schema.type !== "" && !TYPES.includes(schema.type)) {
    const supported = TYPES.map((type) => JSON.stringify(type)).join(", ");
    report("type", `Unsupported value: ${JSON.stringify(schema.type)}: supported values: ${supported}`);
  }
  if (schema.type === "null") {
    report("type", "Forbidden: type cannot be set to null, use nullable as an alternative");
  }
  for (const key of schema.refused) report(key, `Forbidden: ${key} is not supported`);
  if (schema.pattern !== "") {
    const fault = patternFault(schema.pattern);
    if (fault !== undefined) {
      const quoted = JSON.stringify(schema.pattern);
      report("pattern", `Invalid value: ${quoted}: must be a valid regular expression, but isn't: ${fault}`);
    }
  }
  checkListType(schema, path, errors);
  if (schema.mapType !== "" && !["atomic", "granular"].includes(schema.mapType)) {
    const value = JSON.stringify(schema.mapType);
    report("x-kubernetes-map-type", `Unsupported value: ${value}: supported values: "atomic", "granular"`);
  }
  for (const { node, place } of children(schema, path)) checkKeywords(node, place, errors);
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

function checkListType(schema: Schema, path: FieldPath, errors: string[]): void {
  const place = path.child("x-kubernetes-list-type");
  if (schema.listType === "") {
    if (schema.listMapKeys.length > 0)
      errors.push(`${place}: Required value: must be map if x-kubernetes-list-map-keys is non-empty`);
    return;
  }
  if (schema.type !== "array") {
    errors.push(
      `${path.child("type")}: Invalid value: ${JSON.stringify(schema.type)}: must be array if x-kubernetes-list-type is specified`,
    );
  }
  if (!["atomic", "set", "map"].includes(schema.listType)) {
    errors.push(
      `${place}: Unsupported value: ${JSON.stringify(schema.listType)}: supported values: "atomic", "set", "map"`,
    );
  }
  if (schema.listType === "map" && schema.listMapKeys.length === 0) {
    errors.push(
      `${path.child("x-kubernetes-list-map-keys")}: Required value: must not be empty if x-kubernetes-list-type is map`,
    );
  }
  if (schema.listType === "map" && schema.items)
    checkMapItems(schema, schema.items, path.child("items"), errors);
}

/** The elements of a list of type map are objects, and each has the fields that make its key. */
function checkMapItems(list: Schema, items: Schema, path: FieldPath, errors: string[]): void {
  if (items.type !== "object") {
    const rule = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(`${path.child("type")}: Invalid value: ${JSON.stringify(items.type)}: ${rule}`);
  }
  for (const key of list.listMapKeys) {
    const property = items.properties?.get(key);
    if (!property || property.default !== undefined || items.required.includes(key)) continue;
    const rule =
      "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
    errors.push(`${path.child("properties").key(key).child("default")}: Required value: ${rule}`);
  }
}

type Level = "field" | "item";

/** Every level has a type, every list its items; nothing structural below anyOf and its like. */
function checkLevel(schema: Schema, path: FieldPath, level: Level, errors: string[]): void {
  if (schema.type === "array" && !schema.items)
    errors.push(`${path.child("items")}: Required value: must be specified`);
  if (schema.items) checkLevel(schema.items, path.child("items"), "item", errors);
  for (const [name, property] of schema.properties ?? []) {
    checkLevel(property, path.child("properties").key(name), "field", errors);
  }
  if (typeof schema.additionalProperties === "object") {
    checkLevel(schema.additionalProperties, path.child("additionalProperties"), "field", errors);
  }
  for (const { node, place } of logicalChildren(schema, path)) checkNested(node, place, schema, errors);
  if (schema.preserveUnknownFields === false) {
    errors.push(
      `${path.child("x-kubernetes-preserve-unknown-fields")}: Invalid value: false: must be true or undefined`,
    );
  }
  if (schema.embeddedResource) checkEmbedded(schema, path, errors);
  if (schema.type === "" && !schema.intOrString && schema.preserveUnknownFields !== true) {
    const what = level === "item" ? "array items" : "object fields";
    errors.push(`${path.child("type")}: Required value: must not be empty for specified ${what}`);
  }
}

/** `x-kubernetes-embedded-resource`: an object that says something of its fields. */
function checkEmbedded(schema: Schema, path: FieldPath, errors: string[]): void {
  if ((schema.properties?.size ?? 0) === 0 && schema.preserveUnknownFields !== true) {
    const rule =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    errors.push(`${path.child("properties")}: Required value: ${rule}`);
  }
  if (schema.type === "object") return;
  const rule = "must be object if x-kubernetes-embedded-resource is true";
  const fault = schema.type === "" ? "Required value" : `Invalid value: ${JSON.stringify(schema.type)}`;
  errors.push(`${path.child("type")}: ${fault}: ${rule}`);
}

/** Below allOf, anyOf, oneOf and not only checks may stand, and only on what the level above declares. */
function checkNested(nested: Schema, path: FieldPath, declared: Schema | undefined, errors: string[]): void {
  const forbid = (key: string, present: boolean): void => {
    if (present) errors.push(`${path.child(key)}: Forbidden: must be empty to be structural`);
  };
  forbid("type", nested.type !== "" && declared?.intOrString !== true);
  forbid("additionalProperties", typeof nested.additionalProperties === "object");
  if (nested.default !== undefined) {
    errors.push(`${path.child("default")}: Forbidden: must be undefined to be structural`);
  }
  forbid("description", nested.description !== "");
  if (nested.nullable) errors.push(`${path.child("nullable")}: Forbidden: must be false to be structural`);
  for (const [name, property] of nested.properties ?? []) {
    const place = path.child("properties").key(name);
    checkNested(property, place, declared?.properties?.get(name), errors);
  }
  if (nested.items) checkNested(nested.items, path.child("items"), declared?.items, errors);
  for (const { node, place } of logicalChildren(nested, path)) checkNested(node, place, declared, errors);
}

/** A default must be valid and must not hold fields that would be dropped. */
function checkDefaults(schema: Schema, path: FieldPath, errors: string[]): void {
  if (schema.default !== undefined) {
    const place = path.child("default");
    const value = applyDefaults(schema.default, schema);
    for (const fault of validateValue(value, schema, new FieldPath(""), place)) errors.push(fault);
    const unknown = unknownFields(schema.default, schema, "");
    if (unknown.length > 0) {
      errors.push(`${place}: Invalid value: ${writeJson(schema.default)}: must not have unknown fields`);
    }
  }
  for (const { node, place } of children(schema, path)) checkDefaults(node, place, errors);
}

interface Child {
  readonly node: Schema;
  readonly place: FieldPath;
}

function children(schema: Schema, path: FieldPath): readonly Child[] {
  const found: Child[] = [];
  if (schema.items) found.push({ node: schema.items, place: path.child("items") });
  for (const [name, node] of schema.properties ?? []) {
    found.push({ node, place: path.child("properties").key(name) });
  }
  if (typeof schema.additionalProperties === "object") {
    found.push({ node: schema.additionalProperties, place: path.child("additionalProperties") });
  }
  return [...found, ...logicalChildren(schema, path)];
}

function logicalChildren(schema: Schema, path: FieldPath): readonly Child[] {
  const found: Child[] = [];
  for (const key of ["allOf", "anyOf", "oneOf"] as const) {
    schema[key].forEach((node, index) => found.push({ node, place: path.child(key).index(index) }));
  }
  if (schema.not) found.push({ node: schema.not, place: path.child("not") });
  return found;
}
