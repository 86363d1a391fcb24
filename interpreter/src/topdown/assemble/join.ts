import type { Join } from "../../plan/plan.ts";
import type { Assembler, Run } from "./assembler.ts";
export function assembleJoin(step: Join, rest: Run, assembler: Assembler): Run {
  void step;
  void assembler;
  return rest;
}
