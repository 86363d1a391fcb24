import type { ComprehensionOperand } from "../../plan/plan.ts";
import { ObjectBuilder } from "../../value/object.ts";
import { equals } from "../../value/order.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import type { Assembler, Eval } from "./assembler.ts";

/** Assembles a comprehension. It is never undefined; only an object's two values for one key are an error. */
export function assembleComprehension(operand: ComprehensionOperand, assembler: Assembler): Eval {
  const { machine } = assembler;
  const { budget } = machine;
  const { into } = operand;
  const value = assembler.plain(operand.value);
  switch (operand.kind) {
    case "array": {
      const body = assembler.body(operand.body, (frame) => {
        const element = value(frame);
        if (element === undefined) return false;
        budget.element();
        (frame[into] as Value[]).push(element);
        return false;
      });
      return (frame) => {
        const array: Value[] = [];
        frame[into] = array;
        body(frame);
        return array;
      };
    }
    case "set": {
      const body = assembler.body(operand.body, (frame) => {
        const element = value(frame);
        if (element === undefined) return false;
        budget.element();
        (frame[into] as RegoSet).add(element);
        return false;
      });
      return (frame) => {
        const set = new RegoSet();
        frame[into] = set;
        body(frame);
        return set;
      };
    }
    case "object": {
      const key = operand.key ? assembler.plain(operand.key) : () => undefined;
      const body = assembler.body(operand.body, (frame) => {
        const entryKey = key(frame);
        const entryValue = value(frame);
        if (entryKey === undefined || entryValue === undefined) return false;
        budget.element();
        const builder = frame[into] as ObjectBuilder;
        const old = builder.get(entryKey);
        if (old === undefined) builder.set(entryKey, entryValue);
        else if (!equals(old, entryValue)) {
          throw machine.fault("eval_conflict_error", "object keys must be unique", operand.span);
        }
        return false;
      });
      return (frame) => {
        const builder = new ObjectBuilder();
        frame[into] = builder;
        body(frame);
        return builder.build();
      };
    }
  }
}
