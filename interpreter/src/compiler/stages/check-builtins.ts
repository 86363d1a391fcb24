import type { RegoError } from "../../errors.ts";
import type { Body } from "../../syntax/ast.ts";
import { eachRule, isStrict } from "../compilation.ts";
import { typeError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import { isFunctionOperator, operatorName } from "../compiled.ts";
import { walkBody } from "../../syntax/visit.ts";
import { walkRule } from "../walk.ts";
import type { Visitor } from "../../syntax/visit.ts";

/** CheckUnsafeBuiltins: calls of functions that the host forbids. */
export function checkUnsafeBuiltins(c: Compilation): void {
  const banned = c.options.unsafeBuiltins;
  if (!banned) return;
  eachRule(c, (rule) => c.errors.addAll(callsOf(banned, "unsafe", (visitor) => walkRule(rule, visitor))));
}

export function unsafeBuiltinsInBody(c: Compilation, body: Body): readonly RegoError[] {
  const banned = c.options.unsafeBuiltins;
  return banned ? callsOf(banned, "unsafe", (visitor) => walkBody(body, visitor)) : [];
}

/**
 * CheckDeprecatedBuiltins: v1 and strict mode. As in OPA only where types were checked of a call of one, in whichever module;
 * the statements of an `every` are not looked at for that.
 */
export function checkDeprecatedBuiltins(c: Compilation): void {
  const deprecated = deprecatedNames(c);
  if (![...deprecated].some((name) => c.calledFunctions.has(name))) return;
  eachRule(c, (rule, entry) => {
    if (!isStrict(c, entry.module)) return;
    c.errors.addAll(callsOf(deprecated, "deprecated", (visitor) => walkRule(rule, visitor)));
  });
}

export function deprecatedBuiltinsInBody(c: Compilation, body: Body): readonly RegoError[] {
  if (!c.options.strict) return [];
  return callsOf(deprecatedNames(c), "deprecated", (visitor) => walkBody(body, visitor));
}

const DEPRECATED = new WeakMap<Compilation["builtins"], ReadonlySet<string>>();

function deprecatedNames(c: Compilation): ReadonlySet<string> {
  let names = DEPRECATED.get(c.builtins);
  if (!names) {
    names = new Set([...c.builtins.values()].filter(({ deprecated }) => deprecated).map(({ name }) => name));
    DEPRECATED.set(c.builtins, names);
  }
  return names;
}

function callsOf(
  names: ReadonlySet<string>,
  adjective: "unsafe" | "deprecated",
  walk: (visitor: Visitor) => void,
): readonly RegoError[] {
  const errors: RegoError[] = [];
  walk({
    expr: (expr) => {
      if (expr.terms.kind !== "call" || isFunctionOperator(expr.terms.operator)) return;
      const name = operatorName(expr.terms.operator);
      if (!names.has(name)) return;
      errors.push(typeError(`${adjective} built-in function calls in expression: ${name}`, expr.location));
    },
  });
  return errors;
}
