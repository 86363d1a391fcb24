import type { ClausePlan, RulePlan } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { Fault } from "../fault.ts";
import type { Frame, Machine } from "../machine.ts";
import type { Tracer } from "../tracer.ts";
import type { Seen } from "../unifications.ts";
import type { Assembler, Run } from "./assembler.ts";
import { assembleTracedBody } from "./traced.ts";
import { isEarly, ruleSubject } from "./traced-index.ts";

type Found = (value: Value) => boolean;

/** One call of a complete rule or function: in slot 0 of its frame. */
interface Call {
  readonly found: Found;
  /** Keeps the value where later calls look for it. */
  readonly keep: (value: Value | undefined) => void;
  /** A call that wants no value: a false one is passed over. */
  readonly bare: boolean;
  /** Values of the rule that differ from the first one, where it has been found to have several. */
  readonly conflicts: Value[] | undefined;
  value: Value | undefined;
  succeeded: boolean;
  /** {@link Tracer.isEnding} when what follows the value came back. */
  isEnding: boolean;
  /** What follows the value wants no further solution. */
  stopped: boolean;
}

/** The value of a complete rule or function for these arguments, then what follows it; true to stop. As `solve` of a rule unit. */
export type SolveComplete = (
  args: readonly Value[],
  keep: Call["keep"],
  found: Found,
  bare: boolean,
  asked: Seen | undefined,
) => boolean;

export function assembleTracedComplete(
  plan: RulePlan,
  tracer: Tracer,
  assembler: Assembler,
  matching: (args: readonly Value[]) => readonly (readonly ClausePlan[])[],
): SolveComplete {
  const { machine } = assembler;
  const message =
    plan.kind === "function"
      ? "functions must not produce multiple outputs for same inputs"
      : "complete rules must not produce multiple outputs";
  const assembleClause = (clause: ClausePlan): { early: Run; all: Run } => {
    const value = clause.value ? assembler.operand(clause.value) : () => undefined;
    const take: Run = (frame) => {
      const call = frame[0] as Call;
      const found = value(frame);
      if (found === undefined) return false;
      call.succeeded = true;
      if (call.conflicts) {
        if (isConflict(found, call.conflicts))
          throw machine.fault("eval_conflict_error", message, clause.span);
        return false;
      }
      if (call.value !== undefined) {
        if (!equals(call.value, found)) throw machine.fault("eval_conflict_error", message, clause.span);
        return false;
      }
      call.value = found;
      call.keep(found);
      if (call.bare && found === false) {
        tracer.isPassed = true;
        return false;
      }
      call.stopped = call.found(found);
      call.isEnding = tracer.isEnding;
      return call.stopped;
    };
    const subject = ruleSubject(plan, clause);
    const run = (early: boolean): Run =>
      assembleTracedBody(clause.body, subject, early, take, tracer, assembler);
    return { early: run(true), all: run(false) };
  };
  const runs = new Map<ClausePlan, { early: Run; all: Run }>();
  for (const clause of plan.chains.flat()) runs.set(clause, assembleClause(clause));
  if (plan.default) runs.set(plan.default, assembleClause(plan.default));
  const { slots, params, path } = plan;

  return (args, keep, found, bare, asked) => {
    const { budget } = machine;
    // The head of a function that does not fit the arguments is passed over in silence.
    const { headMissed } = tracer;
    tracer.headMissed = undefined;
    const caller = machine.rule;
    machine.rule = path;
    budget.enter();
    const matched = matching(args);
    const early = isEarly(matched, assembler);
    let value: Value | undefined;
    let isEnding = false;
    const attempt = (clause: ClausePlan, early: boolean, conflicts?: Value[]): "stop" | "value" | "none" => {
      const frame: Frame = new Array(slots);
      for (let i = 0; i < params; i++) frame[i + 1] = args[i];
      const call: Call = {
        found,
        keep,
        bare,
        conflicts,
        value,
        succeeded: false,
        isEnding: false,
        stopped: false,
      };
      frame[0] = call;
      tracer.asked = asked;
      const run = runs.get(clause);
      (early ? run?.early : run?.all)?.(frame);
      value = call.value;
      isEnding ||= call.isEnding;
      tracer.isEnding = false;
      return call.stopped ? "stop" : call.succeeded ? "value" : "none";
    };
    const attemptFirst = (clause: ClausePlan): ReturnType<typeof attempt> => {
      try {
        return attempt(clause, early);
      } catch (fault) {
        if (isOwnConflict(fault, machine, clause)) findConflicts();
        throw fault;
      }
    };
    // OPA evaluates the clauses again, to list the values that are in conflict.
    const findConflicts = (): void => {
      const conflicts: Value[] = [];
      for (const chain of matched) {
        chain.some((clause) => {
          try {
            return attempt(clause, early, conflicts) !== "none";
          } catch (fault) {
            if (isOwnConflict(fault, machine, clause)) return true;
            throw fault;
          }
        });
      }
    };
    let stopped = false;
    for (const chain of matched) {
      for (const clause of chain) {
        const outcome = attemptFirst(clause);
        if (outcome === "stop") stopped = true;
        if (outcome !== "none") break;
      }
      if (early && value !== undefined) break;
    }
    if (!stopped && value === undefined && plan.default) stopped = attempt(plan.default, early) === "stop";
    if (value === undefined && params === 0) keep(undefined);
    budget.leave();
    machine.rule = caller;
    tracer.headMissed = headMissed;
    tracer.isEnding = isEnding && !stopped;
    return stopped;
  };
}

/** Whether a value differs from the first one; the first one, and each that differs, is added. */
function isConflict(value: Value, values: Value[]): boolean {
  const [first] = values;
  if (first !== undefined && equals(first, value)) return false;
  values.push(value);
  return first !== undefined;
}

function isOwnConflict(fault: unknown, machine: Machine, { span }: ClausePlan): boolean {
  if (!(fault instanceof Fault) || fault.error.code !== "eval_conflict_error") return false;
  const { location } = fault.error;
  const own = machine.location(span);
  return location?.start === own.start && location.source === own.source;
}
