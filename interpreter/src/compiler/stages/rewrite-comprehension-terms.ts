import type { Body, Expr, Term } from "../../syntax/ast.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import type { LocalNames } from "../local-names.ts";
import { appendToBody, bindTo } from "../nodes.ts";
import { mapBody, mapRule, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import { requiresEval } from "../walk.ts";

/**
 * RewriteComprehensionTerms: `[x[0] | …]` becomes `[y | …; y = x[0]]`, so that heads of comprehensions need
 * no evaluation.
 */
export function rewriteComprehensionTerms(c: Compilation): void {
  const rewriter = comprehensionRewriter(c.locals);
  rewriteRules(c, (rule) => mapRule(rule, rewriter));
}

export function comprehensionTermsInBody(body: Body, locals: LocalNames): Body {
  return mapBody(body, comprehensionRewriter(locals));
}

function comprehensionRewriter(locals: LocalNames): Rewriter {
  /** Moves the term into the body where it needs evaluation. */
  const moved = (term: Term, into: Expr[]): Term => {
    if (!requiresEval(term)) return term;
    const local = locals.nextVar(term.location);
    into.push(bindTo(local, term));
    return local;
  };
  const rewriter: Rewriter = {
    term: (term) => {
      if (term.kind === "array-comprehension" || term.kind === "set-comprehension") {
        const added: Expr[] = [];
        const head = moved(term.head, added);
        const body = added.length > 0 ? appendToBody(term.body, added) : term.body;
        return mapTerm(added.length > 0 ? { ...term, head, body } : term, rewriter);
      }
      if (term.kind === "object-comprehension") {
        const added: Expr[] = [];
        const key = moved(term.key, added);
        const value = moved(term.value, added);
        const body = added.length > 0 ? appendToBody(term.body, added) : term.body;
        return mapTerm(added.length > 0 ? { ...term, key, value, body } : term, rewriter);
      }
      return mapTerm(term, rewriter);
    },
  };
  return rewriter;
}
