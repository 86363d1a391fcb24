import { walkRule } from "@portcullis/interpreter";
import type { Builtin, Module, RefTerm, Term } from "@portcullis/interpreter";
import type { Dependence } from "../../client.ts";

/**
 * What the verdict of a template can depend on besides the review and the parameters, as its text tells: a reference below
 * `data.inventory`, a call of a builtin that answers differently each time. It errs towards more.
 */
export function dependenceOf(modules: readonly Module[], builtins: ReadonlyMap<string, Builtin>): Dependence {
  let found: Dependence = "object";
  const visit = (term: Term): void => {
    // No var stands for `data`: a template may not name it alone.
    if (term.kind !== "ref") return;
    const names = namesOf(term);
    if (builtins.get(names.join("."))?.nondeterministic === true) found = "world";
    else if (names[0] === "data" && names[1] !== "lib" && found === "object") found = "inventory";
  };
  for (const module of modules) for (const rule of module.rules) walkRule(rule, { term: visit });
  return found;
}

/** `data.inventory.cluster`, as far as it is spelled out. */
function namesOf(ref: RefTerm): readonly string[] {
  const names: string[] = [];
  for (const part of ref.parts) {
    if (part.kind === "var" && names.length === 0) names.push(part.name);
    else if (part.kind === "scalar" && typeof part.value === "string") names.push(part.value);
    else break;
  }
  return names;
}
