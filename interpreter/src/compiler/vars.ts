import { unreachable } from "../errors.ts";
import type { Body, Expr, ExprTerms, RefTerm, Term } from "../syntax/ast.ts";

/** Which vars count. The names are those of the questions that stages ask; by default every var counts. */
export interface VarSelection {
  /** Leave out what stands before the first bracket of a ref. */
  readonly skipRefHead?: boolean;
  /** Leave out the names of called functions, and heads of refs in `with`. */
  readonly skipCallee?: boolean;
  readonly skipObjectKeys?: boolean;
  /** Leave out comprehensions, templates, bodies of `every`, `not`, `and`, `or`. */
  readonly skipClosures?: boolean;
  readonly skipSets?: boolean;
  readonly skipTemplates?: boolean;
  /** What a closure lets out although closures are skipped: see {@link "./safety.ts"}. */
  readonly promote?: (terms: ExprTerms, into: Set<string>) => void;
}

/** What safety looks at: vars that must be bound for an expression itself, callees and closures left out. */
export const OUTSIDE_CLOSURES: VarSelection = { skipCallee: true, skipClosures: true };

/** Vars that a pattern can bind: nothing before a bracket, no object keys, no closures. */
export const BINDABLE: VarSelection = { skipRefHead: true, skipObjectKeys: true, skipClosures: true };

export const ALL_VARS: VarSelection = {};

/** Adds the names of the vars in a term. */
export function varsOfTerm(term: Term, select: VarSelection, into: Set<string>): void {
  switch (term.kind) {
    case "scalar":
      return;
    case "var":
      into.add(term.name);
      return;
    case "ref":
      return varsOfRef(term, select.skipRefHead === true, select, into);
    case "array":
      return varsOfTerms(term.items, select, into);
    case "set":
      if (!select.skipSets) varsOfTerms(term.items, select, into);
      return;
    case "object":
      for (const [key, value] of term.entries) {
        if (!select.skipObjectKeys) varsOfTerm(key, select, into);
        varsOfTerm(value, select, into);
      }
      return;
    case "array-comprehension":
    case "set-comprehension":
      if (select.skipClosures) return;
      varsOfTerm(term.head, select, into);
      return varsOfBody(term.body, select, into);
    case "object-comprehension":
      if (select.skipClosures) return;
      varsOfTerm(term.key, select, into);
      varsOfTerm(term.value, select, into);
      return varsOfBody(term.body, select, into);
    case "call":
      varsOfRef(term.operator, select.skipCallee === true || select.skipRefHead === true, select, into);
      return varsOfTerms(term.args, select, into);
    case "template":
      if (select.skipClosures || select.skipTemplates) return;
      for (const part of term.parts) if (typeof part !== "string") varsOfExpr(part, select, into);
      return;
    default:
      return unreachable(term);
  }
}

export function varsOfTerms(terms: readonly Term[], select: VarSelection, into: Set<string>): void {
  for (const term of terms) varsOfTerm(term, select, into);
}

function varsOfRef(ref: RefTerm, skipHead: boolean, select: VarSelection, into: Set<string>): void {
  for (let index = skipHead ? 1 : 0; index < ref.parts.length; index++) {
    varsOfTerm(ref.parts[index] as Term, select, into);
  }
}

export function varsOfBody(body: Body, select: VarSelection, into: Set<string>): void {
  for (const expr of body) varsOfExpr(expr, select, into);
}

export function varsOfExpr(expr: Expr, select: VarSelection, into: Set<string>): void {
  varsOfExprTerms(expr.terms, select, into);
  for (const modifier of expr.with) {
    varsOfWithPart(modifier.target, true, select, into);
    varsOfWithPart(modifier.value, false, select, into);
  }
}

/** A bare var as target names a document or function; as value it is a var that must be bound. */
function varsOfWithPart(term: Term, target: boolean, select: VarSelection, into: Set<string>): void {
  if (!select.skipCallee) return varsOfTerm(term, select, into);
  if (term.kind === "ref") return varsOfRef(term, true, select, into);
  if (!target) varsOfTerm(term, select, into);
}

function varsOfExprTerms(terms: ExprTerms, select: VarSelection, into: Set<string>): void {
  switch (terms.kind) {
    case "term":
      return varsOfTerm(terms.term, select, into);
    case "call":
      varsOfRef(terms.operator, select.skipCallee === true || select.skipRefHead === true, select, into);
      return varsOfTerms(terms.args, select, into);
    case "some":
      return varsOfTerms(terms.symbols, select, into);
    case "every":
      varsOfTerm(terms.domain, select, into);
      if (select.skipClosures) return;
      if (terms.key) into.add(terms.key.name);
      into.add(terms.value.name);
      return varsOfBody(terms.body, select, into);
    case "not":
    case "and":
    case "or":
      select.promote?.(terms, into);
      if (select.skipClosures) return;
      for (const body of terms.kind === "not" ? [terms.body] : terms.operands) varsOfBody(body, select, into);
      return;
    default:
      return unreachable(terms);
  }
}

/** The vars of one term as a new set. */
export function termVars(term: Term, select: VarSelection = ALL_VARS): Set<string> {
  const vars = new Set<string>();
  varsOfTerm(term, select, vars);
  return vars;
}
