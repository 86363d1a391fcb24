import { pathText, ruleName } from "../../plan/names.ts";
import type { ClausePlan, LookupPlan, Operand, RulePlan } from "../../plan/plan.ts";
import { valueAt } from "../../value/index-access.ts";
import { equals } from "../../value/order.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import { storeAtPath } from "../documents.ts";
import { DocumentBuilder } from "../document-builder.ts";
import { Fault } from "../fault.ts";
import type { Frame, Machine } from "../machine.ts";
import { UNDEFINED } from "../undefined.ts";
import type { Subject, Tracer } from "../tracer.ts";
import type { Seen } from "../unifications.ts";
import type { Assembler, Run } from "./assembler.ts";
import { assembleLookup } from "./lookup.ts";
import { CallCache, isMasked, wholeOf } from "./rule.ts";
import { type RuleUnit } from "./assembler.ts";
import { assembleTracedBody } from "./traced.ts";
import { solveMock } from "./with.ts";

/** Parts of a partial document by key, the whole of it under UNDEFINED. */
type PartialCache = Map<Value | typeof UNDEFINED, Value | undefined>;

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

type SolveComplete = (
  args: readonly Value[],
  keep: Call["keep"],
  found: Found,
  bare: boolean,
  asked: Seen | undefined,
) => boolean;
type MakePartial = (args: readonly Value[], asked: Seen | undefined) => Value;

/**
 * A rule for observers. A complete rule or function goes on with what follows its value inside its own body, as OPA
 * does; a partial one is completed first.
 */
export function tracedRuleUnit(plan: RulePlan, tracer: Tracer, assembler: Assembler): RuleUnit {
  const { machine } = assembler;
  const { id, path } = plan;
  const isPartial = plan.kind === "set" || plan.kind === "object";
  const whole = plan.restricted || plan.fitted ? wholeOf(plan, assembler) : undefined;
  const plain = (value: Value): Value => tracer.unifications?.plain(value) ?? value;
  let solveComplete: SolveComplete | undefined;
  let makePartial: MakePartial | undefined;

  tracer.kept[id] = (key) => {
    const kept = machine.cache[id];
    if (isPartial) return (kept as PartialCache | undefined)?.get(key ?? UNDEFINED);
    return (kept as CallCache | undefined)?.find([])?.value;
  };

  const solvePartial = (args: readonly Value[], found: Found, asked: Seen | undefined): boolean => {
    const [key] = plan.fitted ? [] : args;
    const document =
      whole === undefined ? undefined : (machine.cache[whole] as PartialCache | undefined)?.get(UNDEFINED);
    if (plan.fitted) {
      makePartial ??= assembleTracedPartial(plan, tracer, assembler, matching);
      return found(document ?? makePartial(args, asked));
    }
    if (key !== undefined && document !== undefined) {
      const value = valueAt(document, key);
      return value !== undefined && found(value);
    }
    const cached = machine.cache[id] as PartialCache | undefined;
    const cache: PartialCache = cached ?? new Map();
    machine.cache[id] = cache;
    const place = key ?? UNDEFINED;
    let value = cache.get(place);
    if (value === undefined) {
      makePartial ??= assembleTracedPartial(plan, tracer, assembler, matching);
      const document = makePartial(args, asked);
      value = key === undefined ? document : valueAt(document, key);
      // A key without a value is looked for again, as in OPA.
      if (value !== undefined) cache.set(place, value);
    }
    return value !== undefined && found(value);
  };

  const solve = (args: readonly Value[], found: Found, bare?: boolean, asked?: Seen): boolean => {
    if (machine.masks !== undefined && isMasked(machine, path)) {
      const document = storeAtPath(machine.data, path);
      const value =
        plan.restricted && document !== undefined ? valueAt(document, args[0] as Value) : document;
      return value !== undefined && found(value);
    }
    const mock = plan.kind === "function" ? machine.mocks?.get(ruleName(path)) : undefined;
    if (mock) {
      const isRule = mock.kind === "document" || (mock.kind === "call" && mock.unit !== undefined);
      return solveMock(machine, mock, args, bare, isRule ? found : toldBefore(asked, tracer, found), asked);
    }
    if (isPartial) {
      const count = matching(args).length;
      emitIndex(plan, count, count === 0 && assembler.options.earlyExit, tracer);
      return solvePartial(args, found, asked);
    }
    const matched = matching(args);
    emitIndex(plan, matched.length, isEarly(matched, assembler), tracer);
    const calls = (machine.cache[id] ??= new CallCache()) as CallCache;
    const known = calls.find(args);
    if (known) return known.value !== undefined && toldBefore(asked, tracer, found)(known.value);
    solveComplete ??= assembleTracedComplete(plan, tracer, assembler, matching);
    return solveComplete(
      args,
      (value) => calls.keep(args, value && plain(value)),
      found,
      bare === true,
      asked,
    );
  };

  const fits = assembleLookup(plan, assembler);
  /** The clauses OPA's index would leave, chain by chain; chains of which none is left are left out. */
  function matching(args: readonly Value[]): readonly (readonly ClausePlan[])[] {
    const frame: Frame = new Array(plan.slots);
    args.forEach((arg, i) => (frame[i + 1] = arg));
    const chains: (readonly ClausePlan[])[] = [];
    for (const [i, chain] of plan.chains.entries()) {
      const left = chain.filter((_, j) => fits[i]?.[j]?.(frame));
      if (left.length > 0) chains.push(left);
    }
    return chains;
  }

  const once = (args: readonly Value[]): Value | undefined => {
    let result: Value | undefined;
    tracer.bound = [];
    solve(args, (value) => {
      result = value;
      return false;
    });
    return result;
  };
  const meet = (): void => {
    if (machine.masks !== undefined && isMasked(machine, path)) return;
    const fits = assembleLookup(withoutArgs(plan), assembler);
    const frame: Frame = new Array(plan.slots);
    const chains = plan.chains
      .map((chain, i) => chain.filter((_, j) => fits[i]?.[j]?.(frame)))
      .filter((chain) => chain.length > 0);
    emitIndex(plan, chains.length, isEarly(chains, assembler), tracer);
  };
  return { value: () => once([]), at: (key) => once([key]), call: once, solve, meet };
}

