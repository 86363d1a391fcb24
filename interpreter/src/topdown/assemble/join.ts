import type { Join, Slot } from "../../plan/plan.ts";
import type { Value } from "../../value/value.ts";
import { Fault } from "../fault.ts";
import type { Frame } from "../machine.ts";
import { JoinIndexes, type Solution } from "../join-indexes.ts";
import { ValueIndex } from "../value-index.ts";
import type { Assembler, Run } from "./assembler.ts";

/** Assembles a join: by an index of the collection where that pays, else by its steps and the comparison. */
export function assembleJoin(step: Join, rest: Run, assembler: Assembler): Run {
  const { machine } = assembler;
  const { budget } = machine;
  const indexes = new JoinIndexes();
  const over = assembler.operand(step.over);
  const equals = assembler.operand(step.equals);
  const plain = assembler.steps(
    [...step.steps, { op: "equal", left: step.column, right: step.equals }],
    rest,
  );
  const column = assembler.operand(step.column);
  const slots = step.slots;

  let building: ValueIndex<Solution> | undefined;
  const collect = assembler.steps(step.steps, (frame) => {
    const key = column(frame);
    if (key === undefined) return false;
    budget.elements(1 + slots.length);
    building?.add(
      key,
      slots.map((slot) => frame[slot] as Value),
    );
    return false;
  });
  const build = (frame: Frame): ValueIndex<Solution> | "plain" => {
    const index = new ValueIndex<Solution>();
    const { rule } = machine;
    const depth = budget.depthLeft;
    building = index;
    try {
      collect(frame);
      return index;
    } catch (fault) {
      // A function in conflict with itself for an element that the steps behind the join would have left out.
      if (fault instanceof Fault && fault.error.code === "eval_conflict_error") {
        machine.rule = rule;
        budget.depthLeft = depth;
        return "plain";
      }
      throw fault;
    } finally {
      building = undefined;
    }
  };

  return (frame) => {
    // A replaced function may be one that the steps call.
    if (machine.mocks !== undefined) return plain(frame);
    const collection = over(frame);
    if (typeof collection !== "object" || collection === null) return false;
    let index = indexes.of(collection);
    if (index === "build") {
      const built = build(frame);
      indexes.keep(collection, built);
      index = built === "plain" ? undefined : built;
    }
    if (index === undefined) return plain(frame);
    const wanted = equals(frame);
    if (wanted === undefined) return false;
    for (const solution of index.get(wanted)) {
      budget.step();
      for (let i = 0; i < slots.length; i++) frame[slots[i] as Slot] = solution[i];
      if (rest(frame)) return true;
    }
    return false;
  };
}
