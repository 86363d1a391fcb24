import { EMPTY_SCHEMA, SchemaDecodeError } from "./schema.ts";
import type { Schema } from "./schema.ts";

/**
 * `legacySchema: true`: objects and nodes without a type keep unknown fields, arrays without items hold anything. It makes
 * schemas structural that were written before CRDs demanded it (Gatekeeper's v1beta1 and v1alpha1 templates). Throws
 * {@link SchemaDecodeError} for lists of item schemas.
 */
export function relaxLegacySchema(schema: Schema): Schema {
  if (schema.itemsAreListed) {
    throw new SchemaDecodeError("non-nil JSONSchemas encountered, multiple schemas are not supported");
  }
  const open = schema.type === "object" || schema.type === "";
  const items = schema.type === "array" ? (schema.items ?? ANYTHING) : schema.items;
  const additional = schema.additionalProperties;
  return {
    ...schema,
    ...(open && { preserveUnknownFields: true }),
    items: items && relaxLegacySchema(items),
    additionalProperties: typeof additional === "object" ? relaxLegacySchema(additional) : additional,
    properties:
      schema.properties &&
      new Map([...schema.properties].map(([name, property]) => [name, relaxLegacySchema(property)])),
  };
}

const ANYTHING: Schema = { ...EMPTY_SCHEMA, preserveUnknownFields: true };
