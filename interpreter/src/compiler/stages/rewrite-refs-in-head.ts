import type { Expr, Term } from "../../syntax/ast.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import { appendToBody, bindTo } from "../nodes.ts";
import { mapBranches, mapList } from "../rewrite.ts";
import { requiresEval } from "../walk.ts";

/** RewriteRefsInHead: refs and comprehensions in key, value and args move to the end of the body. */
export function rewriteRefsInHead(c: Compilation): void {
  rewriteRules(c, (rule) =>
    mapBranches(rule, (branch) => {
      const added: Expr[] = [];
      const moved = (term: Term): Term => {
        if (!requiresEval(term)) return term;
        const local = c.locals.nextVar(term.location);
        added.push(bindTo(local, term));
        return local;
      };
      const { head } = branch;
      const key = head.key && moved(head.key);
      const value = head.value && moved(head.value);
      const args = head.args && mapList(head.args, moved);
      if (added.length === 0) return branch;
      return { ...branch, head: { ...head, key, value, args }, body: appendToBody(branch.body, added) };
    }),
  );
}
