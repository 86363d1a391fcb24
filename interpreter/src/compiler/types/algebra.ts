import type { FunctionType, Type } from "../../value/type.ts";
import { numberText } from "../../value/number.ts";
import { compare } from "../../value/order.ts";
import { sharedWalk } from "./pair-memo.ts";
import { isArray, isNumber, isObject, isSet } from "../../value/kind.ts";
import { objectEntries } from "../../value/object.ts";
import type { Value } from "../../value/value.ts";

/**
 * What the checker infers. Unlike the types of capabilities, parts may be unknown (undefined): a var that
 * nothing has given a type yet.
 */
export type Inferred =
  | { readonly kind: "null" | "boolean" | "number" | "string" }
  | {
      readonly kind: "array";
      readonly items: readonly (Inferred | undefined)[];
      readonly rest: Inferred | undefined;
    }
  | { readonly kind: "object"; readonly fields: readonly Field[]; readonly rest: DynamicField | undefined }
  /** Without an element type: the empty set. */
  | { readonly kind: "set"; readonly of: Inferred | undefined }
  /** A union, in {@link compareTypes}' order; every value where it is empty. */
  | { readonly kind: "any"; readonly of: readonly Inferred[] }
  | FunctionInferred;

export interface Field {
  readonly key: Value;
  readonly value: Inferred | undefined;
}

export interface DynamicField {
  readonly key: Inferred | undefined;
  readonly value: Inferred | undefined;
}

export interface FunctionInferred {
  readonly kind: "function";
  readonly args: readonly (Inferred | undefined)[];
  readonly result: Inferred | undefined;
  readonly variadic: Inferred | undefined;
  /** Of a builtin: messages print its arg names. */
  readonly decl: FunctionType | undefined;
}

type Known = Inferred | undefined;
type ObjectInferred = Inferred & { readonly kind: "object" };

export const ANY: Inferred = { kind: "any", of: [] };
export const NULL: Inferred = { kind: "null" };
export const BOOLEAN: Inferred = { kind: "boolean" };
export const NUMBER: Inferred = { kind: "number" };
export const STRING: Inferred = { kind: "string" };

export function arrayType(items: readonly Known[], rest: Known): Inferred {
  return { kind: "array", items, rest };
}

export function setType(of: Known): Inferred {
  return { kind: "set", of };
}

/** Of several fields with one key the last one counts, as in the object itself. */
export function objectType(fields: readonly Field[], rest: DynamicField | undefined): ObjectInferred {
  const sorted = fields.toSorted((a, b) => compare(a.key, b.key));
  const distinct = sorted.filter((field, index) => {
    const next = sorted[index + 1];
    return !next || compare(field.key, next.key) !== 0;
  });
  return { kind: "object", fields: distinct, rest };
}

export function functionType(args: readonly Known[], result: Known): FunctionInferred {
  return { kind: "function", args, result, variadic: undefined, decl: undefined };
}

const DECLARED = new WeakMap<object, Inferred>();

/** The type a builtin declares. */
export function declaredType(type: Type): Inferred {
  const known = DECLARED.get(type);
  if (known) return known;
  const made = fromDeclaration(type);
  DECLARED.set(type, made);
  return made;
}

export function declaredFunction(decl: FunctionType): FunctionInferred {
  const known = DECLARED.get(decl);
  if (known) return known as FunctionInferred;
  const made: FunctionInferred = {
    kind: "function",
    args: decl.args.map(declaredType),
    result: decl.result && declaredType(decl.result),
    variadic: decl.variadic && declaredType(decl.variadic),
    decl,
  };
  DECLARED.set(decl, made);
  return made;
}

function fromDeclaration(type: Type): Inferred {
  switch (type.type) {
    case "any":
      return { kind: "any", of: (type.of ?? []).map(declaredType).sort(compareTypes) };
    case "array":
      return arrayType((type.static ?? []).map(declaredType), type.dynamic && declaredType(type.dynamic));
    case "set":
      return setType(declaredType(type.of));
    case "object": {
      const fields = (type.static ?? []).map(({ key, value }) => ({ key, value: declaredType(value) }));
      const rest = type.dynamic && {
        key: declaredType(type.dynamic.key),
        value: declaredType(type.dynamic.value),
      };
      return objectType(fields, rest);
    }
    default:
      return { kind: type.type };
  }
}

/** The type of a constant. */
export function typeOfValue(value: Value): Inferred {
  if (value === null) return NULL;
  if (typeof value === "boolean") return BOOLEAN;
  if (typeof value === "string") return STRING;
  if (isNumber(value)) return NUMBER;
  if (isArray(value)) return arrayType(value.map(typeOfValue), undefined);
  if (isSet(value)) return setType([...value].map(typeOfValue).reduce<Known>(either, undefined));
  if (!isObject(value)) return ANY;
  return objectType(
    objectEntries(value).map(([key, item]) => ({ key, value: typeOfValue(item) })),
    undefined,
  );
}

