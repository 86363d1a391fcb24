import { regexFor } from "../../regex/cache.ts";
import type { Regex } from "../../regex/regex.ts";
import { RegexSyntaxError } from "../../regex/regex.ts";
import { isArray, isNumber, isObject } from "../../value/kind.ts";
import { compareNumbers, numberText } from "../../value/number.ts";
import { getOwn, sortedKeys } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext } from "../builtin.ts";
import { canonicalJson } from "./canonical.ts";
import { ReferencePool, draftOf } from "./references.ts";
import type { Draft } from "./references.ts";
import { emptySchema } from "./schema.ts";
import type { Schema } from "./schema.ts";

/** Compiles a schema of draft 4, 6 or 7. Throws {@link BuiltinError} with gojsonschema's texts. */
export function compileSchema(document: Value, context: BuiltinContext): Schema {
  const pool = new ReferencePool(document, (units) => context.charge(units));
  return new Compiler(pool, context).schema(document, draftOf(document) ?? "hybrid");
}

const TYPES = ["array", "boolean", "integer", "number", "null", "object", "string"];

const MAX_DEPTH = 700;

class Compiler {
  readonly #pool: ReferencePool;
  readonly #context: BuiltinContext;
  readonly #targets = new Map<string, Schema>();
  #depth = 0;

  constructor(pool: ReferencePool, context: BuiltinContext) {
    this.#pool = pool;
    this.#context = context;
  }

  schema(document: Value, draft: Draft, into: Schema = emptySchema()): Schema {
    this.#context.charge(1);
    if (++this.#depth > MAX_DEPTH) throw new BuiltinError("schema is nested too deeply");
    if (typeof document === "boolean" && draft !== 4) into.pass = document;
    else if (isObject(document)) this.#keywords(document as PlainObject, draft, into);
    else throw new BuiltinError("Expected: Valid Schema, given: Invalid JSON");
    this.#depth--;
    return into;
  }

  #keywords(node: PlainObject, draft: Draft, into: Schema): void {
    const usesId = draft === 4 || (draft === "hybrid" && Object.hasOwn(node, "id"));
    text(node, usesId ? "id" : "$id");
    const definitions = getOwn(node, "definitions");
    if (definitions !== undefined) {
      if (!isObject(definitions)) throw invalidType("Array Of Schemas", "definitions");
      for (const [, definition] of members(definitions)) {
        if (!isSchema(definition)) throw invalidType("Array Of Schemas", "definitions");
        this.schema(definition, draft);
      }
    }
    text(node, "title");
    text(node, "description");
    const reference = text(node, "$ref");
    if (reference !== undefined) {
      into.target = this.#reference(this.#pool.absolute(node, reference));
      return;
    }
    this.#types(node, into);
    this.#objectKeywords(node, draft, into);
    this.#arrayKeywords(node, draft, into);
    numberKeywords(node, draft, into);
    this.#stringKeywords(node, into);
    sizeKeywords(node, into);
    if (draft !== 4 && Object.hasOwn(node, "contains"))
      into.contains = this.schema(node["contains"] as Value, draft);
    if (draft !== 4 && Object.hasOwn(node, "const")) into.constant = canonicalJson(node["const"] as Value);
    enumeration(node, into);
    into.oneOf = list(node, "oneOf").map((part) => this.schema(part, draft));
    into.anyOf = list(node, "anyOf").map((part) => this.schema(part, draft));
    into.allOf = list(node, "allOf").map((part) => this.schema(part, draft));
    this.#part(node, "not", draft, into);
    if (draft === 7 || draft === "hybrid") {
      for (const key of ["if", "then", "else"] as const) this.#part(node, key, draft, into);
    }
  }

