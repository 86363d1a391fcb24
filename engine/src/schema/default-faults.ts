import { writeJson } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import { FieldPath } from "../kubernetes/field-path.ts";
import type { Schema } from "./schema.ts";
import { unknownFields } from "./unknown-fields.ts";
import { validateValue } from "./validate-value.ts";

/** A default must be valid and must not hold fields that would be dropped. Those of `additionalProperties` never apply. */
export function defaultFaults(schema: Schema, path: FieldPath): readonly string[] {
  const faults = schema.default === undefined ? [] : faultsOf(schema.default, schema, path.child("default"));
  if (schema.items) faults.push(...defaultFaults(schema.items, path.child("items")));
  for (const [name, property] of schema.properties ?? []) {
    faults.push(...defaultFaults(property, path.child("properties").key(name)));
  }
  return faults;
}

function faultsOf(value: Value, schema: Schema, place: FieldPath): string[] {
  const pruned = unknownFields(value, schema, "").length > 0;
  return [
    ...(pruned ? [`${place}: Invalid value: ${writeJson(value)}: must not have unknown fields`] : []),
    ...validateValue(value, schema, new FieldPath(""), place),
  ];
}