const ORDER = ["null", "boolean", "number", "string", "array", "object", "set", "any", "function"];

/** A total order; 0 for types of the same shape. What is unknown comes first. */
export function compareTypes(a: Known, b: Known): number {
  if (a === b) return 0;
  if (!a || !b) return a ? 1 : -1;
  if (a.kind !== b.kind) return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
  return isScalar(a) ? 0 : compareParts(a, b);
}

function isScalar(type: Inferred): boolean {
  return type.kind === "null" || type.kind === "boolean" || type.kind === "number" || type.kind === "string";
}

const compareParts = sharedWalk((left, right): number => {
  const a = left as Inferred;
  const b = right as Inferred;
  if (a.kind === "array" && b.kind === "array") {
    return compareTypes(a.rest, b.rest) || compareLists(a.items, b.items);
  }
  if (a.kind === "object" && b.kind === "object") return compareObjects(a, b);
  if (a.kind === "set" && b.kind === "set") return compareTypes(a.of, b.of);
  if (a.kind === "any" && b.kind === "any") return compareLists(a.of, b.of);
  if (a.kind === "function" && b.kind === "function") {
    return a.args.length - b.args.length || compareLists(a.args, b.args) || compareTypes(a.result, b.result);
  }
  return 0;
});

function compareLists(a: readonly Known[], b: readonly Known[]): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const order = compareTypes(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: ObjectInferred, b: ObjectInferred): number {
  if (a.rest && !b.rest) return 1;
  if (b.rest && !a.rest) return -1;
  const rest = compareTypes(a.rest?.key, b.rest?.key) || compareTypes(a.rest?.value, b.rest?.value);
  if (rest !== 0) return rest;
  for (let index = 0; index < a.fields.length && index < b.fields.length; index++) {
    const left = a.fields[index] as Field;
    const right = b.fields[index] as Field;
    const order = compare(left.key, right.key) || compareTypes(left.value, right.value);
    if (order !== 0) return order;
  }
  return a.fields.length - b.fields.length;
}

/** The union of two types. A function and another type have none. */
export function either(a: Known, b: Known): Known {
  if (!a) return b;
  if (!b) return a;
  if (a.kind === "function" || b.kind === "function") {
    return a.kind === "function" && b.kind === "function" ? eitherFunction(a, b) : undefined;
  }
  if (compareTypes(a, b) === 0) return a;
  const left = a.kind === "any" ? a.of : [a];
  const right = b.kind === "any" ? b.of : [b];
  if (left.length === 0) return a;
  if (right.length === 0) return b;
  return { kind: "any", of: mergeSorted(left, right) };
}

function mergeSorted(a: readonly Inferred[], b: readonly Inferred[]): readonly Inferred[] {
  const [many, few] = a.length < b.length ? [b, a] : [a, b];
  let merged = many;
  for (const type of few) {
    const place = placeIn(merged, type);
    if (place.found) continue;
    merged = [...merged.slice(0, place.index), type, ...merged.slice(place.index)];
  }
  return merged;
}

/** Where a type stands or would stand in a sorted list. */
function placeIn(
  sorted: readonly Inferred[],
  type: Inferred,
): { readonly index: number; readonly found: boolean } {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareTypes(sorted[middle], type) < 0) low = middle + 1;
    else high = middle;
  }
  return { index: low, found: low < sorted.length && compareTypes(sorted[low], type) === 0 };
}

function eitherFunction(a: FunctionInferred, b: FunctionInferred): Known {
  if (a.args.length !== b.args.length) return undefined;
  const args = a.args.map((arg, index) => either(arg, b.args[index]));
  return functionType(args, either(a.result, b.result));
}

/** The type of what a constant key selects; undefined where nothing has that key. */
export function select(type: Known, key: Value): Known {
  switch (type?.kind) {
    case "array": {
      if (!isNumber(key)) return undefined;
      // As OPA reads an index: `1.0` is none, though it is equal to one.
      const index = /^\d+$/.test(numberText(key)) ? Number(numberText(key)) : -1;
      if (!Number.isInteger(index) || index < 0) return undefined;
      return index < type.items.length ? type.items[index] : type.rest;
    }
    case "object": {
      const field = fieldOf(type.fields, key);
      if (field) return field.value;
      return type.rest && contains(type.rest.key, typeOfValue(key)) ? type.rest.value : undefined;
    }
    case "set": {
      const own = typeOfValue(key);
      if (compareTypes(type.of, own) === 0) return type.of;
      return type.of?.kind === "any" && contains(type.of, own) ? own : undefined;
    }
    case "any":
      return type.of.length === 0 ? ANY : unionOf(type.of.map((member) => select(member, key)));
    default:
      return undefined;
  }
}

