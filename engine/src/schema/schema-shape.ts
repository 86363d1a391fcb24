import type { Value } from "@portcullis/interpreter";
import { FLAG, INTEGER, listOf, mapOf, NUMBER, struct, TEXT } from "../kubernetes/shape.ts";
import type { Fields, Shape } from "../kubernetes/shape.ts";

/** The type of an OpenAPI schema as CustomResourceDefinitions hold it. */
export const SCHEMA_SHAPE: Shape = struct("v1.JSONSchemaProps", () => FIELDS);

/** `items`: what is no object is as good as no schema. */
const ITEMS: Shape = { kind: "own", name: "items", object: SCHEMA_SHAPE, refusal: () => undefined };

/** A schema, or whether there may be anything at all. */
const SCHEMA_OR_FLAG: Shape = {
  kind: "own",
  name: "additionalProperties",
  object: SCHEMA_SHAPE,
  refusal: (value: Value) => (typeof value === "boolean" ? undefined : "boolean or JSON schema expected"),
};

const ANYTHING: Shape = {
  kind: "own",
  name: "v1.JSON",
  object: struct("v1.JSON", {}),
  refusal: () => undefined,
};

function each(shape: Shape, ...keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, shape]));
}

const FIELDS: Fields = {
  ...each(TEXT, "id", "$schema", "$ref", "description", "type", "format", "title", "pattern"),
  ...each(TEXT, "x-kubernetes-list-type", "x-kubernetes-map-type"),
  ...each(FLAG, "exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "nullable"),
  ...each(FLAG, "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"),
  ...each(FLAG, "x-kubernetes-int-or-string"),
  ...each(INTEGER, "maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
  ...each(NUMBER, "maximum", "minimum", "multipleOf"),
  ...each(listOf(TEXT), "required", "x-kubernetes-list-map-keys"),
  ...each(listOf(SCHEMA_SHAPE), "allOf", "anyOf", "oneOf"),
  ...each(mapOf(SCHEMA_SHAPE), "properties", "patternProperties"),
  ...each(SCHEMA_OR_FLAG, "additionalProperties", "additionalItems"),
  items: ITEMS,
  not: SCHEMA_SHAPE,
  enum: listOf(ANYTHING),
  definitions: mapOf(SCHEMA_SHAPE, "v1.JSONSchemaDefinitions"),
  externalDocs: struct("v1.ExternalDocumentation", { description: TEXT, url: TEXT }),
  "x-kubernetes-validations": listOf(
    struct("v1.ValidationRule", { rule: TEXT, message: TEXT, messageExpression: TEXT, fieldPath: TEXT }),
    "v1.ValidationRules",
  ),
};
