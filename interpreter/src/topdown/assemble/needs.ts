import type { ClausePlan } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import type { Frame } from "../machine.ts";
import type { Assembler, Run } from "./assembler.ts";

/**
 * Whether OPA's index leaves a clause in. A clause left out has no solution anyway: what shows is that its builtins are
 * not called, and so do not fail.
 */
export function assembleNeeds({ needs = [] }: ClausePlan, assembler: Assembler): (frame: Frame) => boolean {
  if (!assembler.options.ruleIndex || needs.length === 0) return () => true;
  const tests = needs.map(({ on, value }) => ({ on: assembler.operand(on), value }));
  return (frame) =>
    tests.every(({ on, value }) => {
      const found = on(frame);
      return found !== undefined && (value === undefined || equals(found, value));
    });
}

/** The run of a clause, kept from starting where OPA's index leaves the clause out. */
export function withNeeds(clause: ClausePlan, run: Run, assembler: Assembler): Run {
  if (!clause.needs || clause.needs.length === 0) return run;
  const fits = assembleNeeds(clause, assembler);
  return (frame) => fits(frame) && run(frame);
}
