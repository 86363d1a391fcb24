import type { Kept } from "../../plan/plan.ts";
import type { Value } from "../../value/value.ts";
import { UNDEFINED } from "../undefined.ts";
import type { Assembler, Eval } from "./assembler.ts";

/**
 * Assembles a value that is computed once for each stable part of the input. What ends the evaluation on the way keeps
 * nothing, nor does an error of a builtin: it is reported each time.
 */
export function assembleKept({ id, value }: Kept, assembler: Assembler): Eval {
  const { machine } = assembler;
  const compute = assembler.operand(value);
  return (frame) => {
    const values = machine.keptValues();
    if (values === undefined) return compute(frame);
    const known = values[id];
    if (known !== undefined) {
      machine.budget.step();
      return known === UNDEFINED ? undefined : (known as Value);
    }
    const errors = machine.builtinErrors.length;
    const found = compute(frame);
    if (machine.builtinErrors.length === errors) values[id] = found === undefined ? UNDEFINED : found;
    return found;
  };
}
