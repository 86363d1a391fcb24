import type { Body, Expr, RefTerm, Rule, Term } from "../../syntax/ast.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import { callExpr } from "../nodes.ts";
import { outputsOfExpr } from "../outputs.ts";
import type { Arity } from "../outputs.ts";
import { mapBranches } from "../rewrite.ts";
import { arityOf } from "../operators.ts";
import { ALL_VARS, varsOfTerms } from "../vars.ts";

/**
 * InjectTestCaseFunc: with `options.testCases`, `test_x[case] if …` calls `internal.test_case([case])` as soon as the vars
 * of the case are bound, so that a case that fails afterwards is known of. Bodies are in evaluation order by now.
 */
export function injectTestCases(c: Compilation): void {
  if (!c.options.testCases) return;
  const arity: Arity = (operator) => arityOf(c, operator);
  rewriteRules(c, (rule) =>
    mapBranches(rule, (branch) => {
      const keys = caseKeys(branch.head.ref);
      return keys.length === 0 ? branch : { ...branch, body: withReport(branch, keys, arity) };
    }),
  );
}

/** What follows the ground part of a test's ref: nothing in a test without cases. */
function caseKeys(ref: RefTerm): readonly Term[] {
  const ground = ref.parts.findIndex((part, i) => i > 0 && part.kind !== "scalar");
  if (ground < 0) return [];
  const name = ref.parts[ground - 1];
  const text = name?.kind === "var" ? name.name : name?.kind === "scalar" ? name.value : "";
  return typeof text === "string" && /^(todo_)?test_/.test(text) ? ref.parts.slice(ground) : [];
}

function withReport(rule: Rule, keys: readonly Term[], arity: Arity): Body {
  const missing = new Set<string>();
  varsOfTerms(keys, ALL_VARS, missing);
  const bound = new Set<string>();
  const known = { has: (name: string) => bound.has(name) || name === "input" || name === "data" };
  let at = 0;
  while (at < rule.body.length && missing.size > 0) {
    for (const name of outputsOfExpr(rule.body[at] as Expr, arity, known)) {
      bound.add(name);
      missing.delete(name);
    }
    at++;
  }
  const { location } = rule.head;
  const report: Expr = {
    negated: false,
    terms: callExpr("internal.test_case", [{ kind: "array", items: keys, location }], false, location),
    with: [],
    generated: true,
    location,
  };
  return [...rule.body.slice(0, at), report, ...rule.body.slice(at)];
}
