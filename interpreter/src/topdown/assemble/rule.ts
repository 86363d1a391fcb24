import { ruleName } from "../../plan/names.ts";
import type { ClausePlan, RulePlan } from "../../plan/plan.ts";
import { valueAt } from "../../value/index-access.ts";
import { equals } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { storeAt, storeAtPath } from "../documents.ts";
import { arePlain, KeptCalls } from "../kept-calls.ts";
import type { Frame, Machine } from "../machine.ts";
import { UNDEFINED } from "../undefined.ts";
import type { RuleUnit, Assembler, Run } from "./assembler.ts";
import { assembleIndex, type Lookup } from "./index-lookup.ts";
import { assembleLookup } from "./lookup.ts";
import { haveOneValue } from "./one-value.ts";
import { assemblePartial } from "./partial.ts";

export function ruleUnit(plan: RulePlan, assembler: Assembler): RuleUnit {
  const { machine } = assembler;
  const { id, path } = plan;
  let evaluate: ((args: readonly Value[]) => Value | undefined) | undefined;
  const run = (args: readonly Value[]): Value | undefined => {
    evaluate ??= assembleRule(plan, assembler);
    const { budget } = machine;
    const caller = machine.rule;
    machine.rule = path;
    budget.enter();
    const value = evaluate(args);
    budget.leave();
    machine.rule = caller;
    return value;
  };
  const whole = plan.restricted ? wholeOf(plan, assembler) : undefined;
  const none: readonly Value[] = [];
  const callAgain = (args: readonly Value[]): Value | undefined => {
    let calls = machine.cache[id] as CallCache | undefined;
    if (!calls) machine.cache[id] = calls = new CallCache();
    const known = calls.find(args);
    if (known) return known.value;
    const value = run(args);
    calls.keep(args, value);
    return value;
  };
  const unit: RuleUnit = {
    value: () => {
      if (machine.masks !== undefined && isMasked(machine, path)) return storeAtPath(machine.data, path);
      const cached = machine.cache[id];
      if (cached !== undefined) return cached === UNDEFINED ? undefined : (cached as Value);
      // The value belongs to the world it was computed in, which is the current one again when `run` returns.
      const value = run(none);
      machine.cache[id] = value === undefined ? UNDEFINED : value;
      return value;
    },
    at: (key) => {
      if (machine.masks !== undefined && isMasked(machine, path))
        return storeAt(storeAtPath(machine.data, path), key);
      const document = whole === undefined ? undefined : machine.cache[whole];
      if (document !== undefined) return valueAt(document as Value, key);
      let cached = machine.cache[id] as Map<Value, Value | undefined> | undefined;
      if (!cached) machine.cache[id] = cached = new Map();
      // Composite keys are found by identity: a miss costs an evaluation, no more.
      const known = cached.get(key);
      if (known !== undefined || cached.has(key)) return known;
      const part = run([key]);
      const value = part === undefined ? undefined : valueAt(part, key);
      machine.budget.element();
      cached.set(key, value);
      return value;
    },
    call: plan.lasting === undefined ? callAgain : keptCall(plan.lasting, callAgain, machine),
    solve: (args, found) => {
      const [key] = args;
      const value =
        plan.kind === "function"
          ? unit.call(args)
          : plan.restricted && key !== undefined
            ? unit.at(key)
            : unit.value();
      return value !== undefined && found(value);
    },
  };
  return unit;
}

/** Calls that are remembered as long as the stable part of the input; what ends the evaluation, or errs, is not. */
function keptCall(id: number, call: RuleUnit["call"], machine: Machine): RuleUnit["call"] {
  return (args) => {
    if (!arePlain(args)) return call(args);
    const values = machine.keptValues();
    if (values === undefined) return call(args);
    const kept = (values[id] ??= new KeptCalls()) as KeptCalls;
    const known = kept.find(args);
    if (known !== undefined) {
      machine.budget.step();
      return known === UNDEFINED ? undefined : known;
    }
    const errors = machine.builtinErrors.length;
    const value = call(args);
    if (machine.builtinErrors.length === errors) kept.keep(args, value);
    return value;
  };
}

/** The latest calls of a function within one world. Arguments are compared by identity, which is quick and safe. */
export class CallCache {
  readonly #calls: { readonly args: readonly Value[]; readonly value: Value | undefined }[] = [];
  #next = 0;
  #byArg: Map<Value, { readonly args: readonly Value[]; readonly value: Value | undefined }> | undefined;

  find(args: readonly Value[]): { readonly value: Value | undefined } | undefined {
    if (this.#byArg && args.length === 1) return this.#byArg.get(args[0] as Value);
    const calls = this.#calls;
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i] as (typeof calls)[number];
      if (areSame(call.args, args)) return call;
    }
    return undefined;
  }

  keep(args: readonly Value[], value: Value | undefined): void {
    const call = { args, value };
    if (args.length === 1) {
      if (this.#byArg) {
        // What is remembered must not grow with a loop.
        if (this.#byArg.size >= MOST_CALLS_KEPT) this.#byArg.clear();
        this.#byArg.set(args[0] as Value, call);
      } else if (this.#calls.length === CALLS_KEPT) {
        this.#byArg = new Map(this.#calls.map((kept) => [kept.args[0] as Value, kept]));
        this.#byArg.set(args[0] as Value, call);
      } else this.#calls.push(call);
      return;
    }
    this.#calls[this.#next] = call;
    this.#next = (this.#next + 1) % CALLS_KEPT;
  }
}

