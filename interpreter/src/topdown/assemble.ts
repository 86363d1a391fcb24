import type { Builtin } from "../builtins/builtin.ts";
import type { Plan, RulePlan } from "../plan/plan.ts";
import { FOUND, type AssembleOptions, type Assembler, type Run } from "./assemble/assembler.ts";
import { assembleSteps } from "./assemble/body.ts";
import { assembleOperand } from "./assemble/operand.ts";
import { assemblePattern } from "./assemble/pattern.ts";
import { ruleUnit } from "./assemble/rule.ts";
import { type RuleUnit } from "./assemble/assembler.ts";
import { assembleTracedBody, assembleTracedTest, bodySubject } from "./assemble/traced.ts";
import { tracedRuleUnit } from "./assemble/traced-rule.ts";
import { assemblePlain, assembleShown } from "./assemble/unification.ts";
import { generateRule } from "./generate/generate-rule.ts";
import { Machine } from "./machine.ts";
import { Tracer } from "./tracer.ts";

/** A plan turned into closures, with the machine they share. */
export interface Executable {
  readonly plan: Plan;
  readonly machine: Machine;
  readonly tracer: Tracer | undefined;
  /** Whether it keeps to OPA's order of evaluation. */
  readonly exact: boolean;
  /** Runs the query's body; `found` is called in the frame of each solution and returns true to stop. */
  readonly query: (found: Run) => Run;
}

/** Assembles a plan: each node becomes one closure, each rule at its first use. */
export function assemble(
  plan: Plan,
  builtins: ReadonlyMap<string, Builtin>,
  options: AssembleOptions,
): Executable {
  const machine = new Machine(plan);
  const tracer = options.observers.length > 0 ? new Tracer(options.observers, machine) : undefined;
  const unifications = tracer?.unifications;
  const units: RuleUnit[] = [];
  const assembler: Assembler = {
    plan,
    machine,
    builtins,
    options,
    tracer,
    operand: (operand) => {
      const evaluate = assembleOperand(operand, assembler);
      return "shown" in operand && operand.shown
        ? assembleShown(evaluate, operand.shown, assembler)
        : evaluate;
    },
    plain: (operand) => {
      const evaluate = assembler.operand(operand);
      return unifications ? assemblePlain(evaluate, unifications) : evaluate;
    },
    fit: (pattern) => assemblePattern(pattern, assembler),
    body: (body, last) => {
      // Comprehensions; rules have their own way with observers.
      if (tracer) return assembleTracedBody(body, bodySubject(body), false, last, tracer, assembler);
      const steps = body.exprs.flatMap((expr) => expr.steps);
      return assembleSteps(steps, last, assembler);
    },
    test: (body) => (tracer ? assembleTracedTest(body, tracer, assembler) : assembler.body(body, FOUND)),
    steps: (steps, last) => assembleSteps(steps, last, assembler),
    generate: options.generate && !tracer ? (rule) => generateRule(rule, assembler) : undefined,
    rule: (id) => (units[id] ??= unitOf(plan.rules[id] as RulePlan, assembler)),
  };
  const { exact } = options;
  return { plan, machine, tracer, exact, query: (found) => assembler.body(plan.query.body, found) };
}

function unitOf(plan: RulePlan, assembler: Assembler): RuleUnit {
  return assembler.tracer ? tracedRuleUnit(plan, assembler.tracer, assembler) : ruleUnit(plan, assembler);
}
