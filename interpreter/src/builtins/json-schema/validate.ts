import { isArray, isNumber, isObject } from "../../value/kind.ts";
import { compareNumbers, decimalParts, numberText } from "../../value/number.ts";
import { getOwn, sortedKeys } from "../../value/plain-object.ts";
import { textLength } from "../../value/text.ts";
import type { PlainObject, RegoNumber, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext } from "../builtin.ts";
import { formatFloat } from "../go/strconv.ts";
import { canonicalJson } from "./canonical.ts";
import { matchesFormat } from "./formats.ts";
import type { Schema } from "./schema.ts";

/** One way in which a document does not fit, as `json.match_schema` reports it. */
export interface Mismatch {
  readonly type: string;
  readonly field: string;
  readonly desc: string;
}

/** Everything that is wrong with a document; object members are looked at in the order of their keys. */
export function validateDocument(
  schema: Schema,
  document: Value,
  context: BuiltinContext,
): readonly Mismatch[] {
  const result = new Result();
  new Validator(context).validate(schema, document, "(Root)", result);
  return result.errors;
}

const MAX_DEPTH = 1_500;

/** Mismatches, and a score of how well the document fits: the best of several alternatives explains itself. */
class Result {
  readonly errors: Mismatch[] = [];
  score = 0;

  get valid(): boolean {
    return this.errors.length === 0;
  }

  add(type: string, path: string, describe: string | ((field: string) => string)): void {
    const field = path.startsWith("(Root).") ? path.slice(7) : path;
    this.errors.push({ type, field, desc: typeof describe === "string" ? describe : describe(field) });
    this.score -= 2;
  }

  merge(other: Result): void {
    for (const error of other.errors) this.errors.push(error);
    this.score += other.score;
  }
}

class Validator {
  readonly #context: BuiltinContext;
  #depth = 0;

  constructor(context: BuiltinContext) {
    this.#context = context;
  }

  validate(schema: Schema, value: Value, path: string, result: Result): void {
    this.#context.charge(1);
    if (++this.#depth > MAX_DEPTH) throw new BuiltinError("document or schema is nested too deeply");
    this.#validate(schema, value, path, result);
    this.#depth--;
  }

  #validate(schema: Schema, value: Value, path: string, result: Result): void {
    if (schema.pass !== undefined) {
      if (!schema.pass) result.add("false", path, "False always fails validation");
      return;
    }
    if (schema.target) {
      this.validate(schema.target, value, path, result);
      return;
    }
    const type = typeOf(value);
    if (schema.types.length > 0 && !hasType(schema.types, type)) {
      const expected = schema.types.length > 1 ? `[${schema.types.join(",")}]` : (schema.types[0] as string);
      result.add("invalid_type", path, `Invalid type. Expected: ${expected}, given: ${type}`);
      return;
    }
    this.#combinations(schema, value, path, result);
    if (isArray(value)) this.#array(schema, value, path, result);
    else if (isObject(value)) this.#object(schema, value as PlainObject, path, result);
    else if (isNumber(value)) numberLimits(schema, value, path, result);
    this.#common(schema, value, path, result);
    if (typeof value === "string") this.#string(schema, value, path, result);
    if (isObject(value)) this.#properties(schema, value as PlainObject, path, result);
    result.score++;
  }

