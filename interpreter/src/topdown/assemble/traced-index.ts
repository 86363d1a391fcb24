import { pathText } from "../../plan/names.ts";
import type { ClausePlan, LookupPlan, Operand, RulePlan } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import type { Subject, Tracer } from "../tracer.ts";
import type { Assembler } from "./assembler.ts";

/** Tells how many clauses the index left. */
export function emitIndex(plan: RulePlan, count: number, early: boolean, tracer: Tracer): void {
  const { subject, bound } = tracer;
  tracer.bound = [];
  if (!subject) return;
  const rules = `(matched ${count} ${count === 1 ? "rule" : "rules"}${early ? ", early exit" : ""})`;
  const vars = [...(subject.vars ?? []), ...bound];
  tracer.emit("Index", { ...subject, vars, text: pathText(plan.path) }, rules, tracer.frame);
}

/** True where all clauses left have one constant value, or none is left. */
export function isEarly(chains: readonly (readonly ClausePlan[])[], assembler: Assembler): boolean {
  if (!assembler.options.earlyExit) return false;
  const clauses = chains.flat();
  const [first] = clauses;
  if (!first) return true;
  const constant = first.value?.op === "const" ? first.value.value : undefined;
  if (constant === undefined || clauses.some(({ keyed }) => keyed)) return false;
  return clauses.every(({ value }) => value?.op === "const" && equals(value.value, constant));
}

/** A clause as the events of its evaluation are about it. */
export function ruleSubject(plan: RulePlan, clause: ClausePlan): Subject {
  const text = clause.text ?? pathText(plan.path);
  const subject: Subject = { node: "rule", text, span: clause.span, generated: false };
  return clause.vars ? { ...subject, vars: clause.vars } : subject;
}

/** What the index knows of a function's clauses without the arguments. */
export function withoutArgs(plan: RulePlan): RulePlan {
  const { lookup, params } = plan;
  if (!lookup) return plan;
  const isArg = (operand: Operand | undefined): boolean =>
    operand?.op === "local" ? operand.slot <= params : operand?.op === "get" && isArg(operand.of);
  const isKnown = (ref: number): boolean => !isArg(lookup.reads[ref]);
  const known: LookupPlan = {
    ...lookup,
    required: lookup.required.filter(isKnown),
    clauses: lookup.clauses.map((chain) =>
      chain.map(({ paths }) => ({
        paths: paths.map((path) => path.filter(({ ref }) => isKnown(ref))),
        memberships: [],
      })),
    ),
  };
  return { ...plan, lookup: known };
}
