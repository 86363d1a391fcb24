import { isNumber, numberText } from "@portcullis/interpreter";
import type { PlainObject, RegoNumber, Value } from "@portcullis/interpreter";
import { isPlainObject } from "./object-meta.ts";

/** The JSON that a field of a Kubernetes type may hold. `name` is the type's name in messages. Null always is "nothing given". */
export type Shape =
  | { readonly kind: "text" | "flag" | "integer" | "number" | "object"; readonly name: string }
  | { readonly kind: "list" | "map"; readonly name: string; readonly of: Shape }
  /** Fields that the table does not list may hold anything. */
  | { readonly kind: "struct"; readonly name: string; readonly fields: () => Fields }
  /** What reads itself: an object of it has a shape; `refusal` is the text for all else, where not everything is taken. */
  | { readonly kind: "own"; readonly name: string; readonly object: Shape; readonly refusal: Refusal };

export type Fields = Readonly<Record<string, Shape>>;
export type Refusal = (value: Value) => string | undefined;

export const TEXT: Shape = { kind: "text", name: "string" };
export const FLAG: Shape = { kind: "flag", name: "bool" };
export const INTEGER: Shape = { kind: "integer", name: "int64" };
export const NUMBER: Shape = { kind: "number", name: "float64" };

export const OBJECT: Shape = { kind: "object", name: "map[string]interface {}" };

export function named(name: string): Shape {
  return { kind: "text", name };
}

export function listOf(of: Shape, name = `[]${of.name}`): Shape {
  return { kind: "list", name, of };
}

export function mapOf(of: Shape, name = `map[string]${of.name}`): Shape {
  return { kind: "map", name, of };
}

/** A type that holds itself gives its fields by a function. */
export function struct(name: string, fields: Fields | (() => Fields)): Shape {
  return { kind: "struct", name, fields: typeof fields === "function" ? fields : () => fields };
}

/**
 * The first value of an object, in the order it was written, that its type cannot hold, in the words of Go's JSON decoder:
 * `json: cannot unmarshal string into Go struct field Names.spec.crd.spec.names.shortNames of type []string`.
 */
export function shapeFault(value: Value, shape: Shape): string | undefined {
  return faultIn(value, shape, { struct: "", path: "", depth: 0 });
}

/** Only schemas hold themselves; those who read them refuse what is nested half as deep. */
const MAX_DEPTH = 1_000;

/** The innermost struct and the fields on the way to the value; places in lists and keys of maps are no part of it. */
interface Place {
  readonly struct: string;
  readonly path: string;
  readonly depth: number;
}

function faultIn(value: Value, shape: Shape, place: Place): string | undefined {
  if (value === null || place.depth > MAX_DEPTH) return undefined;
  switch (shape.kind) {
    case "list":
      return Array.isArray(value)
        ? first(value as readonly Value[], (item) => faultIn(item, shape.of, place))
        : mismatch(value, shape, place);
    case "map":
      return isPlainObject(value)
        ? first(Object.values(value), (item) => faultIn(item, shape.of, place))
        : mismatch(value, shape, place);
    case "struct":
      return isPlainObject(value) ? fieldFault(value, shape, place) : mismatch(value, shape, place);
    case "own":
      return isPlainObject(value) ? faultIn(value, shape.object, place) : shape.refusal(value);
    default:
      return HOLDS[shape.kind](value) ? undefined : mismatch(value, shape, place);
  }
}

function fieldFault(
  object: PlainObject,
  shape: Shape & { readonly kind: "struct" },
  place: Place,
): string | undefined {
  const fields = shape.fields();
  const name = shape.name.slice(shape.name.lastIndexOf(".") + 1);
  return first(Object.keys(object), (key) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!field) return undefined;
    const path = place.path === "" ? key : `${place.path}.${key}`;
    return faultIn(object[key] as Value, field, { struct: name, path, depth: place.depth + 1 });
  });
}

function first<T>(items: readonly T[], fault: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = fault(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const HOLDS = {
  text: (value: Value) => typeof value === "string",
  flag: (value: Value) => typeof value === "boolean",
  number: (value: Value) => isNumber(value),
  object: (value: Value) => isPlainObject(value),
  integer: (value: Value) => isNumber(value) && isInt64(value),
};

function isInt64(value: RegoNumber): boolean {
  const text = numberText(value);
  if (!/^-?\d{1,19}$/.test(text)) return false;
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function mismatch(value: Value, shape: Shape, { struct: owner, path }: Place): string {
  const field = path === "" ? "value" : `struct field ${owner}.${path}`;
  return `json: cannot unmarshal ${jsonKind(value, shape)} into Go ${field} of type ${shape.name}`;
}

/** What Go's decoder calls a JSON value; a number that does not fit is told with its digits. */
function jsonKind(value: Value, shape: Shape): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isNumber(value)) return shape.kind === "integer" ? `number ${numberText(value)}` : "number";
  return Array.isArray(value) ? "array" : "object";
}
