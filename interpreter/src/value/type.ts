/**
 * Descriptions of sets of values, in the shape of OPA's capabilities JSON: what a builtin takes and gives, what the type
 * checker infers. `any` without `of` is every value; with `of` it is a union.
 */
export type Type =
  | { readonly type: "null" | "boolean" | "number" | "string" }
  | { readonly type: "any"; readonly of?: readonly Type[] }
  | { readonly type: "array"; readonly static?: readonly Type[]; readonly dynamic?: Type }
  | { readonly type: "set"; readonly of: Type }
  | {
      readonly type: "object";
      readonly static?: readonly { readonly key: string; readonly value: Type }[];
      readonly dynamic?: { readonly key: Type; readonly value: Type };
    };

/** An argument or result of a builtin: a type with the name and description that errors and docs print. */
export type NamedType = Type & { readonly name?: string; readonly description?: string };

export interface FunctionType {
  readonly args: readonly NamedType[];
  /** Absent for void functions (`print`). */
  readonly result?: NamedType;
  /** The type of any number of further arguments. */
  readonly variadic?: NamedType;
}

export const NULL: Type = { type: "null" };
export const BOOLEAN: Type = { type: "boolean" };
export const NUMBER: Type = { type: "number" };
export const STRING: Type = { type: "string" };
export const ANY: Type = { type: "any" };

export function union(...of: readonly Type[]): Type {
  return { type: "any", of };
}
/** An array of any length. */
export function arrayOf(dynamic: Type): Type {
  return { type: "array", dynamic };
}
/** An array with one type for each position. */
export function tuple(...positions: readonly Type[]): Type {
  return { type: "array", static: positions };
}
export function setOf(of: Type): Type {
  return { type: "set", of };
}
export function objectOf(key: Type, value: Type): Type {
  return { type: "object", dynamic: { key, value } };
}
/** An object with fixed keys, and further ones where `dynamic` is given. */
export function record(
  fields: Readonly<Record<string, Type>>,
  dynamic?: { readonly key: Type; readonly value: Type },
): Type {
  const fixed = Object.entries(fields).map(([key, value]) => ({ key, value }));
  return dynamic ? { type: "object", static: fixed, dynamic } : { type: "object", static: fixed };
}
/** Gives a type the name and the description of an argument or result. */
export function named(name: string, type: Type, description?: string): NamedType {
  return description === undefined ? { ...type, name } : { ...type, name, description };
}
