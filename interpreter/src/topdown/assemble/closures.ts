import { unreachable } from "../../errors.ts";
import type { EveryStep, LogicStep, NotStep } from "../../plan/plan.ts";
import type { Assembler, Run } from "./assembler.ts";
import { eachEntry, isCollection } from "./scan.ts";
import { assembleTracedNot } from "./traced.ts";

/** Assembles the steps that ask whether bodies of their own have a solution; their variables stay inside. */
export function assembleClosureTest(step: NotStep | EveryStep | LogicStep, assembler: Assembler): Run {
  switch (step.op) {
    case "not": {
      if (assembler.tracer) return assembleTracedNot(step, assembler.tracer, assembler);
      const body = assembler.test(step.body);
      return (frame) => !body(frame);
    }
    case "every":
      return assembleEvery(step, assembler);
    case "and": {
      const bodies = step.bodies.map(assembler.test);
      return (frame) => bodies.every((body) => body(frame));
    }
    case "or": {
      const bodies = step.bodies.map(assembler.test);
      return (frame) => bodies.some((body) => body(frame));
    }
    default:
      return unreachable(step);
  }
}

/** Undefined for what is no collection, true for an empty one. */
function assembleEvery(step: EveryStep, assembler: Assembler): Run {
  const { budget } = assembler.machine;
  const { key, value } = step;
  const domain = assembler.operand(step.domain);
  const body = assembler.test(step.body);
  return (frame) => {
    const collection = domain(frame);
    if (!isCollection(collection)) return false;
    return !eachEntry(collection, (k, v) => {
      budget.step();
      frame[key] = k;
      frame[value] = v;
      return !body(frame);
    });
  };
}