  #try(schema: Schema, value: Value, path: string): Result {
    const result = new Result();
    this.validate(schema, value, path, result);
    return result;
  }

  #combinations(schema: Schema, value: Value, path: string, result: Result): void {
    this.#anyOf(schema, value, path, result);
    this.#oneOf(schema, value, path, result);
    if (schema.allOf.length > 0) {
      let valid = true;
      for (const part of schema.allOf) {
        const attempt = this.#try(part, value, path);
        valid &&= attempt.valid;
        result.merge(attempt);
      }
      if (!valid) result.add("number_all_of", path, "Must validate all the schemas (allOf)");
    }
    if (schema.not && this.#try(schema.not, value, path).valid) {
      result.add("number_not", path, "Must not validate the schema (not)");
    }
    if (isObject(value)) this.#dependencies(schema, value as PlainObject, path, result);
    this.#condition(schema, value, path, result);
    result.score++;
  }

  #anyOf(schema: Schema, value: Value, path: string, result: Result): void {
    if (schema.anyOf.length === 0) return;
    let best: Result | undefined;
    for (const part of schema.anyOf) {
      const attempt = this.#try(part, value, path);
      if (attempt.valid) return;
      if (!best || attempt.score > best.score) best = attempt;
    }
    result.add("number_any_of", path, "Must validate at least one schema (anyOf)");
    if (best) result.merge(best);
  }

  #oneOf(schema: Schema, value: Value, path: string, result: Result): void {
    if (schema.oneOf.length === 0) return;
    let valid = 0;
    let best: Result | undefined;
    for (const part of schema.oneOf) {
      const attempt = this.#try(part, value, path);
      if (attempt.valid) valid++;
      else if (valid === 0 && (!best || attempt.score > best.score)) best = attempt;
    }
    if (valid === 1) return;
    result.add("number_one_of", path, "Must validate one and only one schema (oneOf)");
    if (valid === 0 && best) result.merge(best);
  }

  #dependencies(schema: Schema, value: PlainObject, path: string, result: Result): void {
    if (schema.dependencies.size === 0) return;
    for (const key of sortedKeys(value)) {
      const dependency = schema.dependencies.get(key);
      if (!dependency) continue;
      if (!Array.isArray(dependency)) this.validate(dependency as Schema, value, path, result);
      else {
        for (const needed of dependency as readonly string[]) {
          if (!Object.hasOwn(value, needed)) {
            result.add("missing_dependency", path, `Has a dependency on ${needed}`);
          }
        }
      }
    }
  }

  #condition(schema: Schema, value: Value, path: string, result: Result): void {
    if (!schema.if) return;
    const holds = this.#try(schema.if, value, path).valid;
    const branch = holds ? schema.then : schema.else;
    if (!branch) return;
    const attempt = this.#try(branch, value, path);
    if (attempt.valid) return;
    if (holds) result.add("condition_then", path, 'Must validate "then" as "if" was valid');
    else result.add("condition_else", path, 'Must validate "else" as "if" was not valid');
    result.merge(attempt);
  }

  #common(schema: Schema, value: Value, path: string, result: Result): void {
    if (schema.constant !== undefined && this.#json(value) !== schema.constant) {
      result.add("const", path, (field) => `${field} does not match: ${schema.constant}`);
    }
    if (schema.enumeration && !schema.enumeration.includes(this.#json(value))) {
      const allowed = schema.enumeration.join(", ");
      result.add("enum", path, (field) => `${field} must be one of the following: ${allowed}`);
    }
    if (schema.format !== undefined && typeof value === "string" && !matchesFormat(schema.format, value)) {
      result.add("format", path, `Does not match format '${schema.format}'`);
    }
    result.score++;
  }

  #json(value: Value): string {
    const json = canonicalJson(value);
    this.#context.charge(json.length >> 5);
    return json;
  }

  #array(schema: Schema, value: readonly Value[], path: string, result: Result): void {
    const { items, additionalItems, minItems, maxItems } = schema;
    const check = (part: Schema, i: number): void => {
      result.merge(this.#try(part, value[i] as Value, `${path}.${i}`));
    };
    if (items && !Array.isArray(items)) for (let i = 0; i < value.length; i++) check(items as Schema, i);
    else if (items) {
      const places = items as readonly Schema[];
      for (let i = 0; i < places.length && i < value.length; i++) check(places[i] as Schema, i);
      if (places.length > 0 && places.length < value.length) {
        if (additionalItems === false) {
          result.add("array_no_additional_items", path, "No additional items allowed on array");
        } else if (typeof additionalItems === "object") {
          for (let i = places.length; i < value.length; i++) check(additionalItems, i);
        }
      }
    }
    if (minItems !== undefined && value.length < minItems) {
      result.add("array_min_items", path, `Array must have at least ${minItems} items`);
    }
    if (maxItems !== undefined && value.length > maxItems) {
      result.add("array_max_items", path, `Array must have at most ${maxItems} items`);
    }
    if (schema.uniqueItems) this.#uniqueItems(value, path, result);
    if (schema.contains) this.#contains(schema.contains, value, path, result);
    result.score++;
  }

  #uniqueItems(value: readonly Value[], path: string, result: Result): void {
    const places = new Map<string, number>();
    value.forEach((item, j) => {
      const json = this.#json(item);
      const i = places.get(json);
      if (i !== undefined) result.add("unique", path, `array items[${i},${j}] must be unique`);
      places.set(json, j);
    });
  }

  #contains(schema: Schema, value: readonly Value[], path: string, result: Result): void {
    let best: Result | undefined;
    for (const [i, item] of value.entries()) {
      const attempt = this.#try(schema, item, `${path}.${i}`);
      if (attempt.valid) return;
      if (!best || attempt.score > best.score) best = attempt;
    }
    result.add("contains", path, "At least one of the items must match");
    if (best) result.merge(best);
  }

  #object(schema: Schema, value: PlainObject, path: string, result: Result): void {
    const keys = sortedKeys(value);
    const { minProperties, maxProperties } = schema;
    if (minProperties !== undefined && keys.length < minProperties) {
      result.add("array_min_properties", path, `Must have at least ${minProperties} properties`);
    }
    if (maxProperties !== undefined && keys.length > maxProperties) {
      result.add("array_max_properties", path, `Must have at most ${maxProperties} properties`);
    }
    for (const name of schema.required) {
      if (Object.hasOwn(value, name)) result.score++;
      else result.add("required", path, `${name} is required`);
    }
    for (const key of keys) this.#member(schema, key, value[key] as Value, path, result);
    if (schema.propertyNames) {
      for (const key of keys) {
        const attempt = this.#try(schema.propertyNames, key, path);
        if (attempt.valid) continue;
        result.add("invalid_property_name", path, `Property name of "${key}" does not match`);
        result.merge(attempt);
      }
    }
    result.score++;
  }

  #member(schema: Schema, key: string, value: Value, path: string, result: Result): void {
    let matched = false;
    for (const pattern of schema.patternProperties) {
      this.#context.charge(1);
      if (!pattern.regex.test(key)) continue;
      matched = true;
      result.merge(this.#try(pattern.schema, value, `${path}.${key}`));
    }
    if (matched) result.score++;
    if (matched || schema.properties.has(key)) return;
    const additional = schema.additionalProperties;
    if (additional === false) {
      result.add("additional_property_not_allowed", path, `Additional property ${key} is not allowed`);
    } else if (typeof additional === "object") result.merge(this.#try(additional, value, `${path}.${key}`));
  }

  #properties(schema: Schema, value: PlainObject, path: string, result: Result): void {
    for (const [key, property] of schema.properties) {
      const member = getOwn(value, key);
      if (member !== undefined) this.validate(property, member, `${path}.${key}`, result);
    }
  }

  #string(schema: Schema, value: string, path: string, result: Result): void {
    const { minLength, maxLength, pattern } = schema;
    if (minLength !== undefined && textLength(value) < minLength) {
      result.add("string_gte", path, `String length must be greater than or equal to ${minLength}`);
    }
    if (maxLength !== undefined && textLength(value) > maxLength) {
      result.add("string_lte", path, `String length must be less than or equal to ${maxLength}`);
    }
    if (pattern) {
      this.#context.charge(value.length >> 6);
      if (!pattern.regex.test(value)) result.add("pattern", path, `Does not match pattern '${pattern.text}'`);
    }
    result.score++;
  }
}

