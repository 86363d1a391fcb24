import type { BodyPlan, Join, Operand, Pattern, Slot } from "../../plan/plan.ts";
import type { Assembler } from "../assemble/assembler.ts";
import type { ProgramText } from "./program-text.ts";

/** Writes what comes behind steps: it gets the label of the block to leave for the next solution. */
export type Then = (fail: string) => void;

/** What writes the parts of a rule into one text. The files of this folder know one another through this interface only. */
export interface Writer {
  readonly text: ProgramText;
  readonly assembler: Assembler;
  /** The names of the machine and of its budget in the text. */
  readonly machine: string;
  readonly budget: string;
  /**
   * The evaluation of an operand; answers an expression for its value, which is there: where it is undefined, the code goes on
   * behind the block `fail`.
   */
  operand(operand: Operand, fail: string): string;
  /** The taking apart of a value; where it does not fit, the code goes on behind the block `fail`. */
  pattern(pattern: Pattern, value: string, fail: string): void;
  /** The steps of a body, and `then` for each of their solutions; without any, the code goes on behind the block `fail`. */
  body(body: BodyPlan, fail: string, then: Then): void;
  join(join: Join, fail: string, then: Then): void;
}

/** The variable of a slot. */
export function slotName(slot: Slot): string {
  return `s${slot}`;
}
