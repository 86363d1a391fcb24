import {
  compare,
  compareText,
  compileRegex,
  equals,
  isNumber,
  numberText,
  textLength,
  writeJson,
} from "@portcullis/interpreter";
import type { Regex, RegoNumber, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";
import type { FieldPath } from "./field-path.ts";
import { hasFormat } from "./formats.ts";
import type { Schema } from "./schema.ts";

/**
 * Validates a value against a schema. Returns field errors in the API server's words; none for a valid value.
 * `path` is what stands inside the sentence (`spec.parameters.x in body must be …`), `prefix` what stands before it.
 */
export function validateValue(
  value: Value,
  schema: Schema,
  path: FieldPath,
  prefix?: FieldPath,
): readonly string[] {
  const errors: string[] = [];
  validate({ value, schema, path: path.toString(), prefix: prefix?.toString(), errors });
  return errors;
}

interface Node {
  readonly value: Value;
  readonly schema: Schema;
  readonly path: string;
  /** Stands before every message in place of `[].` and the path. */
  readonly prefix: string | undefined;
  readonly errors: string[];
}

function validate(node: Node): void {
  const { value, schema } = node;
  if (value === null && schema.nullable) return;
  if (!checkType(node)) {
    checkEnum(node);
    return;
  }
  checkEnum(node);
  if (typeof value === "string") checkText(node, value);
  else if (isNumber(value)) checkNumber(node, value);
  else if (Array.isArray(value)) checkList(node, value);
  else if (isPlainObject(value)) checkObject(node, value);
  checkLogic(node);
}

function report(node: Node, text: string, path = node.path): void {
  const below = path === "" ? "" : `.${path}`;
  node.errors.push(`${node.prefix ?? "[]"}${below}: ${text}`);
}

/** `Invalid value: X: path in body …` */
function reportInvalid(node: Node, shown: string, text: string): void {
  report(node, `Invalid value: ${shown}: ${node.path} in body ${text}`);
}

function checkType(node: Node): boolean {
  const { value, schema } = node;
  const actual = typeName(value);
  const wanted = schema.intOrString ? ["integer", "string"] : schema.type === "" ? [] : [schema.type];
  if (wanted.length === 0 && value !== null) return true;
  if (wanted.length === 0) return true;
  if (wanted.includes(actual)) return true;
  if (wanted.includes("number") && actual === "integer") return true;
  reportInvalid(node, `"${actual}"`, `must be of type ${wanted.join(",")}: "${actual}"`);
  return false;
}

function typeName(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  if (Array.isArray(value)) return "array";
  if (isNumber(value)) return isInteger(value) ? "integer" : "number";
  return "object";
}

function isInteger(value: RegoNumber): boolean {
  if (typeof value === "number") return Number.isInteger(value);
  return value.parts.exponent >= 0;
}

function checkEnum(node: Node): void {
  const { value, schema } = node;
  if (!schema.enum || schema.enum.some((allowed) => equals(allowed, value))) return;
  const supported = schema.enum.map((allowed) => writeJson(allowed)).join(", ");
  report(node, `Unsupported value: ${writeJson(value)}: supported values: ${supported}`);
}

function checkText(node: Node, value: string): void {
  const { schema } = node;
  const length = textLength(value);
  const quoted = JSON.stringify(value);
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    report(node, `Too long: may not be more than ${schema.maxLength} bytes`);
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    reportInvalid(node, quoted, `should be at least ${schema.minLength} chars long`);
  }
  if (schema.pattern !== "" && !patternOf(schema).test(value)) {
    reportInvalid(node, quoted, `should match '${schema.pattern}'`);
  }
  if (schema.format !== "" && !hasFormat(value, schema.format)) {
    reportInvalid(node, quoted, `must be of type ${schema.format}: ${quoted}`);
  }
}

const patterns = new WeakMap<Schema, Regex>();

/** Patterns are compiled once a schema; whether they compile at all was checked with the schema. */
function patternOf(schema: Schema): Regex {
  const known = patterns.get(schema);
  if (known) return known;
  const regex = compileRegex(schema.pattern);
  patterns.set(schema, regex);
  return regex;
}

