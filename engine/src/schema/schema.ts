import { getOwn, isNumber } from "@portcullis/interpreter";
import type { PlainObject, RegoNumber, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";

/** An OpenAPI v3 schema as CustomResourceDefinitions hold it, decoded once. Fields the API server does not know are gone. */
export interface Schema {
  readonly type: string;
  readonly format: string;
  readonly nullable: boolean;
  readonly default: Value | undefined;
  readonly enum: readonly Value[] | undefined;
  readonly properties: ReadonlyMap<string, Schema> | undefined;
  readonly additionalProperties: Schema | boolean | undefined;
  readonly items: Schema | undefined;
  readonly required: readonly string[];
  readonly minimum: RegoNumber | undefined;
  readonly maximum: RegoNumber | undefined;
  readonly exclusiveMinimum: boolean;
  readonly exclusiveMaximum: boolean;
  readonly multipleOf: RegoNumber | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minItems: number | undefined;
  readonly maxItems: number | undefined;
  readonly minProperties: number | undefined;
  readonly maxProperties: number | undefined;
  readonly pattern: string;
  readonly uniqueItems: boolean;
  readonly allOf: readonly Schema[];
  readonly anyOf: readonly Schema[];
  readonly oneOf: readonly Schema[];
  readonly not: Schema | undefined;
  /** `x-kubernetes-preserve-unknown-fields`; false is a mistake that the structural check reports. */
  readonly preserveUnknownFields: boolean | undefined;
  readonly embeddedResource: boolean;
  readonly intOrString: boolean;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
  readonly mapType: string;
  readonly title: string;
  readonly description: string;
  /** `x-kubernetes-validations` are there; they are kept for the API server and not evaluated here. */
  readonly hasRules: boolean;
  /** `items` is a list of schemas, which CRDs refuse. */
  readonly itemsAreListed: boolean;
  /** Keywords of JSON schema that CRDs refuse, as they were written. */
  readonly refused: readonly string[];
}

export const EMPTY_SCHEMA: Schema = Object.freeze({
  type: "",
  format: "",
  nullable: false,
  default: undefined,
  enum: undefined,
  properties: undefined,
  additionalProperties: undefined,
  items: undefined,
  required: [],
  minimum: undefined,
  maximum: undefined,
  exclusiveMinimum: false,
  exclusiveMaximum: false,
  multipleOf: undefined,
  minLength: undefined,
  maxLength: undefined,
  minItems: undefined,
  maxItems: undefined,
  minProperties: undefined,
  maxProperties: undefined,
  pattern: "",
  uniqueItems: false,
  allOf: [],
  anyOf: [],
  oneOf: [],
  not: undefined,
  preserveUnknownFields: undefined,
  embeddedResource: false,
  intOrString: false,
  listType: "",
  listMapKeys: [],
  mapType: "",
  title: "",
  description: "",
  hasRules: false,
  itemsAreListed: false,
  refused: [],
});

/** Schemas nested deeper are refused: no real one comes near. */
const MAX_DEPTH = 200;

/** What over-deep nesting, and lists of item schemas in a legacy schema, are refused with. */
export class SchemaDecodeError extends Error {
  override readonly name = "SchemaDecodeError";
}

/**
 * Decodes a schema as the API server does: what is no object decodes to the empty schema, wrong types of single
 * keywords to their absence.
 */
export function decodeSchema(value: Value | undefined, depth = 0): Schema {
  if (!isPlainObject(value)) return EMPTY_SCHEMA;
  if (depth > MAX_DEPTH) throw new SchemaDecodeError(`schema is nested deeper than ${MAX_DEPTH} levels`);
  const read = fieldsOf(value);
  const nested = (key: string): Schema | undefined => {
    const found = getOwn(value, key);
    return isPlainObject(found) ? decodeSchema(found, depth + 1) : undefined;
  };
  const list = (key: string): readonly Schema[] =>
    read.list(key).map((item) => decodeSchema(item, depth + 1));
  const additional = getOwn(value, "additionalProperties");
  const properties = getOwn(value, "properties");
  return {
    ...EMPTY_SCHEMA,
    type: read.text("type"),
    format: read.text("format"),
    nullable: read.flag("nullable"),
    default: defaultOf(value, read.flag("nullable")),
    enum: Array.isArray(getOwn(value, "enum")) ? read.list("enum") : undefined,
    properties: isPlainObject(properties) ? decodeProperties(properties, depth) : undefined,
    additionalProperties: typeof additional === "boolean" ? additional : nested("additionalProperties"),
    items: nested("items"),
    required: read.texts("required"),
    minimum: read.number("minimum"),
    maximum: read.number("maximum"),
    exclusiveMinimum: read.flag("exclusiveMinimum"),
    exclusiveMaximum: read.flag("exclusiveMaximum"),
    multipleOf: read.number("multipleOf"),
    minLength: read.size("minLength"),
    maxLength: read.size("maxLength"),
    minItems: read.size("minItems"),
    maxItems: read.size("maxItems"),
    minProperties: read.size("minProperties"),
    maxProperties: read.size("maxProperties"),
    pattern: read.text("pattern"),
    uniqueItems: read.flag("uniqueItems"),
    allOf: list("allOf"),
    anyOf: list("anyOf"),
    oneOf: list("oneOf"),
    not: nested("not"),
    preserveUnknownFields: read.optionalFlag("x-kubernetes-preserve-unknown-fields"),
    embeddedResource: read.flag("x-kubernetes-embedded-resource"),
    intOrString: read.flag("x-kubernetes-int-or-string"),
    listType: read.text("x-kubernetes-list-type"),
    listMapKeys: read.texts("x-kubernetes-list-map-keys"),
    mapType: read.text("x-kubernetes-map-type"),
    title: read.text("title"),
    description: read.text("description"),
    hasRules: read.list("x-kubernetes-validations").length > 0,
    itemsAreListed: read.list("items").length > 0,
    refused: REFUSED.filter(([key, whenEmpty]) => isWritten(getOwn(value, key), whenEmpty)).map(
      ([key]) => key,
    ),
  };
}

/** A null default of a schema that allows no null is none. */
function defaultOf(schema: PlainObject, nullable: boolean): Value | undefined {
  const written = getOwn(schema, "default");
  return written === null && !nullable ? undefined : written;
}

/** Keywords that no CRD may have, in the order they are reported; some count as written even when they say nothing. */
const REFUSED: readonly (readonly [key: string, whenEmpty: boolean])[] = [
  ["id", false],
  ["$schema", false],
  ["additionalItems", true],
  ["patternProperties", false],
  ["definitions", false],
  ["dependencies", true],
  ["$ref", true],
];

function decodeProperties(properties: PlainObject, depth: number): ReadonlyMap<string, Schema> {
  const decoded = new Map<string, Schema>();
  for (const key of Object.keys(properties).sort())
    decoded.set(key, decodeSchema(properties[key], depth + 1));
  return decoded;
}

function isWritten(value: Value | undefined, whenEmpty: boolean): boolean {
  if (value === undefined || value === null) return false;
  return whenEmpty || (value !== "" && (!isPlainObject(value) || Object.keys(value).length > 0));
}

function fieldsOf(object: PlainObject) {
  const list = (key: string): readonly Value[] => {
    const value = getOwn(object, key);
    return Array.isArray(value) ? (value as readonly Value[]) : [];
  };
  const optionalFlag = (key: string): boolean | undefined => {
    const value = getOwn(object, key);
    return typeof value === "boolean" ? value : undefined;
  };
  const number = (key: string): RegoNumber | undefined => {
    const value = getOwn(object, key);
    return isNumber(value) ? value : undefined;
  };
  return {
    list,
    number,
    optionalFlag,
    flag: (key: string): boolean => optionalFlag(key) ?? false,
    texts: (key: string): readonly string[] => list(key).filter((item) => typeof item === "string"),
    size: (key: string): number | undefined => {
      const value = number(key);
      return typeof value === "number" ? value : undefined;
    },
    text: (key: string): string => {
      const value = getOwn(object, key);
      return typeof value === "string" ? value : "";
    },
  };
}
