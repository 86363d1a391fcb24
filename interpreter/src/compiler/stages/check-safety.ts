import type { Rule, Term } from "../../syntax/ast.ts";
import type { Location } from "../../location.ts";
import { regoError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import type { ModuleEntry } from "../module-entry.ts";
import { groundLength, isGenerated, printedName, refText } from "../nodes.ts";
import { mapBranches } from "../rewrite.ts";
import { arityOf } from "../operators.ts";
import { reorderForSafety, unsafeVarErrors, withRootDocuments } from "../safety.ts";
import { ALL_VARS, OUTSIDE_CLOSURES, varsOfBody, varsOfTerms } from "../vars.ts";
import { walkHead } from "../walk.ts";
import { headMayHaveVars } from "./rewrite-local-vars.ts";

/** CheckSafetyRuleHeads: every var of a head must occur in the body or the args. */
export function checkSafetyRuleHeads(c: Compilation): void {
  eachBranch(c, (branch, scope) => {
    if (!headMayHaveVars(branch.head)) return;
    const known = new Set<string>();
    varsOfBody(branch.body, OUTSIDE_CLOSURES, known);
    varsOfTerms(branch.head.args ?? [], ALL_VARS, known);
    for (const [local, location] of headVars(branch)) {
      if (known.has(local)) continue;
      const name = c.originalNames.get(local) ?? local;
      if (isGenerated(name) && !c.locals.isTaken(name)) continue;
      const message = `var ${printedName(name)} is unsafe${scope()}`;
      c.errors.add(regoError("rego_unsafe_var_error", message, location));
    }
  });
}

/** The vars of key, value and ref with their first places. */
function headVars(branch: Rule): Map<string, Location> {
  const vars = new Map<string, Location>();
  walkHead(
    { ...branch.head, args: undefined },
    {
      term: (term: Term) => {
        if (term.kind === "var" && !vars.has(term.name)) vars.set(term.name, term.location);
      },
    },
  );
  return vars;
}

/**
 * CheckSafetyRuleBodies: puts each body in an order in which every var is bound before it is needed, or
 * reports the vars that never are.
 */
export function checkSafetyRuleBodies(c: Compilation): void {
  const arity = (operator: Parameters<typeof arityOf>[1]) => arityOf(c, operator);
  for (const module of c.modules) {
    const rows = new SharedRows(module);
    for (const entry of module.rules) {
      entry.rule = mapBranches(entry.rule, (branch) => {
        const safe = withRootDocuments();
        varsOfTerms(branch.head.args ?? [], ALL_VARS, safe);
        const { body, unsafe } = reorderForSafety(branch.body, arity, safe);
        if (unsafe.size > 0) {
          const errors = unsafeVarErrors(unsafe, c.originalNames, rows.scopeOf(branch));
          c.errors.addAll(errors);
          if (errors.length > 0) return branch;
        }
        return { ...branch, body };
      });
    }
  }
}

function eachBranch(c: Compilation, visit: (branch: Rule, scope: () => string) => void): void {
  for (const module of c.modules) {
    const rows = new SharedRows(module);
    for (const entry of module.rules) {
      for (let branch: Rule | undefined = entry.rule; branch; branch = branch.else) {
        const current = branch;
        visit(current, () => rows.scopeOf(current));
      }
    }
  }
}

/**
 * Rows that hold rules of more than one name: there an error names the rule, since the place does not tell
 * it.
 */
class SharedRows {
  readonly #module: ModuleEntry;
  #shared: ReadonlySet<number> | undefined;

  constructor(module: ModuleEntry) {
    this.#module = module;
  }

  scopeOf(rule: Rule): string {
    this.#shared ??= sharedRows(this.#module);
    return this.#shared.has(rule.location.row) ? ` in rule ${ruleName(rule)}` : "";
  }
}

function sharedRows(module: ModuleEntry): ReadonlySet<number> {
  const first = new Map<number, string>();
  const shared = new Set<number>();
  for (const entry of module.rules) {
    for (let branch: Rule | undefined = entry.rule; branch; branch = branch.else) {
      const { row } = branch.location;
      const name = ruleName(branch);
      const earlier = first.get(row);
      if (earlier === undefined) first.set(row, name);
      else if (earlier !== name) shared.add(row);
    }
  }
  return shared;
}

function ruleName(rule: Rule): string {
  const { parts } = rule.head.ref;
  return refText(parts.slice(0, groundLength(parts)));
}
