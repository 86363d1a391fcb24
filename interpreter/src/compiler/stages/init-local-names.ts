import type { Compilation } from "../compilation.ts";
import { LocalNames } from "../local-names.ts";
import { isGenerated } from "../nodes.ts";
import { ALL_VARS, varsOfBody, varsOfTerm } from "../vars.ts";
import { walkHead } from "../walk.ts";
import type { Body, Rule } from "../../syntax/ast.ts";

/**
 * InitLocalVarGen: policies that were compiled before may hold names like `__local0__`; the generator skips
 * them.
 */
export function initLocalNames(c: Compilation): void {
  const taken = new Set<string>();
  for (const module of c.modules) {
    for (const entry of module.rules) {
      for (let branch: Rule | undefined = entry.rule; branch; branch = branch.else) {
        walkHead(branch.head, { term: (term) => varsOfTerm(term, ALL_VARS, taken) ?? true });
        varsOfBody(branch.body, ALL_VARS, taken);
      }
    }
  }
  c.locals = new LocalNames("__local", onlyGenerated(taken));
}

/** The names that a generator for the body of a query must not use. */
export function generatedNamesIn(body: Body): ReadonlySet<string> {
  const taken = new Set<string>();
  varsOfBody(body, ALL_VARS, taken);
  return onlyGenerated(taken);
}

function onlyGenerated(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].filter(isGenerated));
}
