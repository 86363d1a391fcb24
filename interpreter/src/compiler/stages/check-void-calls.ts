import type { RegoError } from "../../errors.ts";
import type { Body } from "../../syntax/ast.ts";
import { eachRule } from "../compilation.ts";
import { typeError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import { printTerm } from "../../syntax/print.ts";
import { builtinOf } from "../operators.ts";
import { walkBody } from "../../syntax/visit.ts";
import { walkRule } from "../walk.ts";
import type { Visitor } from "../../syntax/visit.ts";

/** CheckVoidCalls: `print` has no value, so it can only stand as a statement. */
export function checkVoidCalls(c: Compilation): void {
  eachRule(c, (rule) => c.errors.addAll(voidCallsIn(c, (visitor) => walkRule(rule, visitor))));
}

export function voidCallsInBody(c: Compilation, body: Body): readonly RegoError[] {
  return voidCallsIn(c, (visitor) => walkBody(body, visitor));
}

function voidCallsIn(c: Compilation, walk: (visitor: Visitor) => void): readonly RegoError[] {
  const errors: RegoError[] = [];
  walk({
    term: (term) => {
      if (term.kind !== "call") return;
      const builtin = builtinOf(c, term.operator);
      if (builtin && !builtin.decl.result) {
        errors.push(typeError(`${printTerm(term)} used as value`, term.location));
      }
    },
  });
  return errors;
}
