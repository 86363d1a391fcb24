import type { Builtin } from "../../builtins/builtin.ts";
import { ruleName } from "../../plan/names.ts";
import type { BuiltinCall, FunctionCall, Operand, Relation } from "../../plan/plan.ts";
import type { RegoArray, Value } from "../../value/value.ts";
import type { Frame, Machine } from "../machine.ts";
import type { Assembler, Eval, Run } from "./assembler.ts";
import { directBuiltins } from "./direct-builtins.ts";
import { assembleToldResults } from "./unification.ts";
import { callMock } from "./with.ts";

type Args = (frame: Frame) => readonly Value[] | undefined;

/** Assembles a call of a policy's function. An undefined argument makes the call undefined. */
export function assembleFunction(call: FunctionCall, assembler: Assembler): Eval {
  const { machine } = assembler;
  const unit = assembler.rule(call.rule);
  const path = assembler.plan.rules[call.rule]?.path ?? [];
  const name = ruleName(path);
  const args = assembleArgs(call.args, assembler.operand);
  return (frame) => {
    const given = args(frame);
    if (given === undefined) return undefined;
    if (machine.mocks !== undefined) {
      const mock = machine.mocks.get(name);
      if (mock) return callMock(machine, mock, given, call.bare);
    }
    return unit.call(given);
  };
}

/** Assembles a call of a builtin. */
export function assembleBuiltin(call: BuiltinCall, assembler: Assembler): Eval {
  const { machine } = assembler;
  const { name, span } = call;
  const args = assembleArgs(call.args, assembler.plain);
  const row = assembler.builtins.get(name);
  const direct = directBuiltins.get(name);
  if (direct && row && call.args.length === 2) return assembleDirect(call, direct, assembler);
  return (frame) => {
    const given = args(frame);
    if (given === undefined) return undefined;
    if (machine.mocks !== undefined) {
      const mock = machine.mocks.get(name);
      if (mock) return callMock(machine, mock, given, call.bare);
    }
    return machine.callBuiltin(known(row, call, machine), given, span);
  };
}

/** A builtin of two arguments that cannot fail: called without a list of arguments. */
function assembleDirect(
  call: BuiltinCall,
  direct: (a: Value, b: Value) => Value,
  assembler: Assembler,
): Eval {
  const { machine } = assembler;
  const { name } = call;
  const left = assembler.plain(call.args[0] as Operand);
  const right = assembler.plain(call.args[1] as Operand);
  return (frame) => {
    const a = left(frame);
    if (a === undefined) return undefined;
    const b = right(frame);
    if (b === undefined) return undefined;
    if (machine.mocks !== undefined) {
      const mock = machine.mocks.get(name);
      if (mock) return callMock(machine, mock, [a, b], call.bare);
    }
    return direct(a, b);
  };
}

/** Assembles a builtin that has any number of results. */
export function assembleRelation(step: Relation, rest: Run, assembler: Assembler): Run {
  const { machine } = assembler;
  const args = assembleArgs(step.args, assembler.plain);
  const fit = assembler.fit(step.output);
  const tell = step.told && assembleToldResults(step.told, step.pathless === true, assembler);
  const row = assembler.builtins.get(step.name);
  return (frame) => {
    const given = args(frame);
    if (given === undefined) return false;
    const found = machine.callBuiltin(known(row, step, machine), given, step.span) as RegoArray | undefined;
    if (found === undefined) return false;
    const results = step.pathless ? found.map((pair) => [[], (pair as RegoArray)[1] as Value]) : found;
    tell?.begin(results);
    for (const result of results) {
      machine.budget.step();
      if (tell && !tell.result(frame, result)) continue;
      if (fit(frame, result) && rest(frame)) return true;
    }
    return false;
  };
}

function known(row: Builtin | undefined, call: BuiltinCall | Relation, machine: Machine): Builtin {
  if (row) return row;
  throw machine.fault("eval_internal_error", `unsupported built-in: ${call.name}`, call.span);
}

function assembleArgs(args: readonly Operand[], operand: Assembler["operand"]): Args {
  const [first, second] = args.map(operand);
  if (!first) return () => [];
  if (args.length === 1) {
    return (frame) => {
      const a = first(frame);
      return a === undefined ? undefined : [a];
    };
  }
  if (args.length === 2 && second) {
    return (frame) => {
      const a = first(frame);
      if (a === undefined) return undefined;
      const b = second(frame);
      return b === undefined ? undefined : [a, b];
    };
  }
  const all = args.map(operand);
  return (frame) => {
    const values: Value[] = [];
    for (let i = 0; i < all.length; i++) {
      const value = (all[i] as Eval)(frame);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}