  #part(node: PlainObject, key: "not" | "if" | "then" | "else", draft: Draft, into: Schema): void {
    const part = getOwn(node, key);
    if (part === undefined) return;
    if (!isSchema(part)) throw new BuiltinError(`${key} must be of an object`);
    into[key] = this.schema(part, draft);
  }

  #reference(reference: string): Schema {
    const known = this.#targets.get(reference);
    if (known) return known;
    const target = emptySchema();
    this.#targets.set(reference, target);
    const { document, draft } = this.#pool.get(reference);
    if (!isSchema(document)) throw new BuiltinError("Valid Schema must be of type object");
    return this.schema(document, draft ?? "hybrid", target);
  }

  #types(node: PlainObject, into: Schema): void {
    const type = getOwn(node, "type");
    if (type === undefined) return;
    const wrong = invalidType("type", "string/Array Of Strings");
    if (typeof type !== "string" && !isArray(type)) throw wrong;
    for (const name of typeof type === "string" ? [type] : type) {
      if (typeof name !== "string") throw wrong;
      if (!TYPES.includes(name)) {
        throw new BuiltinError(
          `has a primitive type that is NOT VALID -- given: /${name}/ Expected valid values are:[${TYPES.join(" ")}]`,
        );
      }
      if (into.types.includes(name)) throw new BuiltinError(`${name} type is duplicated`);
      into.types.push(name);
    }
  }

  #objectKeywords(node: PlainObject, draft: Draft, into: Schema): void {
    const properties = getOwn(node, "properties");
    if (properties !== undefined) {
      if (!isObject(properties)) throw new BuiltinError("Properties must be of type object");
      for (const [key, property] of members(properties))
        into.properties.set(key, this.schema(property, draft));
    }
    const additional = this.#booleanOrSchema(node, "additionalProperties", draft);
    if (additional !== undefined) into.additionalProperties = additional;
    const patterns = getOwn(node, "patternProperties");
    if (patterns !== undefined) {
      if (!isObject(patterns)) throw invalidType("Valid Schema", "patternProperties");
      for (const [pattern, property] of members(patterns)) {
        const regex = this.#regex(pattern, `Invalid regex pattern '${pattern}'`);
        into.patternProperties.push({ regex, schema: this.schema(property, draft) });
      }
    }
    const names = getOwn(node, "propertyNames");
    if (names !== undefined && draft !== 4) {
      if (!isSchema(names)) throw invalidType("Valid Schema", "patternProperties");
      into.propertyNames = this.schema(names, draft);
    }
    this.#dependencies(node, draft, into);
  }

  #dependencies(node: PlainObject, draft: Draft, into: Schema): void {
    const dependencies = getOwn(node, "dependencies");
    if (dependencies === undefined) return;
    if (!isObject(dependencies)) throw new BuiltinError("dependencies must be of type object");
    const wrong = new BuiltinError("Dependency must be of type Schema Or Array Of Strings");
    for (const [key, dependency] of members(dependencies)) {
      if (isSchema(dependency)) into.dependencies.set(key, this.schema(dependency, draft));
      else if (isArray(dependency) && dependency.every((name) => typeof name === "string")) {
        into.dependencies.set(key, dependency);
      } else throw wrong;
    }
  }

  #arrayKeywords(node: PlainObject, draft: Draft, into: Schema): void {
    const items = getOwn(node, "items");
    if (items !== undefined) {
      const wrong = invalidType("Valid Schema/Array Of Schemas", "items");
      if (isArray(items)) {
        into.items = items.map((item) => {
          if (!isSchema(item)) throw wrong;
          return this.schema(item, draft);
        });
      } else if (isSchema(items)) into.items = this.schema(items, draft);
      else throw wrong;
    }
    const additional = this.#booleanOrSchema(node, "additionalItems", draft);
    if (additional !== undefined) into.additionalItems = additional;
  }

  #booleanOrSchema(node: PlainObject, key: string, draft: Draft): boolean | Schema | undefined {
    const value = getOwn(node, key);
    if (value === undefined || typeof value === "boolean") return value;
    if (!isObject(value)) throw invalidType("boolean/Valid Schema", key);
    return this.schema(value, draft);
  }

  #stringKeywords(node: PlainObject, into: Schema): void {
    bounds(node, into, "minLength", "maxLength");
    const pattern = text(node, "pattern");
    if (pattern !== undefined) {
      into.pattern = { text: pattern, regex: this.#regex(pattern, "pattern must be a valid regex") };
    }
    const format = text(node, "format");
    if (format !== undefined) into.format = format;
  }

  #regex(pattern: string, problem: string): Regex {
    this.#context.charge(1 + (pattern.length >> 3));
    try {
      return regexFor(pattern);
    } catch (error) {
      if (error instanceof RegexSyntaxError) throw new BuiltinError(problem);
      throw error;
    }
  }
}