/** Fields are sorted by key. */
function fieldOf(fields: readonly Field[], key: Value): Field | undefined {
  let low = 0;
  let high = fields.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const field = fields[middle] as Field;
    const order = compare(field.key, key);
    if (order === 0) return field;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

function contains(type: Known, member: Inferred): boolean {
  if (type?.kind === "any") {
    return type.of.length === 0 || placeIn(type.of, member).found;
  }
  return compareTypes(type, member) === 0;
}

/** The type of what can stand in a ref's bracket after a value; undefined for what has no parts. */
export function keysOf(type: Known): Known {
  switch (type?.kind) {
    case "array":
      return NUMBER;
    case "object":
      return either(unionOf(type.fields.map((field) => typeOfValue(field.key))), type.rest?.key);
    case "set":
      return type.of;
    case "any":
      return type.of.length === 0 ? ANY : unionOf(type.of.map(keysOf));
    default:
      return undefined;
  }
}

export function valuesOf(type: Known): Known {
  switch (type?.kind) {
    case "array":
      return either(unionOf(type.items), type.rest);
    case "object":
      return either(unionOf(type.fields.map((field) => field.value)), type.rest?.value);
    case "set":
      return type.of;
    case "any":
      return type.of.length === 0 ? ANY : unionOf(type.of.map(valuesOf));
    default:
      return undefined;
  }
}

function unionOf(types: readonly Known[]): Known {
  return types.reduce<Known>(either, undefined);
}

const UNKNOWN_INSIDE = new WeakMap<Inferred, boolean>();

/** Whether some part of a type is unknown. */
export function hasUnknown(type: Known): boolean {
  if (!type) return true;
  if (isScalar(type)) return false;
  const known = UNKNOWN_INSIDE.get(type);
  if (known !== undefined) return known;
  const found = hasUnknownInside(type);
  UNKNOWN_INSIDE.set(type, found);
  return found;
}

function hasUnknownInside(type: Inferred): boolean {
  switch (type.kind) {
    case "array":
      return type.items.some(hasUnknown) || (type.rest !== undefined && hasUnknown(type.rest));
    case "object":
      if (type.fields.some((field) => hasUnknown(field.value))) return true;
      return type.rest !== undefined && (hasUnknown(type.rest.key) || hasUnknown(type.rest.value));
    case "set":
      return hasUnknown(type.of);
    case "function":
      return type.args.some(hasUnknown) || hasUnknown(type.result);
    default:
      return false;
  }
}

/** Whether some value can have both types. */
export function unifies(a: Known, b: Known): boolean {
  if (!a || !b) return false;
  return isScalar(a) && isScalar(b) ? a.kind === b.kind : unifyParts(a, b);
}

const unifyParts = sharedWalk((left, right): boolean => {
  const a = left as Inferred;
  const b = right as Inferred;
  if (a.kind === "any" && unifiesUnion(a.of, b)) return true;
  if (b.kind === "any" && unifiesUnion(b.of, a)) return true;
  if (a.kind === "array" && b.kind === "array") return unifiesArrays(a, b);
  if (a.kind === "object" && b.kind === "object") return unifiesObjects(a, b);
  if (a.kind === "set" && b.kind === "set") return !a.of || !b.of || unifies(a.of, b.of);
  if (a.kind === "function" && b.kind === "function") {
    return a.args.length === b.args.length && a.args.every((arg, index) => unifies(arg, b.args[index]));
  }
  return a.kind !== "any" && a.kind === b.kind;
});

function unifiesUnion(members: readonly Inferred[], other: Inferred): boolean {
  if (other.kind === "function") return false;
  return members.length === 0 || members.some((member) => unifies(member, other));
}

function unifiesArrays(a: Inferred & { kind: "array" }, b: Inferred & { kind: "array" }): boolean {
  const at = (type: typeof a, index: number): Known =>
    index < type.items.length ? type.items[index] : type.rest;
  const length = Math.max(a.items.length, b.items.length);
  for (let index = 0; index < length; index++) if (!unifies(at(a, index), at(b, index))) return false;
  return !a.rest || !b.rest || unifies(a.rest, b.rest);
}

function unifiesObjects(a: ObjectInferred, b: ObjectInferred): boolean {
  if (!unifiesFields(a, b) || !unifiesFields(b, a)) return false;
  return !a.rest?.value || !b.rest?.value || unifies(a.rest.value, b.rest.value);
}

function unifiesFields(a: ObjectInferred, b: ObjectInferred): boolean {
  return a.fields.every((field) => {
    const other = select(b, field.key);
    if (other) return unifies(field.value, other);
    return a.rest?.value !== undefined || b.rest?.value !== undefined;
  });
}
