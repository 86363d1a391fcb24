import type { Term } from "../../syntax/ast.ts";
import { valueOfTerm } from "../../syntax/term-value.ts";
import { isConstant } from "../nodes.ts";
import { ANY, either, hasUnknown, select, unifies, valuesOf } from "./algebra.ts";
import type { Inferred } from "./algebra.ts";
import type { TypeEnv } from "./type-env.ts";

type Known = Inferred | undefined;

/**
 * Whether a term can have a type; gives vars without a type this one. With `join`, a var's type is widened
 * instead of compared: the term is matched against one member of a union after the other.
 */
export function unifyTerm(env: TypeEnv, term: Term, type: Known, join: boolean): boolean {
  switch (term.kind) {
    case "array":
    case "object":
    case "set":
      return unifyComposite(env, term, type, join);
    case "var":
      if (term.name === "data" || term.name === "input") return unifies(env.typeOf(term), type);
      if (join) env.vars.set(term.name, either(env.varType(term.name), type));
      else {
        const known = env.varType(term.name);
        if (known) return unifies(known, type);
        env.vars.set(term.name, type);
      }
      return true;
    default:
      return unifies(env.typeOf(term), type);
  }
}

type Composite = Term & { readonly kind: "array" | "object" | "set" };

function unifyComposite(env: TypeEnv, term: Composite, type: Known, join: boolean): boolean {
  if (type?.kind === "any") {
    if (type.of.length === 0) {
      for (const part of partsOf(term)) unifyTerm(env, part, ANY, true);
      return true;
    }
    let unified = false;
    for (const member of type.of) unified = unifyTerm(env, term, member, true) || unified;
    return unified;
  }
  if (term.kind === "array" && type?.kind === "array") {
    if (term.items.length !== type.items.length && !type.rest) return false;
    return term.items.every((item, index) =>
      unifyTerm(env, item, index < type.items.length ? type.items[index] : type.rest, join),
    );
  }
  if (term.kind === "object" && type?.kind === "object") return unifyObject(env, term, type, join);
  if (term.kind === "set" && type?.kind === "set") {
    const of = valuesOf(type);
    return term.items.every((item) => unifyTerm(env, item, of, join));
  }
  return false;
}

function unifyObject(
  env: TypeEnv,
  term: Term & { readonly kind: "object" },
  type: Inferred & { readonly kind: "object" },
  join: boolean,
): boolean {
  if (term.entries.length !== type.fields.length && !type.rest?.value) return false;
  return term.entries.every(([key, value]) => {
    const constant = isConstant(key) ? valueOfTerm(key) : undefined;
    if (constant === undefined) {
      unifyTerm(env, value, ANY, join);
      return true;
    }
    const field = select(type, constant);
    return field !== undefined && unifyTerm(env, value, field, join);
  });
}

function partsOf(term: Composite): readonly Term[] {
  return term.kind === "object" ? term.entries.flat() : term.items;
}

/** Whether two terms can be equal; gives vars of one side the type of the other. */
export function unifyTerms(env: TypeEnv, a: Term, typeA: Known, b: Term, typeB: Known): boolean {
  const unknownA = hasUnknown(typeA);
  const unknownB = hasUnknown(typeB);
  if (unknownA && !unknownB) return unifyTerm(env, a, typeB, false);
  if (unknownB && !unknownA) return unifyTerm(env, b, typeA, false);
  if (!unknownA && !unknownB) return unifies(typeA, typeB);
  if (a.kind === "array" || a.kind === "object") return unifyPattern(env, a, b);
  if (a.kind === "var") {
    if (b.kind === "var" && !typeA && !typeB) {
      return unifyTerm(env, a, ANY, false) && unifyTerm(env, b, env.typeOf(a), false);
    }
    if (b.kind === "array" || b.kind === "object") return unifyPattern(env, b, a);
  }
  // A side that is known in part tells the other what it can.
  if (a.kind === "var" && !typeA && typeB) return unifyTerm(env, a, typeB, false);
  if (b.kind === "var" && !typeB && typeA) return unifyTerm(env, b, typeA, false);
  return a.kind === "var" && b.kind === "var";
}

function unifyPattern(env: TypeEnv, a: Term & { readonly kind: "array" | "object" }, b: Term): boolean {
  if (b.kind === "var") return unifyTerm(env, a, ANY, false) && unifyTerm(env, b, env.typeOf(a), false);
  if (a.kind === "array" && b.kind === "array") {
    if (a.items.length !== b.items.length) return false;
    return a.items.every((item, index) => {
      const other = b.items[index] as Term;
      return unifyTerms(env, item, env.typeOf(item), other, env.typeOf(other));
    });
  }
  if (a.kind === "object" && b.kind === "object") {
    if (a.entries.length !== b.entries.length) return false;
    return a.entries.every(([key, value]) => {
      const other = b.entries.find(([candidate]) => sameKey(key, candidate))?.[1];
      return other !== undefined && unifyTerms(env, value, env.typeOf(value), other, env.typeOf(other));
    });
  }
  return false;
}

function sameKey(a: Term, b: Term): boolean {
  if (a.kind === "scalar" && b.kind === "scalar") return a.value === b.value;
  return a.kind === "var" && b.kind === "var" && a.name === b.name;
}