function typeOf(value: Value): string {
  if (value === null) return "null";
  if (isNumber(value)) return decimalParts(value).exponent >= 0 ? "integer" : "number";
  if (isArray(value)) return "array";
  return typeof value;
}

function hasType(types: readonly string[], type: string): boolean {
  return types.includes(type) || (type === "integer" && types.includes("number"));
}

function numberLimits(schema: Schema, value: RegoNumber, path: string, result: Result): void {
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    result.add("multiple_of", path, `Must be a multiple of ${limitText(multipleOf)}`);
  }
  if (maximum !== undefined && compareNumbers(value, maximum) > 0) {
    result.add("number_lte", path, `Must be less than or equal to ${limitText(maximum)}`);
  }
  if (exclusiveMaximum !== undefined && compareNumbers(value, exclusiveMaximum) >= 0) {
    result.add("number_lt", path, `Must be less than ${limitText(exclusiveMaximum)}`);
  }
  if (minimum !== undefined && compareNumbers(value, minimum) < 0) {
    result.add("number_gte", path, `Must be greater than or equal to ${limitText(minimum)}`);
  }
  if (exclusiveMinimum !== undefined && compareNumbers(value, exclusiveMinimum) <= 0) {
    result.add("number_gt", path, `Must be greater than ${limitText(exclusiveMinimum)}`);
  }
  result.score++;
}

/** A limit as Go prints a float: the fewest digits, `1e+06` from a million on. */
function limitText(limit: RegoNumber): string {
  return formatFloat(Number(numberText(limit)), "g", -1);
}

/** Exact, without writing out the zeros of a large exponent. */
function isMultiple(value: RegoNumber, unit: RegoNumber): boolean {
  const a = decimalParts(value);
  const b = decimalParts(unit);
  if (a.coefficient === 0n) return true;
  const shift = a.exponent - b.exponent;
  if (shift >= 0) return (a.coefficient * powerOfTen(shift, b.coefficient)) % b.coefficient === 0n;
  // The coefficient has no trailing zeros, so a shift longer than itself cannot divide it.
  if (-shift > String(a.coefficient).length) return false;
  return a.coefficient % (b.coefficient * 10n ** BigInt(-shift)) === 0n;
}

function powerOfTen(exponent: number, modulus: bigint): bigint {
  let result = 1n % modulus;
  let base = 10n % modulus;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
