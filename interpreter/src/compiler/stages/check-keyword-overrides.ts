import type { Body } from "../../syntax/ast.ts";
import type { RegoError } from "../../errors.ts";
import { eachRule, isStrict } from "../compilation.ts";
import { compileError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import { isAssignment, isRootDocument, isRootName } from "../nodes.ts";
import { walkBody } from "../../syntax/visit.ts";
import { walkRule } from "../walk.ts";
import type { Visitor } from "../../syntax/visit.ts";

/**
 * CheckKeywordOverrides: rules, args and `:=` vars must not be called `input` or `data` (v1 and strict mode).
 */
export function checkKeywordOverrides(c: Compilation): void {
  eachRule(c, (rule, entry) => {
    if (!isStrict(c, entry.module)) return;
    const name = rule.head.ref.parts[0];
    if (name.kind === "var" && isRootName(name.name)) {
      const message = `rules must not shadow ${name.name} (use a different rule name)`;
      c.errors.add(compileError(message, rule.location), true);
    }
    for (const arg of rule.head.args ?? []) {
      if (!isRootDocument(arg)) continue;
      const message = `args must not shadow ${arg.name} (use a different variable name)`;
      c.errors.add(compileError(message, arg.location), true);
    }
    c.errors.addAll(
      overridesIn((visitor) => walkRule(rule, visitor)),
      true,
    );
  });
}

export function overridesInBody(body: Body): readonly RegoError[] {
  return overridesIn((visitor) => walkBody(body, visitor));
}

function overridesIn(walk: (visitor: Visitor) => void): readonly RegoError[] {
  const errors: RegoError[] = [];
  walk({
    expr: (expr) => {
      const target = isAssignment(expr) ? expr.terms.args[0] : undefined;
      if (!target || !isRootDocument(target)) return;
      const message = `variables must not shadow ${target.name} (use a different variable name)`;
      errors.push(compileError(message, expr.location));
    },
  });
  return errors;
}
