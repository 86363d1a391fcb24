import type { IndexNode } from "../../plan/plan.ts";
import { indexKey } from "../../plan/rule-index.ts";
import type { Value } from "../../value/value.ts";
import type { Frame } from "../machine.ts";
import type { Assembler } from "./assembler.ts";

/** The numbers of the chains that can match, in definition order. */
export type Lookup = (frame: Frame) => readonly number[];

/** Assembles a rule index: one read and one hash lookup a level. */
export function assembleIndex(node: IndexNode | readonly number[], assembler: Assembler): Lookup {
  if (!("on" in node)) return () => node;
  const on = assembler.operand(node.on);
  const equal = new Map<Value, Lookup>(
    node.equal.map(({ value, then }) => [value, assembleIndex(then, assembler)]),
  );
  const other = assembleIndex(node.other, assembler);
  return (frame) => {
    const value = on(frame);
    const key = value === undefined ? undefined : indexKey(value);
    const matching = key === undefined ? undefined : equal.get(key);
    const rest = other(frame);
    if (!matching) return rest;
    const found = matching(frame);
    return rest.length === 0 ? found : [...found, ...rest].sort((a, b) => a - b);
  };
}
