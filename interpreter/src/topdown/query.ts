import { InvariantError, type RegoError } from "../errors.ts";
import type { QueryPlan, Span } from "../plan/plan.ts";
import type { Location } from "../location.ts";
import { setOwn } from "../value/plain-object.ts";
import { spendResult } from "./result-size.ts";
import type { Value } from "../value/value.ts";
import type { Executable } from "./assemble.ts";
import { Fault } from "./fault.ts";
import type { BudgetName } from "./budget.ts";
import type { Frame, Machine, MachineStart } from "./machine.ts";

/** One solution of a query. */
export interface QueryResult {
  readonly expressions: readonly {
    readonly value: Value;
    readonly text: string;
    readonly location: Location;
  }[];
  readonly bindings: Readonly<Record<string, Value>>;
}

export interface Outcome<T> {
  readonly value: T;
  readonly errors: readonly RegoError[];
  /** Errors of builtins that made their calls undefined, in the order they came. */
  readonly builtinErrors: readonly RegoError[];
}

export interface RunOptions extends MachineStart {
  /** An error of a builtin ends in an error instead of an undefined call. */
  readonly strictBuiltinErrors: boolean;
}

/** Collects all solutions of a query, in evaluation order; equal ones are kept. */
export function resultsOf(executable: Executable): (options: RunOptions) => Outcome<readonly QueryResult[]> {
  const { machine, plan } = executable;
  let results: QueryResult[] = [];
  const shown = resultReader(plan.query, (span) => machine.location(span));
  const run = executable.query((frame) => {
    machine.budget.elements(1 + plan.query.bindings.length + plan.query.expressions.length);
    results.push(shown(frame));
    return false;
  });
  return (options) => {
    const errors = attempt(executable, options, () => {
      results = [];
      run(new Array(plan.query.slots));
      for (const { expressions, bindings } of results) {
        for (const { value } of expressions) spendResult(value);
        for (const name of Object.keys(bindings)) spendResult(bindings[name]);
      }
    });
    return { value: results, errors, builtinErrors: machine.builtinErrors };
  };
}

/** The value of a query's only expression, without a result around it. */
export function valueOf(executable: Executable): (options: RunOptions) => Outcome<Value | undefined> {
  const { machine, plan } = executable;
  const slot = plan.query.expressions[0]?.slot ?? 0;
  let value: Value | undefined;
  const run = executable.query((frame) => {
    value = frame[slot] as Value;
    // Observers see the search go on, as they would in a query.
    return executable.tracer === undefined;
  });
  return (options) => {
    const errors = attempt(executable, options, () => {
      value = undefined;
      run(new Array(plan.query.slots));
      spendResult(value);
    });
    return { value: errors.length > 0 ? undefined : value, errors, builtinErrors: machine.builtinErrors };
  };
}

/**
 * Runs an evaluation and turns what ends it into errors. With strict builtin errors the first of those is what is
 * reported, whatever came after it. A suspension passes through: it is for whoever can answer it.
 */
function attempt(executable: Executable, options: RunOptions, run: () => void): readonly RegoError[] {
  const { machine } = executable;
  if (machine.busy) throw new InvariantError("a prepared query was evaluated within its own evaluation");
  machine.start(options);
  executable.tracer?.start();
  let fault: RegoError | undefined;
  try {
    run();
  } catch (error) {
    fault = faultOf(error, machine);
  } finally {
    machine.finish();
  }
  const first = options.strictBuiltinErrors ? machine.builtinErrors[0] : undefined;
  if (first) return [first];
  return fault ? [fault] : [];
}

function faultOf(error: unknown, machine: Machine): RegoError {
  if (error instanceof Fault) return error.error;
  if (error instanceof RangeError) {
    const limit = ENGINE_LIMITS.find(({ says }) => says.test(error.message));
    if (limit) {
      const { error: fault } = machine.usedUp(limit.budget);
      return { ...fault, message: `${fault.message}: ${limit.why}` };
    }
  }
  throw error;
}

/** What a JavaScript engine says when it ends before the budget does: a small stack, deep values, limits that were lifted. */
const ENGINE_LIMITS: readonly {
  readonly says: RegExp;
  readonly budget: BudgetName;
  readonly why: string;
}[] = [
  { says: /call stack/, budget: "depth", why: "the stack is full" },
  { says: /string length/, budget: "bytes", why: "a text is too long" },
  { says: /BigInt/, budget: "bytes", why: "a number is too long" },
  { says: /(Map|Set|array|Array).*(size|length)/, budget: "elements", why: "a collection is too large" },
];

function resultReader(query: QueryPlan, location: (span: Span) => Location): (frame: Frame) => QueryResult {
  const expressions = query.expressions.map(({ text, span, slot }) => ({
    text,
    location: location(span),
    slot,
  }));
  return (frame) => {
    const bindings: Record<string, Value> = {};
    for (const { name, slot } of query.bindings) {
      const value = frame[slot] as Value | undefined;
      if (value !== undefined) setOwn(bindings, name, value);
    }
    return {
      expressions: expressions.map(({ text, location, slot }) => ({
        value: slot === undefined ? true : (frame[slot] as Value),
        text,
        location,
      })),
      bindings,
    };
  };
}