function checkNumber(node: Node, value: RegoNumber): void {
  const { schema } = node;
  const shown = numberText(value);
  if (schema.minimum !== undefined) {
    const order = compare(value, schema.minimum);
    if (order < 0 || (order === 0 && schema.exclusiveMinimum)) {
      const than = schema.exclusiveMinimum ? "greater than" : "greater than or equal to";
      reportInvalid(node, shown, `should be ${than} ${numberText(schema.minimum)}`);
    }
  }
  if (schema.maximum !== undefined) {
    const order = compare(value, schema.maximum);
    if (order > 0 || (order === 0 && schema.exclusiveMaximum)) {
      const than = schema.exclusiveMaximum ? "less than" : "less than or equal to";
      reportInvalid(node, shown, `should be ${than} ${numberText(schema.maximum)}`);
    }
  }
  if (schema.multipleOf !== undefined && !isMultiple(value, schema.multipleOf)) {
    reportInvalid(node, shown, `should be a multiple of ${numberText(schema.multipleOf)}`);
  }
}

function isMultiple(value: RegoNumber, factor: RegoNumber): boolean {
  const quotient = Number(numberText(value)) / Number(numberText(factor));
  return Number.isInteger(quotient);
}

function checkList(node: Node, list: readonly Value[]): void {
  const { schema } = node;
  if (schema.items) {
    const items = schema.items;
    list.forEach((value, index) =>
      validate({ ...node, value, schema: items, path: `${node.path}[${index}]` }),
    );
  }
  if (schema.maxItems !== undefined && list.length > schema.maxItems) {
    report(node, `Too many: ${list.length}: must have at most ${schema.maxItems} items`);
  }
  if (schema.minItems !== undefined && list.length < schema.minItems) {
    reportInvalid(node, String(list.length), `should have at least ${schema.minItems} items`);
  }
  if (schema.listType === "set" || schema.listType === "map") checkDistinct(node, list);
}

/** `x-kubernetes-list-type: set` and `map`: no element, and no combination of keys, twice. */
function checkDistinct(node: Node, list: readonly Value[]): void {
  const { schema } = node;
  const seen = new Set<string>();
  list.forEach((item, index) => {
    const key = schema.listType === "set" ? writeJson(item) : mapKey(item, schema.listMapKeys);
    if (seen.has(key)) report(node, `Duplicate value: ${key}`, `${node.path}[${index}]`);
    seen.add(key);
  });
}

function mapKey(item: Value, keys: readonly string[]): string {
  if (!isPlainObject(item)) return writeJson(item);
  return writeJson(
    Object.fromEntries(
      keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key] as Value]),
    ),
  );
}

function checkObject(node: Node, object: { readonly [key: string]: Value }): void {
  const { schema } = node;
  const keys = Object.keys(object).sort(compareText);
  const below = (key: string): string => (node.path === "" ? key : `${node.path}.${key}`);
  if (schema.maxProperties !== undefined && keys.length > schema.maxProperties) {
    report(node, `Too many: ${keys.length}: must have at most ${schema.maxProperties} items`);
  }
  if (schema.minProperties !== undefined && keys.length < schema.minProperties) {
    reportInvalid(node, String(keys.length), `should have at least ${schema.minProperties} properties`);
  }
  for (const key of schema.required) {
    if (!Object.hasOwn(object, key)) report(node, "Required value", below(key));
  }
  for (const key of keys) {
    const value = object[key] as Value;
    const property = schema.properties?.get(key);
    const additional = schema.additionalProperties;
    if (property) validate({ ...node, value, schema: property, path: below(key) });
    else if (typeof additional === "object")
      validate({ ...node, value, schema: additional, path: below(key) });
  }
}

/** allOf, anyOf, oneOf, not. */
function checkLogic(node: Node): void {
  const { schema } = node;
  const faults = (branch: Schema): readonly string[] => {
    const errors: string[] = [];
    validate({ ...node, schema: branch, errors });
    return errors;
  };
  for (const branch of schema.allOf) node.errors.push(...faults(branch));
  if (schema.anyOf.length > 0 && !schema.anyOf.some((branch) => faults(branch).length === 0)) {
    reportLogic(node, `${quotedPath(node)} must validate at least one schema (anyOf)`);
  }
  if (schema.oneOf.length > 0) {
    const valid = schema.oneOf.filter((branch) => faults(branch).length === 0).length;
    if (valid !== 1) {
      const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
      reportLogic(node, `${quotedPath(node)} must validate one and only one schema (oneOf). ${found}`);
    }
  }
  if (schema.not && faults(schema.not).length === 0) {
    reportLogic(node, `${quotedPath(node)} must not validate the schema (not)`);
  }
}

function reportLogic(node: Node, text: string): void {
  node.errors.push(`${node.prefix ?? "[]"}: Invalid value: "": ${text}`);
}

function quotedPath(node: Node): string {
  return JSON.stringify(node.path);
}
