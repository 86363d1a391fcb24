import type { Expr, RefTerm, Term } from "../../syntax/ast.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import { appendToBody, bindTo, isRootDocument } from "../nodes.ts";

/**
 * RewriteRuleHeadRefs: `p[a.b].c` becomes `p[x].c` with `x = a.b` in the body, so that a rule's ref holds
 * scalars and vars only.
 */
export function rewriteRuleHeadRefs(c: Compilation): void {
  rewriteRules(c, (rule) => {
    const moved: Expr[] = [];
    const parts = rule.head.ref.parts.map((part: Term, index) => {
      const plain = part.kind === "scalar" || (part.kind === "var" && !isRootDocument(part));
      if (index === 0 || plain) return part;
      const local = c.locals.nextVar(part.location);
      moved.push(bindTo(local, part));
      return local;
    });
    if (moved.length === 0) return rule;
    const ref = { ...rule.head.ref, parts: parts as unknown as RefTerm["parts"] };
    return { ...rule, head: { ...rule.head, ref }, body: appendToBody(rule.body, moved) };
  });
}
