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
import type { FieldPath } from "../kubernetes/field-path.ts";
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

/** The order is the API server's: type, logic, text, number, list, enumeration, object. */
function validate(node: Node): void {
  const { value, schema } = node;
  if (value === null && schema.nullable) return;
  checkType(node);
  checkLogic(node);
  if (typeof value === "string") checkText(node, value);
  else if (isNumber(value)) checkNumber(node, value);
  else if (Array.isArray(value)) checkList(node, value);
  checkEnum(node);
  if (isPlainObject(value)) checkObject(node, value);
}

function report(node: Node, text: string, path = node.path): void {
  const below = path === "" ? "" : `.${path}`;
  node.errors.push(`${node.prefix ?? "[]"}${below}: ${text}`);
}

/** `Invalid value: X: path in body …` */
function reportInvalid(node: Node, shown: string, text: string): void {
  report(node, `Invalid value: ${shown}: ${node.path} in body ${text}`);
}

function checkType(node: Node): void {
  const { value, schema } = node;
  const wanted = schema.intOrString ? ["integer", "string"] : schema.type === "" ? [] : [schema.type];
  const actual = typeName(value);
  if (wanted.length === 0 || wanted.includes(actual)) return;
  if (wanted.includes("number") && actual === "integer") return;
  // Objects come to the API server's check through floats; only defaults of a schema still are integers.
  const told = actual === "integer" && node.prefix === undefined ? "number" : actual;
  reportInvalid(node, `"${told}"`, `must be of type ${wanted.join(",")}: "${told}"`);
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
  const supported = schema.enum.map(quoted).join(", ");
  report(node, `Unsupported value: ${writeJson(value)}: supported values: ${supported}`);
}

/** Texts and all else in quotes. */
function quoted(value: Value): string {
  return JSON.stringify(typeof value === "string" ? value : writeJson(value));
}

/** The first of length and pattern that is wrong; the format by itself. */
function checkText(node: Node, value: string): void {
  const { schema } = node;
  const length = textLength(value);
  const shown = JSON.stringify(value);
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    report(node, `Too long: may not be more than ${schema.maxLength} bytes`);
  } else if (schema.minLength !== undefined && length < schema.minLength) {
    reportInvalid(node, shown, `should be at least ${schema.minLength} chars long`);
  } else if (schema.pattern !== "" && !patternOf(schema).test(value)) {
    reportInvalid(node, shown, `should match '${schema.pattern}'`);
  }
  if (schema.format !== "" && !hasFormat(value, schema.format)) {
    reportInvalid(node, shown, `must be of type ${schema.format}: ${shown}`);
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
  if (schema.type === "integer" && !isInRange(value, schema.format)) {
    const format = schema.format === "" ? "(default format)" : `with format ${schema.format}`;
    reportWhole(node, `Checked value must be of type integer ${format} in ${node.path}`);
  }
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

/** Whether an integer has room in its format; without a known one there are 64 bits. */
function isInRange(value: RegoNumber, format: string): boolean {
  if (!isInteger(value)) return false;
  const [bits, signed] = INTEGER_FORMATS.get(format) ?? [64, true];
  // Nothing is computed with the digits of a number that is far too large.
  if (Math.abs(Number(numberText(value))) > 2 ** 65) return false;
  const integer =
    typeof value === "number" ? BigInt(value) : value.parts.coefficient * 10n ** BigInt(value.parts.exponent);
  return (signed ? BigInt.asIntN(bits, integer) : BigInt.asUintN(bits, integer)) === integer;
}

const INTEGER_FORMATS: ReadonlyMap<string, readonly [bits: number, signed: boolean]> = new Map([
  ["int32", [32, true]],
  ["uint32", [32, false]],
  ["uint64", [64, false]],
]);

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

/** allOf, anyOf, oneOf, not. Where no branch holds, the faults of the first are told with it. */
function checkLogic(node: Node): void {
  const { schema } = node;
  const faults = (branch: Schema): readonly string[] => {
    const errors: string[] = [];
    validate({ ...node, schema: branch, errors });
    return errors;
  };
  const path = JSON.stringify(node.path);
  if (schema.anyOf.length > 0 && !schema.anyOf.some((branch) => faults(branch).length === 0)) {
    reportWhole(node, `${path} must validate at least one schema (anyOf)`);
    node.errors.push(...faults(schema.anyOf[0] as Schema));
  }
  if (schema.oneOf.length > 0) {
    const valid = schema.oneOf.filter((branch) => faults(branch).length === 0).length;
    if (valid !== 1) {
      const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
      reportWhole(node, `${path} must validate one and only one schema (oneOf). ${found}`);
      if (valid === 0) node.errors.push(...faults(schema.oneOf[0] as Schema));
    }
  }
  const failed = schema.allOf.map(faults).filter((errors) => errors.length > 0);
  if (failed.length > 0) {
    node.errors.push(...failed.flat());
    reportWhole(node, `${path} must validate all the schemas (allOf)`);
  }
  if (schema.not && faults(schema.not).length === 0) {
    reportWhole(node, `${path} must not validate the schema (not)`);
  }
}

/** A fault that the API server cannot place. */
function reportWhole(node: Node, text: string): void {
  node.errors.push(`${node.prefix ?? "[]"}: Invalid value: "": ${text}`);
}
