import { unreachable } from "../../errors.ts";
import type { Operand } from "../../plan/plan.ts";
import { ObjectBuilder } from "../../value/object.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import type { Assembler, Eval } from "./assembler.ts";
import { assembleBuiltin, assembleFunction } from "./call.ts";
import { assembleComprehension } from "./comprehension.ts";
import { assembleExtent } from "./extent.ts";
import { assembleKept } from "./kept.ts";
import { assembleBase, assembleGet } from "./read.ts";

/** Assembles an expression that gives one value or none. */
export function assembleOperand(operand: Operand, assembler: Assembler): Eval {
  const { machine } = assembler;
  switch (operand.op) {
    case "const": {
      const { value } = operand;
      return () => value;
    }
    case "local": {
      const { slot } = operand;
      return (frame) => frame[slot] as Value | undefined;
    }
    case "input":
      return () => machine.input;
    case "base":
      return assembleBase(operand, assembler);
    case "get":
      return assembleGet(operand, assembler);
    case "array":
      return assembleArray(operand.items.map(assembler.operand), assembler);
    case "set": {
      const items = assembleArray(operand.items.map(assembler.operand), assembler);
      return (frame) => {
        const values = items(frame);
        return values === undefined ? undefined : new RegoSet(values as readonly Value[]);
      };
    }
    case "object":
      return assembleObject(
        operand.entries.map(([key, value]) => [assembler.operand(key), assembler.operand(value)]),
        assembler,
      );
    case "rule": {
      const unit = assembler.rule(operand.rule);
      return () => unit.value();
    }
    case "keyed": {
      const unit = assembler.rule(operand.rule);
      const key = assembler.operand(operand.key);
      return (frame) => {
        const given = key(frame);
        return given === undefined ? undefined : unit.at(given);
      };
    }
    case "function":
      return assembleFunction(operand, assembler);
    case "builtin":
      return assembleBuiltin(operand, assembler);
    case "extent":
      return assembleExtent(operand.tree, assembler);
    case "kept":
      return assembleKept(operand, assembler);
    case "comprehension":
      return assembleComprehension(operand, assembler);
    default:
      return unreachable(operand);
  }
}

function assembleArray(items: readonly Eval[], assembler: Assembler): Eval {
  const { budget } = assembler.machine;
  return (frame) => {
    const values: Value[] = [];
    budget.elements(items.length);
    for (let i = 0; i < items.length; i++) {
      const value = (items[i] as Eval)(frame);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

function assembleObject(entries: readonly (readonly [Eval, Eval])[], assembler: Assembler): Eval {
  const { budget } = assembler.machine;
  return (frame) => {
    const builder = new ObjectBuilder();
    budget.elements(entries.length);
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as readonly [Eval, Eval];
      const key = entry[0](frame);
      if (key === undefined) return undefined;
      const value = entry[1](frame);
      if (value === undefined) return undefined;
      builder.set(key, value);
    }
    return builder.build();
  };
}
