import { unreachable } from "../errors.ts";
import type { Body, Expr, ExprTerms, Head, Rule, Term, With } from "../syntax/ast.ts";

/**
 * Visits every node below a start, outer nodes first, in source order. A callback that returns true keeps the walk out
 * of that node. Operators of calls are visited like any other ref.
 */
export interface Visitor {
  readonly term?: (term: Term) => boolean | undefined | void;
  readonly expr?: (expr: Expr) => boolean | undefined | void;
  readonly with?: (modifier: With) => boolean | undefined | void;
}

export function walkTerm(term: Term, visitor: Visitor): void {
  if (visitor.term?.(term) === true) return;
  walkTermChildren(term, visitor);
}

export function walkTermChildren(term: Term, visitor: Visitor): void {
  switch (term.kind) {
    case "scalar":
    case "var":
      return;
    case "ref":
      return walkTerms(term.parts, visitor);
    case "array":
    case "set":
      return walkTerms(term.items, visitor);
    case "object":
      for (const [key, value] of term.entries) {
        walkTerm(key, visitor);
        walkTerm(value, visitor);
      }
      return;
    case "array-comprehension":
    case "set-comprehension":
      walkTerm(term.head, visitor);
      return walkBody(term.body, visitor);
    case "object-comprehension":
      walkTerm(term.key, visitor);
      walkTerm(term.value, visitor);
      return walkBody(term.body, visitor);
    case "call":
      walkTerm(term.operator, visitor);
      return walkTerms(term.args, visitor);
    case "template":
      for (const part of term.parts) if (typeof part !== "string") walkExpr(part, visitor);
      return;
    default:
      return unreachable(term);
  }
}

function walkTerms(terms: readonly Term[], visitor: Visitor): void {
  for (const term of terms) walkTerm(term, visitor);
}

export function walkBody(body: Body, visitor: Visitor): void {
  for (const expr of body) walkExpr(expr, visitor);
}

export function walkExpr(expr: Expr, visitor: Visitor): void {
  if (visitor.expr?.(expr) === true) return;
  walkExprTerms(expr.terms, visitor);
  for (const modifier of expr.with) {
    if (visitor.with?.(modifier) === true) continue;
    walkTerm(modifier.target, visitor);
    walkTerm(modifier.value, visitor);
  }
}

function walkExprTerms(terms: ExprTerms, visitor: Visitor): void {
  switch (terms.kind) {
    case "term":
      return walkTerm(terms.term, visitor);
    case "call":
      walkTerm(terms.operator, visitor);
      return walkTerms(terms.args, visitor);
    case "some":
      return walkTerms(terms.symbols, visitor);
    case "every":
      if (terms.key) walkTerm(terms.key, visitor);
      walkTerm(terms.value, visitor);
      walkTerm(terms.domain, visitor);
      return walkBody(terms.body, visitor);
    case "not":
      return walkBody(terms.body, visitor);
    case "and":
    case "or":
      for (const operand of terms.operands) walkBody(operand, visitor);
      return;
    default:
      return unreachable(terms);
  }
}

/** The terms of a head: brackets of its ref, args, key and value. */
export function walkHead(head: Head, visitor: Visitor): void {
  walkTerms(head.ref.parts.slice(1), visitor);
  if (head.args) walkTerms(head.args, visitor);
  if (head.key) walkTerm(head.key, visitor);
  if (head.value) walkTerm(head.value, visitor);
}

/** One rule with its else chain. */
export function walkRule(rule: Rule, visitor: Visitor): void {
  for (let branch: Rule | undefined = rule; branch; branch = branch.else) {
    walkHead(branch.head, visitor);
    walkBody(branch.body, visitor);
  }
}

/** Whether some term below satisfies the test. */
export function someTerm(walk: (visitor: Visitor) => void, test: (term: Term) => boolean): boolean {
  let found = false;
  walk({
    term: (term) => (found ||= test(term)),
    expr: () => found,
  });
  return found;
}

/** Whether some expression below satisfies the test. */
export function someExpr(walk: (visitor: Visitor) => void, test: (expr: Expr) => boolean): boolean {
  let found = false;
  walk({ expr: (expr) => (found ||= test(expr)), term: () => found });
  return found;
}

/** Whether a term cannot stay where evaluation needs a plain pattern: it holds a ref, a root document or a comprehension. */
export function requiresEval(term: Term): boolean {
  switch (term.kind) {
    case "scalar":
      return false;
    case "var":
      return term.name === "input" || term.name === "data";
    case "array":
    case "set":
      return term.items.some(requiresEval);
    case "object":
      return term.entries.some(([key, value]) => requiresEval(key) || requiresEval(value));
    default:
      return true;
  }
}

export function isComprehension(term: Term): boolean {
  return (
    term.kind === "array-comprehension" ||
    term.kind === "set-comprehension" ||
    term.kind === "object-comprehension"
  );
}
