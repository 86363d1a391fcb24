import type { Body, Expr } from "../../syntax/ast.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import { isCallOf, operatorRef } from "../nodes.ts";
import { mapExpr, mapList, mapRule, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";

/**
 * RewriteEquals: a statement `a == b` becomes `a = b`, which evaluates the same once safety has seen to it
 * that both sides are bound, and can be indexed. Queries keep `==`: there its value is shown.
 */
export function rewriteEquals(c: Compilation): void {
  rewriteRules(c, (rule) => mapRule(rule, REWRITER));
}

const REWRITER: Rewriter = {
  term: (term) => mapTerm(term, REWRITER),
  body: (body: Body): Body => mapList(body, unified),
};

function unified(expr: Expr): Expr {
  const inner = mapExpr(expr, REWRITER);
  if (!isCallOf(inner, "equal") || inner.terms.args.length !== 2) return inner;
  const operator = operatorRef("eq", inner.terms.operator.location);
  return { ...inner, terms: { ...inner.terms, operator } };
}