function numberKeywords(node: PlainObject, draft: Draft, into: Schema): void {
  const multipleOf = getOwn(node, "multipleOf");
  if (multipleOf !== undefined) {
    if (!isNumber(multipleOf)) throw invalidType("Number", "multipleOf");
    if (compareNumbers(multipleOf, 0) <= 0)
      throw new BuiltinError("multipleOf must be strictly greater than 0");
    into.multipleOf = multipleOf;
  }
  limit(node, draft, into, "minimum", "exclusiveMinimum");
  limit(node, draft, into, "maximum", "exclusiveMaximum");
}

/** In draft 4 the exclusive form is a flag beside the limit, later a limit of its own. */
function limit(
  node: PlainObject,
  draft: Draft,
  into: Schema,
  key: "minimum" | "maximum",
  exclusiveKey: "exclusiveMinimum" | "exclusiveMaximum",
): void {
  const value = getOwn(node, key);
  if (value !== undefined) {
    if (!isNumber(value)) throw new BuiltinError(`${key} must be of a Number`);
    into[key] = value;
  }
  const exclusive = getOwn(node, exclusiveKey);
  if (exclusive === undefined) return;
  if (isNumber(exclusive) && draft !== 4) {
    into[exclusiveKey] = exclusive;
    return;
  }
  if (typeof exclusive !== "boolean" || draft === 6 || draft === 7) {
    const wanted = draft === 4 ? "boolean" : draft === "hybrid" ? "boolean/number" : "number";
    throw invalidType(wanted, exclusiveKey);
  }
  if (value === undefined) throw new BuiltinError(`${exclusiveKey} cannot be used without ${key}`);
  if (!exclusive) return;
  into[exclusiveKey] = value;
  delete into[key];
}

function sizeKeywords(node: PlainObject, into: Schema): void {
  bounds(node, into, "minProperties", "maxProperties");
  for (const name of list(node, "required")) {
    if (typeof name !== "string") throw invalidType("string", "required");
    if (into.required.includes(name)) throw new BuiltinError("required items must be unique");
    into.required.push(name);
  }
  size(node, into, "minItems");
  size(node, into, "maxItems");
  const unique = getOwn(node, "uniqueItems");
  if (unique === undefined) return;
  if (typeof unique !== "boolean") throw new BuiltinError("uniqueItems must be of a boolean");
  into.uniqueItems = unique;
}

type SizeKey = "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" | "maxProperties";

function bounds(node: PlainObject, into: Schema, least: SizeKey, most: SizeKey): void {
  size(node, into, least);
  size(node, into, most);
  const low = into[least];
  const high = into[most];
  if (low !== undefined && high !== undefined && low > high) {
    throw new BuiltinError(`${least} cannot be greater than ${most}`);
  }
}

function size(node: PlainObject, into: Schema, key: SizeKey): void {
  const value = getOwn(node, key);
  if (value === undefined) return;
  if (!isNumber(value) || !/^-?\d{1,19}$/.test(numberText(value))) {
    throw new BuiltinError(`${key} must be of an integer`);
  }
  const number = Number(numberText(value));
  if (number < 0) throw new BuiltinError(`${key} must be greater than or equal to 0`);
  into[key] = number;
}

function enumeration(node: PlainObject, into: Schema): void {
  if (!Object.hasOwn(node, "enum")) return;
  const seen = new Set<string>();
  for (const value of list(node, "enum")) {
    const json = canonicalJson(value);
    if (seen.has(json)) throw new BuiltinError("enum items must be unique");
    seen.add(json);
  }
  into.enumeration = [...seen];
}

function isSchema(value: Value): boolean {
  return typeof value === "boolean" || isObject(value);
}

function members(object: Value): readonly (readonly [string, Value])[] {
  const plain = object as PlainObject;
  return sortedKeys(plain).map((key) => [key, plain[key] as Value] as const);
}

function text(node: PlainObject, key: string): string | undefined {
  const value = getOwn(node, key);
  if (value === undefined || typeof value === "string") return value;
  throw invalidType("string", key);
}

function list(node: PlainObject, key: string): readonly Value[] {
  const value = getOwn(node, key);
  if (value === undefined) return [];
  if (isArray(value)) return value;
  throw new BuiltinError(`${key} must be of an array`);
}

function invalidType(expected: string, given: string): BuiltinError {
  return new BuiltinError(`Invalid type. Expected: ${expected}, given: ${given}`);
}
