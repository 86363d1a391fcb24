import type { Expr, Head, Rule, Term } from "../syntax/ast.ts";
import { walkBody, walkTerm } from "../syntax/visit.ts";
import type { Visitor } from "../syntax/visit.ts";

/** The terms of a head: brackets of its ref, args, key and value. */
export function walkHead(head: Head, visitor: Visitor): void {
  for (const part of head.ref.parts.slice(1)) walkTerm(part, visitor);
  for (const arg of head.args ?? []) walkTerm(arg, visitor);
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

/**
 * Whether a term cannot stay where evaluation needs a plain pattern: it holds a ref, a root document or a
 * comprehension.
 */
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
