import type { Builtin } from "../builtins/builtin.ts";
import type { Plan, RulePlan } from "../plan/plan.ts";
import type { AssembleOptions, Assembler, Run } from "./assemble/assembler.ts";
import { assembleSteps } from "./assemble/body.ts";
import { assembleOperand } from "./assemble/operand.ts";
import { assemblePattern } from "./assemble/pattern.ts";
import { ruleUnit, type RuleUnit } from "./assemble/rule.ts";
import { Machine } from "./machine.ts";

/** A plan turned into closures, with the machine they share. */
export interface Executable {
  readonly plan: Plan;
  readonly machine: Machine;
  /** Runs the query's body; `found` is called in the frame of each solution and returns true to stop. */
  readonly query: (found: Run) => Run;
}

/** Assembles a plan: each node becomes one closure, each rule at its first use. */
export function assemble(plan: Plan, builtins: ReadonlyMap<string, Builtin>, options: AssembleOptions): Executable {
  const machine = new Machine(plan.sources, plan.rules.length);
  const units: RuleUnit[] = [];
  const assembler: Assembler = {
    plan,
    machine,
    builtins,
    options,
    operand: (operand) => assembleOperand(operand, assembler),
    fit: (pattern) => assemblePattern(pattern, assembler),
    body: (body, last) =>
      assembleSteps(
        body.exprs.flatMap((expr) => expr.steps),
        last,
        assembler,
      ),
    steps: (steps, last) => assembleSteps(steps, last, assembler),
    rule: (id) => (units[id] ??= ruleUnit(plan.rules[id] as RulePlan, assembler)),
  };
  return { plan, machine, query: (found) => assembler.body(plan.query.body, found) };
}