function areSame(known: readonly Value[], args: readonly Value[]): boolean {
  for (let i = 0; i < args.length; i++) if (known[i] !== args[i]) return false;
  return true;
}

/** Calls that are compared one by one, and those that are found by their only argument. */
const CALLS_KEPT = 4;
const MOST_CALLS_KEPT = 100_000;

/** The rule that makes the whole document of which a restricted rule makes a part: once it is there, it knows every part. */
export function wholeOf(plan: RulePlan, assembler: Assembler): number | undefined {
  const name = ruleName(plan.path);
  return assembler.plan.rules.find(
    (rule) => !rule.restricted && !rule.fitted && rule.only === undefined && ruleName(rule.path) === name,
  )?.id;
}

/** True where a `with` replaces the document at the rule's path or above it. */
export function isMasked(machine: Machine, path: readonly Value[]): boolean {
  return (machine.masks ?? []).some(
    (mask) => mask.length <= path.length && mask.every((key, i) => equals(key, path[i] as Value)),
  );
}

function assembleRule(plan: RulePlan, assembler: Assembler): (args: readonly Value[]) => Value | undefined {
  const generated = assembler.generate?.(plan);
  if (generated) return generated;
  return plan.kind === "set" || plan.kind === "object"
    ? assemblePartial(plan, assembler)
    : assembleComplete(plan, assembler);
}

/** What is said where clauses give different values. */
export function conflictMessage({ kind }: RulePlan): string {
  return kind === "function"
    ? "functions must not produce multiple outputs for same inputs"
    : "complete rules must not produce multiple outputs";
}

/** One clause: its body with its value left in slot 0. */
interface Clause {
  readonly plan: ClausePlan;
  readonly run: Run;
}
type Chain = readonly Clause[];

/** A complete rule or function: every chain that can match is tried, and all values found must be equal. */
function assembleComplete(
  plan: RulePlan,
  assembler: Assembler,
): (args: readonly Value[]) => Value | undefined {
  const { machine } = assembler;
  const message = conflictMessage(plan);
  const fits = plan.lookup && assembleLookup(plan, assembler);
  const chains: readonly Chain[] = plan.chains.map((chain, i) =>
    chain.map((clause, j) => {
      const run = assembleClause(clause, message, assembler);
      const fit = fits?.[i]?.[j];
      return { plan: clause, run: fit ? (frame: Frame) => fit(frame) && run(frame) : run };
    }),
  );
  const fallback = plan.default && assembleClause(plan.default, message, assembler);
  const oneValue = assembler.options.earlyExit && haveOneValue(plan.chains);
  const lookup: Lookup | undefined = plan.index && assembleIndex(plan.index, assembler);
  const { slots, params } = plan;

  const frameFor = (args: readonly Value[]): Frame => {
    const frame: Frame = new Array(slots);
    for (let i = 0; i < params; i++) frame[i + 1] = args[i];
    return frame;
  };

  return (args) => {
    const frame = frameFor(args);
    const matching = lookup?.(frame);
    const count = matching ? matching.length : chains.length;
    let value: Value | undefined;
    for (let i = 0; i < count; i++) {
      const chain = chains[matching ? (matching[i] as number) : i] as Chain;
      for (let j = 0; j < chain.length; j++) {
        const clause = chain[j] as Clause;
        frame[0] = undefined;
        clause.run(frame);
        const found = frame[0] as Value | undefined;
        if (found === undefined) continue;
        if (value === undefined) value = found;
        else if (!equals(value, found)) throw machine.fault("eval_conflict_error", message, clause.plan.span);
        break;
      }
      if (oneValue && value !== undefined) return value;
    }
    if (value !== undefined || !fallback) return value;
    frame[0] = undefined;
    fallback(frame);
    return frame[0] as Value | undefined;
  };
}

function assembleClause(clause: ClausePlan, message: string, assembler: Assembler): Run {
  const { machine } = assembler;
  if (clause.value?.op === "const") {
    const { value } = clause.value;
    const stop = assembler.options.earlyExit;
    return assembler.body(clause.body, (frame) => {
      frame[0] = value;
      return stop;
    });
  }
  const value = clause.value ? assembler.operand(clause.value) : () => undefined;
  return assembler.body(clause.body, (frame) => {
    const found = value(frame);
    if (found === undefined) return false;
    const earlier = frame[0] as Value | undefined;
    if (earlier === undefined) frame[0] = found;
    else if (!equals(earlier, found)) throw machine.fault("eval_conflict_error", message, clause.span);
    return false;
  });
}
