import type { Builtin } from "@portcullis/interpreter";

/** A type as builtins declare it. */
export type Type = NonNullable<Builtin["decl"]["result"]>;

export const ANY: Type = { type: "any" };
export const BOOLEAN: Type = { type: "boolean" };
export const NUMBER: Type = { type: "number" };
export const STRING: Type = { type: "string" };

export const arrayOf = (dynamic: Type): Type => ({ type: "array", dynamic });
export const setOf = (of: Type): Type => ({ type: "set", of });
export const mapOf = (value: Type): Type => ({ type: "object", dynamic: { key: STRING, value } });

/** The type of the elements of a collection, undefined for anything else. */
export function elementOf(type: Type): Type | undefined {
  if (type.type === "array") return type.dynamic ?? type.static?.[0] ?? ANY;
  if (type.type === "set") return type.of;
  if (type.type === "object") return type.dynamic?.value ?? type.static?.[0]?.value ?? ANY;
  return undefined;
}

/** As {@link fits}, but an unknown type stands for nothing else: the type checker often knows more of it. */
export function fitsSurely(have: Type, want: Type): boolean {
  if (have.type === "any" && have.of === undefined) return want.type === "any" && want.of === undefined;
  const [element, wanted] = [elementOf(have), elementOf(want)];
  if (element && wanted && have.type === want.type) return fitsSurely(element, wanted);
  return fits(have, want);
}

/** Whether the type checker lets a term of one type stand for another. An unknown type stands for all. */
export function fits(have: Type, want: Type): boolean {
  if (have.type === "any")
    return have.of === undefined || want.type === "any" || have.of.some((one) => fits(one, want));
  if (want.type === "any") return want.of === undefined || want.of.some((one) => fits(have, one));
  if (have.type !== want.type) return false;
  const inner = elementOf(want);
  return inner === undefined || fits(elementOf(have) as Type, inner);
}
