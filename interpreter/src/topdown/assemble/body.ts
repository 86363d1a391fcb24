import { InvariantError, unreachable } from "../../errors.ts";
import type { Step } from "../../plan/plan.ts";
import type { Assembler, Run } from "./assembler.ts";
import { assembleClosureTest } from "./closures.ts";
import { assembleRelation } from "./call.ts";
import { assembleJoin } from "./join.ts";
import { assembleScan } from "./scan.ts";
import { assembleTest } from "./test.ts";
import { assembleInvoke, assembleSolve, assembleTracedEvery, assembleTracedLoop } from "./traced.ts";
import { assembleToldScan, assembleUnification } from "./unification.ts";
import { assembleWalk } from "./walk.ts";
import { assembleWith } from "./with.ts";

/** A step without a choice: succeeds or fails, and may bind slots. */
export type Test = Run;

/**
 * Assembles steps from the last to the first, each around what follows it. Steps without a choice that stand together
 * become one closure; only loops nest.
 */
export function assembleSteps(steps: readonly Step[], last: Run, assembler: Assembler): Run {
  let rest = last;
  let tests: Test[] = [];
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as Step;
    if (isTest(step) && !(assembler.tracer && hasEvery(step)))
      tests.unshift(assembleStepTest(step, assembler));
    else {
      rest = assembleLoop(step, inSequence(tests, rest), assembler);
      tests = [];
    }
  }
  return inSequence(tests, rest);
}

/** True for steps that succeed at most once. */
export function isTest(step: Step): boolean {
  switch (step.op) {
    case "scan":
    case "join":
    case "walk":
    case "relation":
    case "solve":
    case "invoke":
      return false;
    case "with":
      return step.steps.every(isTest);
    default:
      return true;
  }
}

/** With observers what follows an `every` runs within it. */
function hasEvery(step: Step): boolean {
  return step.op === "every" || (step.op === "with" && step.steps.some(hasEvery));
}

export function assembleStepTest(step: Step, assembler: Assembler): Test {
  switch (step.op) {
    case "bind":
    case "check":
    case "equal":
    case "match":
      return assembleTest(step, assembler);
    case "not":
    case "every":
    case "and":
    case "or":
      return assembleClosureTest(step, assembler);
    case "with":
      return assembleWith(step, undefined, assembler);
    case "unification":
      return assembleUnification(step, assembler);
    default:
      throw new InvariantError(`${step.op} is a loop`);
  }
}

export function assembleLoop(step: Step, rest: Run, assembler: Assembler): Run {
  const { tracer } = assembler;
  if (tracer && (step.op === "scan" || step.op === "walk" || step.op === "relation")) {
    const loop = (inner: Run): Run => assembleStepLoop(step, inner, assembler);
    return assembleTracedLoop(loop, rest, step.op === "relation", tracer);
  }
  return assembleStepLoop(step, rest, assembler);
}

function assembleStepLoop(step: Step, rest: Run, assembler: Assembler): Run {
  switch (step.op) {
    case "scan":
      if (step.told) return assembleToldScan(step, step.told, rest, assembler);
      return assembleScan(step, rest, assembler);
    case "join":
      return assembleJoin(step, rest, assembler);
    case "walk":
      return assembleWalk(step, rest, assembler);
    case "relation":
      return assembleRelation(step, rest, assembler);
    case "with":
      return assembleWith(step, rest, assembler);
    case "solve":
      return assembleSolve(step, rest, assembler);
    case "invoke":
      return assembleInvoke(step, rest, assembler);
    case "every":
      if (assembler.tracer) return assembleTracedEvery(step, rest, assembler.tracer, assembler);
      throw new InvariantError("every is no loop");
    case "bind":
    case "check":
    case "equal":
    case "match":
    case "unification":
    case "not":
    case "and":
    case "or":
      throw new InvariantError(`${step.op} is no loop`);
    default:
      return unreachable(step);
  }
}

function inSequence(tests: readonly Test[], rest: Run): Run {
  const [a, b, c] = tests;
  if (!a) return rest;
  if (!b) return (frame) => a(frame) && rest(frame);
  if (!c) return (frame) => a(frame) && b(frame) && rest(frame);
  if (tests.length === 3) return (frame) => a(frame) && b(frame) && c(frame) && rest(frame);
  return (frame) => {
    for (let i = 0; i < tests.length; i++) if (!(tests[i] as Test)(frame)) return false;
    return rest(frame);
  };
}
