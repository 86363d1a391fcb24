import { ruleName } from "../../plan/names.ts";
import type { ClausePlan, RulePlan } from "../../plan/plan.ts";
import { valueAt } from "../../value/index-access.ts";
import type { Value } from "../../value/value.ts";
import { storeAtPath } from "../documents.ts";
import type { Frame } from "../machine.ts";
import { UNDEFINED } from "../undefined.ts";
import type { Tracer } from "../tracer.ts";
import type { Seen } from "../unifications.ts";
import type { Assembler } from "./assembler.ts";
import { assembleLookup } from "./lookup.ts";
import { CallCache, isMasked, wholeOf } from "./rule.ts";
import { type RuleUnit } from "./assembler.ts";
import { solveMock } from "./with.ts";
import { emitIndex, isEarly, withoutArgs } from "./traced-index.ts";
import { assembleTracedComplete, type SolveComplete } from "./traced-complete.ts";
import { assembleTracedPartial, type MakePartial } from "./traced-partial.ts";

/** Parts of a partial document by key, the whole of it under UNDEFINED. */
type PartialCache = Map<Value | typeof UNDEFINED, Value | undefined>;

type Found = (value: Value) => boolean;

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

/** What follows a value that is known without an evaluation: it is unified with what was asked for right here. */
function toldBefore(asked: Seen | undefined, tracer: Tracer, found: Found): Found {
  if (!asked || !tracer.unifications || !tracer.frame) return found;
  const { unifications, frame } = tracer;
  return (value) => {
    unifications.tell(asked, { kind: "value", value }, frame);
    return found(value);
  };
}
