import type { Body, CallExpr, Expr, RefTerm, Term } from "../syntax/ast.ts";
import { isConstant, isEquality } from "./nodes.ts";
import type { MarkedExpr } from "./nodes.ts";
import { isEachKnown, isRefSafe, unifiedVars } from "./unify.ts";
import type { Known } from "./unify.ts";
import { ALL_VARS, OUTSIDE_CLOSURES, varsOfExpr, varsOfTerm, varsOfTerms } from "./vars.ts";
import type { VarSelection } from "./vars.ts";

/** The number of declared args of what a call names; -1 if nothing has that name. */
export type Arity = (operator: RefTerm) => number;

const NOTHING: ReadonlySet<string> = new Set();
const ARGUMENT_VARS: VarSelection = {
  skipClosures: true,
  skipSets: true,
  skipObjectKeys: true,
  skipRefHead: true,
};

/** The vars outside `safe` that a body binds, taken in order. */
export function outputsOfBody(body: Body, arity: Arity, safe: Known): Set<string> {
  const outputs = new Set<string>();
  const known: Known = { has: (name) => outputs.has(name) || safe.has(name) };
  for (const expr of body) {
    for (const name of outputsOfExpr(expr, arity, known)) if (!safe.has(name)) outputs.add(name);
  }
  return outputs;
}

/** The vars that evaluating one expression binds when those in `safe` are bound before. */
export function outputsOfExpr(expr: Expr, arity: Arity, safe: Known): ReadonlySet<string> {
  if (expr.negated || !hasSafeWith(expr, safe)) return NOTHING;
  switch (expr.terms.kind) {
    case "term":
      return outputsOfTerms([expr.terms.term], safe);
    case "call":
      return isEquality(expr) ? outputsOfEquality(expr, safe) : outputsOfCall(expr.terms, arity, safe);
    case "every":
      return outputsOfTerms([expr.terms.domain], safe);
    default:
      return NOTHING;
  }
}

/** Values given by `with` must be bound before anything inside can bind. */
function hasSafeWith(expr: Expr, safe: Known): boolean {
  if (expr.with.length === 0) return true;
  const vars = new Set<string>();
  varsOfExpr({ ...expr, terms: { kind: "some", symbols: [] } }, OUTSIDE_CLOSURES, vars);
  return isEachKnown(vars, safe);
}

/** Of `a = b`. The left side of a former `:=` is never a source: it cannot bind the right side backwards. */
export function outputsOfEquality(expr: MarkedExpr & { readonly terms: CallExpr }, safe: Known): Set<string> {
  const [left, right] = expr.terms.args;
  if (!left || !right || expr.terms.args.length > 2) return new Set();
  const targets = new Set<string>();
  if (expr.fromAssignment) varsOfTerm(left, ALL_VARS, targets);
  const outputs = outputsOfTerms([left, right], safe);
  for (const name of targets) outputs.delete(name);
  const known: Known = { has: (name) => outputs.has(name) || (safe.has(name) && !targets.has(name)) };
  for (const name of unifiedVars(known, left, right)) outputs.add(name);
  for (const name of outputs) if (safe.has(name)) outputs.delete(name);
  return outputs;
}

/** A call binds the vars of its output arg once all its inputs are bound. */
function outputsOfCall(call: CallExpr, arity: Arity, safe: Known): ReadonlySet<string> {
  const declared = arity(call.operator);
  if (declared < 0) return NOTHING;
  const outputs = outputsOfTerms(call.args, safe);
  if (declared >= call.args.length) return outputs;
  const inputs = new Set<string>();
  varsOfTerms(call.args.slice(0, declared), ARGUMENT_VARS, inputs);
  for (const name of inputs) if (!outputs.has(name) && !safe.has(name)) return NOTHING;
  varsOfTerms(call.args.slice(declared), ARGUMENT_VARS, outputs);
  return outputs;
}

/** Vars in brackets of refs whose head is bound, closures left out. */
function outputsOfTerms(terms: readonly Term[], safe: Known): Set<string> {
  const outputs = new Set<string>();
  for (const term of terms) addOutputs(term, safe, outputs);
  return outputs;
}

function addOutputs(term: Term, safe: Known, outputs: Set<string>): void {
  switch (term.kind) {
    case "ref":
      if (!isRefSafe(term, safe)) return;
      for (const part of term.parts.slice(1)) {
        if (!isConstant(part)) varsOfTerm(part, { skipRefHead: true }, outputs);
      }
      for (const part of term.parts) addOutputs(part, safe, outputs);
      return;
    case "array":
    case "set":
      for (const item of term.items) addOutputs(item, safe, outputs);
      return;
    case "object":
      for (const [key, value] of term.entries) {
        addOutputs(key, safe, outputs);
        addOutputs(value, safe, outputs);
      }
      return;
    case "call":
      for (const arg of term.args) addOutputs(arg, safe, outputs);
      return;
    default:
      return;
  }
}
