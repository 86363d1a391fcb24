import { unreachable } from "../../errors.ts";
import type { Bind, Check, Equal, Match } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import type { Assembler, Run } from "./assembler.ts";

/** Assembles the steps that look at values without iterating. */
export function assembleTest(step: Bind | Check | Equal | Match, assembler: Assembler): Run {
  switch (step.op) {
    case "bind": {
      const { slot } = step;
      const value = assembler.operand(step.value);
      return (frame) => (frame[slot] = value(frame)) !== undefined;
    }
    case "check": {
      const value = assembler.operand(step.value);
      return (frame) => {
        const found = value(frame);
        return found !== undefined && found !== false;
      };
    }
    case "equal":
      return assembleEqual(step, assembler);
    case "match": {
      const value = assembler.operand(step.value);
      const fit = assembler.fit(step.pattern);
      return (frame) => {
        const found = value(frame);
        return found !== undefined && fit(frame, found);
      };
    }
    default:
      return unreachable(step);
  }
}

function assembleEqual(step: Equal, assembler: Assembler): Run {
  const [side, constant] = step.left.op === "const" ? [step.right, step.left] : [step.left, step.right];
  if (constant.op === "const") {
    const left = assembler.operand(side);
    const wanted = constant.value;
    // A string, boolean or null equals nothing but itself; a number may also equal a decimal.
    if (typeof wanted === "string" || typeof wanted === "boolean" || wanted === null) {
      return (frame) => left(frame) === wanted;
    }
    return (frame) => {
      const found = left(frame);
      return found !== undefined && equals(found, wanted);
    };
  }
  const left = assembler.operand(step.left);
  const right = assembler.operand(step.right);
  return (frame) => {
    const a = left(frame);
    if (a === undefined) return false;
    const b = right(frame);
    return b !== undefined && (a === b || equals(a, b));
  };
}