/** What the index knows of a function's clauses without the arguments. */
function withoutArgs(plan: RulePlan): RulePlan {
  const { lookup, params } = plan;
  if (!lookup) return plan;
  const isArg = (operand: Operand | undefined): boolean =>
    operand?.op === "local" ? operand.slot <= params : operand?.op === "get" && isArg(operand.of);
  const isKnown = (ref: number): boolean => !isArg(lookup.reads[ref]);
  const known: LookupPlan = {
    ...lookup,
    required: lookup.required.filter(isKnown),
    clauses: lookup.clauses.map((chain) =>
      chain.map(({ paths }) => ({
        paths: paths.map((path) => path.filter(({ ref }) => isKnown(ref))),
        memberships: [],
      })),
    ),
  };
  return { ...plan, lookup: known };
}

/** What follows a value that is known without an evaluation: it is unified with what was asked for right here. */
function toldBefore(asked: Seen | undefined, tracer: Tracer, found: Found): Found {
  if (!asked || !tracer.unifications || !tracer.frame) return found;
  const { unifications, frame } = tracer;
  return (value) => {
    unifications.tell(asked, { kind: "value", value }, frame);
    return found(value);
  };
}

function emitIndex(plan: RulePlan, count: number, early: boolean, tracer: Tracer): void {
  const { subject, bound } = tracer;
  tracer.bound = [];
  if (!subject) return;
  const rules = `(matched ${count} ${count === 1 ? "rule" : "rules"}${early ? ", early exit" : ""})`;
  const vars = [...(subject.vars ?? []), ...bound];
  tracer.emit("Index", { ...subject, vars, text: pathText(plan.path) }, rules, tracer.frame);
}

/** True where all clauses left have one constant value, or none is left. */
function isEarly(chains: readonly (readonly ClausePlan[])[], assembler: Assembler): boolean {
  if (!assembler.options.earlyExit) return false;
  const clauses = chains.flat();
  const [first] = clauses;
  if (!first) return true;
  const constant = first.value?.op === "const" ? first.value.value : undefined;
  if (constant === undefined || clauses.some(({ keyed }) => keyed)) return false;
  return clauses.every(({ value }) => value?.op === "const" && equals(value.value, constant));
}

function ruleSubject(plan: RulePlan, clause: ClausePlan): Subject {
  const text = clause.text ?? pathText(plan.path);
  const subject: Subject = { node: "rule", text, span: clause.span, generated: false };
  return clause.vars ? { ...subject, vars: clause.vars } : subject;
}

function assembleTracedComplete(
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

function assembleTracedPartial(
  plan: RulePlan,
  tracer: Tracer,
  assembler: Assembler,
  matching: (args: readonly Value[]) => readonly (readonly ClausePlan[])[],
): MakePartial {
  const { machine } = assembler;
  const clauses = plan.chains.map(([clause]) => {
    const subject = ruleSubject(plan, clause);
    const element = clause.element && assembler.plain(clause.element);
    const value = clause.value && assembler.plain(clause.value);
    const path = clause.at.map(assembler.plain);
    const last: Run = (frame) => {
      const found = (element ?? value)?.(frame);
      if (found === undefined) return false;
      machine.budget.element();
      const builder = frame[0] as RegoSet | DocumentBuilder;
      if (builder instanceof RegoSet) {
        const isNew = builder.add(found);
        if (!isNew && (plan.restricted || plan.fitted))
          tracer.emit("Duplicate", subject, "", frame, tracer.left);
        return false;
      }
      const at = path.map((part) => part(frame) as Value);
      if (element) builder.addElement(at, found, clause.headSpan);
      else builder.setValue(at, found, clause.headSpan);
      return false;
    };
    return { clause, subject, run: assembleTracedBody(clause.body, subject, false, last, tracer, assembler) };
  });
  return (args, asked) => {
    const caller = machine.rule;
    machine.rule = plan.path;
    machine.budget.enter();
    const frame: Frame = new Array(plan.slots);
    args.forEach((arg, i) => (frame[i + 1] = arg));
    const set = plan.kind === "set" ? new RegoSet() : undefined;
    const builder =
      set ??
      new DocumentBuilder((span) => machine.fault("eval_conflict_error", "object keys must be unique", span));
    frame[0] = builder;
    const matched = new Set(matching(args).flat());
    const { headMissed } = tracer;
    for (const { clause, subject, run } of clauses) {
      if (!matched.has(clause)) continue;
      tracer.headMissed = () => tracer.emit("Fail", subject, "", undefined);
      tracer.asked = asked;
      run(frame);
    }
    tracer.headMissed = headMissed;
    machine.budget.leave();
    machine.rule = caller;
    return builder instanceof DocumentBuilder ? builder.build() : builder;
  };
}
