import type { Body, CallExpr, Expr, RefTerm, Rule, ScalarTerm, Term, VarTerm } from "../syntax/ast.ts";
import type { Location } from "../location.ts";
import { printRef } from "../syntax/print.ts";

/** Builders and tests of nodes that several stages need. */

/**
 * An expression between stages: remembers that it was written `:=`, which safety must know after it became
 * `eq`.
 */
export interface MarkedExpr extends Expr {
  readonly fromAssignment?: boolean;
}

export function varTerm(name: string, location: Location): VarTerm {
  return { kind: "var", name, location };
}

export function stringTerm(value: string, location: Location): ScalarTerm {
  return { kind: "scalar", value, location };
}

export function trueExpr(location: Location): Expr {
  return {
    negated: false,
    terms: { kind: "term", term: { kind: "scalar", value: true, location } },
    with: [],
    generated: true,
    location,
  };
}

/** The operator ref of a dotted builtin name. */
export function operatorRef(name: string, location: Location): RefTerm {
  if (!name.includes(".")) return { kind: "ref", parts: [varTerm(name, location)], location };
  const [head, ...rest] = name.split(".") as [string, ...string[]];
  return {
    kind: "ref",
    parts: [varTerm(head, location), ...rest.map((part) => stringTerm(part, location))],
    location,
  };
}

export function callExpr(name: string, args: readonly Term[], infix: boolean, location: Location): CallExpr {
  return { kind: "call", operator: operatorRef(name, location), args, infix };
}

/** The generated expression `local = term`, placed where the term stands. */
export function bindTo(local: VarTerm, term: Term): Expr {
  return {
    negated: false,
    terms: callExpr("eq", [local, term], true, term.location),
    with: [],
    generated: true,
    location: term.location,
  };
}

/** A ref of two parts or more; the head alone when there is nothing else. */
export function refOrHead(parts: readonly [Term, ...Term[]], location: Location): Term {
  return parts.length === 1 ? { ...parts[0], location } : { kind: "ref", parts, location };
}

export function isRootName(name: string): boolean {
  return name === "input" || name === "data";
}

/** A whole root document: `input` or `data` standing alone. */
export function isRootDocument(term: Term): term is VarTerm {
  return term.kind === "var" && isRootName(term.name);
}

export function isWildcard(name: string): boolean {
  return name.startsWith("$");
}

export function isGenerated(name: string): boolean {
  return name.startsWith("__local");
}

/** How messages print a var: wildcards are `_`. */
export function printedName(name: string): string {
  return isWildcard(name) ? "_" : name;
}

/** Whether an expression calls the builtin `name`. */
export function isCallOf(expr: Expr, name: string): expr is Expr & { readonly terms: CallExpr } {
  return expr.terms.kind === "call" && isBuiltinRef(expr.terms.operator, name);
}

export function isEquality(expr: Expr): expr is Expr & { readonly terms: CallExpr } {
  return isCallOf(expr, "eq");
}

export function isAssignment(expr: Expr): expr is Expr & { readonly terms: CallExpr } {
  return isCallOf(expr, "assign");
}

/** Whether an operator is the builtin of that name (without building its dotted name). */
export function isBuiltinRef(operator: RefTerm, name: string): boolean {
  const { parts } = operator;
  const head = parts[0];
  if (head.kind !== "var") return false;
  if (parts.length === 1) return head.name === name;
  if (!name.startsWith(head.name)) return false;
  return refText(parts) === name;
}

/** A multi-value rule collects keys into a set; every other rule has one value. */
export function isMultiValue(rule: Rule): boolean {
  return rule.head.key !== undefined && rule.head.value === undefined;
}

/** How many parts from the left are ground, the head counted. */
export function groundLength(parts: readonly Term[]): number {
  let length = 1;
  while (length < parts.length && parts[length]?.kind === "scalar") length++;
  return length;
}

/** A term without vars, refs, calls and comprehensions. */
export function isConstant(term: Term): boolean {
  switch (term.kind) {
    case "scalar":
      return true;
    case "array":
    case "set":
      return term.items.every(isConstant);
    case "object":
      return term.entries.every(([key, value]) => isConstant(key) && isConstant(value));
    default:
      return false;
  }
}

/** A body that says nothing: the single term `true`. */
export function isEmptyBody(body: Body): boolean {
  const only = body.length === 1 ? (body[0] as Expr).terms : undefined;
  return only?.kind === "term" && only.term.kind === "scalar" && only.term.value === true;
}

/** Adds expressions to a body; the first one takes the place of a lone `true`. */
export function appendToBody(body: Body, added: readonly Expr[]): Body {
  if (added.length === 0) return body;
  return isEmptyBody(body) ? added : [...body, ...added];
}

/** The text of a ref as errors print it: `data.a.p[x]["b-c"]`. */
export function refText(parts: readonly Term[], nameOf: (name: string) => string = printedName): string {
  const [head] = parts as readonly [Term, ...Term[]];
  return printRef({ kind: "ref", parts: parts as RefTerm["parts"], location: head.location }, nameOf);
}
