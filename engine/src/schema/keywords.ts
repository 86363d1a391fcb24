import type { FieldPath } from "../kubernetes/field-path.ts";
import { logicalChildren } from "./schema-children.ts";
import type { Schema } from "./schema.ts";
import { wrongType } from "./structural.ts";

/** Keywords that CRDs do not have, or have only beside others, on every node. */
export function keywordFaults(schema: Schema, path: FieldPath): readonly string[] {
  const faults: string[] = [];
  checkNode(schema, path, faults);
  return faults;
}

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

function checkNode(schema: Schema, path: FieldPath, faults: string[]): void {
  const report = (key: string, text: string): void => void faults.push(`${path.child(key)}: ${text}`);
  if (schema.type !== "" && !TYPES.includes(schema.type)) report("type", unsupported(schema.type, TYPES));
  for (const key of schema.refused) {
    if (key !== "$schema") report(key, `Forbidden: ${key} is not supported`);
  }
  if (schema.type === "null") {
    report("type", "Forbidden: type cannot be set to null, use nullable as an alternative");
  }
  if (schema.itemsAreListed) report("items", "Forbidden: items must be a schema object and not an array");
  if (schema.uniqueItems) {
    report(
      "uniqueItems",
      "Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
    );
  }
  const additional = schema.additionalProperties;
  if (additional !== undefined && additional !== true && (schema.properties?.size ?? 0) > 0) {
    report("additionalProperties", "Forbidden: additionalProperties and properties are mutual exclusive");
  }
  if (typeof additional === "object") checkNode(additional, path.child("additionalProperties"), faults);
  for (const [name, property] of schema.properties ?? []) {
    checkNode(property, path.child("properties").key(name), faults);
  }
  for (const { node, place } of logicalChildren(schema, path)) checkNode(node, place, faults);
  if (schema.items) checkNode(schema.items, path.child("items"), faults);
  if (schema.preserveUnknownFields === false) {
    report("x-kubernetes-preserve-unknown-fields", "Invalid value: false: must be true or undefined");
  }
  checkMapType(schema, report);
  checkListType(schema, report);
  if (schema.listType === "map") checkListOfMap(schema, path, faults);
  if (schema.items?.nullable === true && ["set", "map"].includes(schema.listType)) {
    const rule = `cannot be nullable when x-kubernetes-list-type is ${schema.listType}`;
    report("items.nullable", `Forbidden: ${rule}`);
  }
  if (schema.listType === "map" && schema.items) checkKeys(schema, schema.items, path, faults);
}

type Report = (key: string, text: string) => void;

function unsupported(value: string, supported: readonly string[]): string {
  const list = supported.map((one) => JSON.stringify(one)).join(", ");
  return `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
}

function checkMapType(schema: Schema, report: Report): void {
  if (schema.mapType === "") return;
  if (schema.type !== "object") {
    report("type", wrongType(schema, "must be object if x-kubernetes-map-type is specified"));
  }
  const known = ["atomic", "granular"];
  if (!known.includes(schema.mapType)) report("x-kubernetes-map-type", unsupported(schema.mapType, known));
}

function checkListType(schema: Schema, report: Report): void {
  const { listType, listMapKeys } = schema;
  const onlyMap = "must be map if x-kubernetes-list-map-keys is non-empty";
  if (listType === "") {
    if (listMapKeys.length > 0) report("x-kubernetes-list-type", `Required value: ${onlyMap}`);
    return;
  }
  if (schema.type !== "array") {
    report("type", wrongType(schema, "must be array if x-kubernetes-list-type is specified"));
  } else if (listType === "set" && schema.items) checkSetItems(schema.items, report);
  const known = ["atomic", "set", "map"];
  if (!known.includes(listType)) report("x-kubernetes-list-type", unsupported(listType, known));
  if (listMapKeys.length > 0 && listType !== "map") {
    report("x-kubernetes-list-type", `Invalid value: ${JSON.stringify(listType)}: ${onlyMap}`);
  }
}

/** The elements of a set are compared whole. */
function checkSetItems(items: Schema, report: Report): void {
  const rule = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const shown = items.listType === "" ? "null" : JSON.stringify(items.listType);
  if (items.type === "array" && items.listType !== "" && items.listType !== "atomic") {
    report("items.x-kubernetes-list-type", `Invalid value: ${shown}: ${rule}`);
  }
  if (items.type === "object" && items.mapType !== "atomic") {
    report("items.x-kubernetes-map-type", `Invalid value: ${shown}: ${rule}`);
  }
}

/** The elements of a list of type map are objects, and have the fields that make their key. */
function checkListOfMap(schema: Schema, path: FieldPath, faults: string[]): void {
  const { items, listMapKeys } = schema;
  const report = (place: FieldPath, text: string): void => void faults.push(`${place}: ${text}`);
  const keys = path.child("x-kubernetes-list-map-keys");
  if (listMapKeys.length === 0) {
    report(keys, "Required value: must not be empty if x-kubernetes-list-type is map");
  }
  if (!items) {
    report(path.child("items"), "Required value: must have a schema if x-kubernetes-list-type is map");
    return;
  }
  const wrong = (type: string, rule: string): string => `Invalid value: ${JSON.stringify(type)}: ${rule}`;
  if (items.type !== "object") {
    const rule = "must be object if parent array's x-kubernetes-list-type is map";
    return report(path.child("items").child("type"), wrong(items.type, rule));
  }
  const written = JSON.stringify(listMapKeys);
  for (const [index, key] of listMapKeys.entries()) {
    const property = items.properties?.get(key);
    if (!property) {
      report(keys, `Invalid value: ${written}: entries must all be names of item properties`);
    } else if (property.type === "array" || property.type === "object") {
      const rule = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      const place = path.child("items").child("properties").key(key).child("type");
      report(place, wrong(items.type, rule));
    }
    if (listMapKeys.indexOf(key) < index) {
      report(keys, `Invalid value: ${written}: must not contain duplicate entries`);
    }
  }
}

/** A field that makes the key of an element is always there. */
function checkKeys(list: Schema, items: Schema, path: FieldPath, faults: string[]): void {
  const because = "this property is in x-kubernetes-list-map-keys, so it";
  for (const key of list.listMapKeys) {
    const property = items.properties?.get(key);
    if (!property) continue;
    const place = path.child("items").child("properties").key(key);
    if (property.default === undefined && !items.required.includes(key)) {
      const rule = `${because} must have a default or be a required property`;
      faults.push(`${place.child("default")}: Required value: ${rule}`);
    }
    if (property.nullable)
      faults.push(`${place.child("nullable")}: Forbidden: ${because} cannot be nullable`);
  }
}
