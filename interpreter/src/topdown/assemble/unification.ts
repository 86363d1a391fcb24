import type {
  EveryStep,
  RefEnd,
  Scan,
  ShownTerm,
  ShownVar,
  Side,
  TreePlan,
  Unification,
} from "../../plan/plan.ts";
import { InvariantError } from "../../errors.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import { equals } from "../../value/order.ts";
import { printValue } from "../../value/print.ts";
import type { Frame } from "../machine.ts";
import { valueOf, type Seen, type Unifications } from "../unifications.ts";
import type { Assembler, Eval, Fit, RuleUnit, Run } from "./assembler.ts";
import { isMasked } from "./rule.ts";
import { eachEntry } from "./scan.ts";

/** A side as it is seen now; undefined where something in it has no value. */
export type See = (frame: Frame) => Seen | undefined;

/** Assembles a step that tells of a unification. It never fails. */
export function assembleUnification({ left, right, read }: Unification, assembler: Assembler): Run {
  const unifications = unificationsOf(assembler);
  const seeLeft = assembleSide(left, assembler);
  const seeRight = assembleSide(right, assembler);
  const isTurned = read && assembleIsInBase(read, assembler);
  return (frame) => {
    const a = seeLeft(frame);
    const b = seeRight(frame);
    if (!a || !b) return true;
    if (isTurned?.(frame)) unifications.tell(b, a, frame);
    else unifications.tell(a, b, frame);
    return true;
  };
}

/** Assembles a pattern so that each value it takes apart is told of. */
export function assembleToldFit(fit: Fit, side: Side, assembler: Assembler, isLeft = true): Fit {
  const unifications = unificationsOf(assembler);
  const see = assembleSide(side, assembler);
  return (frame, value) => {
    const other = see(frame);
    const seen: Seen = { kind: "value", value };
    if (other) unifications.tell(isLeft ? seen : other, isLeft ? other : seen, frame);
    return fit(frame, value);
  };
}

/** Assembles a scan so that each key is told of. */
export function assembleToldScan(
  step: Scan,
  told: Required<Scan>["told"],
  rest: Run,
  assembler: Assembler,
): Run {
  const { budget } = assembler.machine;
  const unifications = unificationsOf(assembler);
  const over = assembler.operand(step.over);
  const fit = assembleToldFit(step.key ? assembler.fit(step.key) : () => true, told.key, assembler);
  const wanted = told.wanted && assembleSide(told.wanted, assembler);
  const slot = step.value ?? 0;
  return (frame) => {
    const collection = over(frame);
    if (collection === undefined) return false;
    const only =
      collection instanceof RegoSet && !unifications.hasForm(collection)
        ? valueOf(wanted?.(frame) ?? NOTHING)
        : undefined;
    return eachEntry(collection, (key, value) => {
      budget.step();
      if (only !== undefined && !equals(key, only)) return false;
      if (!fit(frame, key)) return false;
      frame[slot] = value;
      return rest(frame);
    });
  };
}

/**
 * Assembles what is told of the results of `walk`: those at paths that begin with what is known of the path wanted, which are
 * all that OPA makes. Without paths it makes one pair for all, which is printed as it is when the search has ended.
 */
export function assembleToldResults(
  told: Side,
  pathless: boolean,
  assembler: Assembler,
): {
  readonly begin: (results: readonly Value[]) => void;
  readonly result: (frame: Frame, result: Value) => boolean;
} {
  const unifications = unificationsOf(assembler);
  const tell = assembleToldFit(() => true, told, assembler, false);
  const [path] = told.op === "array" && told.items.length === 2 ? told.items : [];
  const wanted = path?.op === "array" ? path.items.map((item) => assembleSide(item, assembler)) : [];
  return {
    begin: (results) => {
      const last = results.at(-1);
      if (!pathless || last === undefined) return;
      const form = { text: printValue(last), vars: [], open: [], frame: [] };
      for (const result of results) unifications.keep(result, form);
    },
    result: (frame, result) => {
      const [at] = result as readonly (readonly Value[])[];
      const isWanted = wanted.every((see, i) => {
        const key = at?.[i];
        const known = valueOf(see(frame) ?? NOTHING);
        return key !== undefined && (known === undefined || equals(known, key));
      });
      return isWanted && tell(frame, result);
    },
  };
}

/** Assembles what is told of the enumeration of an `every`. */
export function assembleToldEvery(
  { over, key, value }: Required<Required<EveryStep>["generator"]>["told"],
  assembler: Assembler,
): {
  readonly begin: (frame: Frame) => void;
  readonly element: (frame: Frame, key: Value, value: Value) => void;
} {
  const all = (): boolean => true;
  const toldKey = assembleToldFit(all, key, assembler);
  const toldValue = assembleToldFit(all, value, assembler);
  const begin = assembleUnification({ op: "unification", left: over, right: value }, assembler);
  return {
    begin,
    element: (frame, k, v) => {
      toldKey(frame, k);
      toldValue(frame, v);
    },
  };
}

/** Assembles the value of a rule for the document of its package: unified with a variable nobody reads. */
export function assembleToldLeaf(
  unit: RuleUnit,
  { path, rule }: TreePlan,
  text: string,
  assembler: Assembler,
): () => Value | undefined {
  const unifications = unificationsOf(assembler);
  const { tracer, machine } = assembler;
  const vars: readonly ShownVar[] =
    rule === undefined ? [] : [{ state: "read", name: text, rule, key: undefined }];
  return () => {
    const frame = tracer?.frame ?? [];
    const leaf: Seen = { kind: "free", name: "_", variable: "", frame };
    unifications.tell({ kind: "text", form: { text, vars, open: [], frame } }, leaf, frame);
    let result: Value | undefined;
    unit.solve([], (value) => {
      const seen: Seen = { kind: "value", value };
      if (machine.masks !== undefined && isMasked(machine, path)) unifications.tell(leaf, seen, frame);
      else unifications.tell(seen, leaf, frame);
      result = unifications.plain(value);
      return false;
    });
    return result;
  };
}

/** As {@link assembleToldLeaf}, for a function, which has no value. */
export function assembleToldMeeting(text: string, assembler: Assembler): () => void {
  const unifications = unificationsOf(assembler);
  const { tracer } = assembler;
  return () => {
    const frame = tracer?.frame ?? [];
    const leaf: Seen = { kind: "free", name: "_", variable: "", frame };
    unifications.tell({ kind: "text", form: { text, vars: [], open: [], frame } }, leaf, frame);
  };
}

/** Assembles a side. */
export function assembleSide(side: Side, assembler: Assembler): See {
  switch (side.op) {
    case "known": {
      const evaluate = assembler.operand(side.value);
      return (frame) => {
        const value = evaluate(frame);
        return value === undefined ? undefined : { kind: "value", value };
      };
    }
    case "free": {
      const { name, variable } = side;
      return (frame) => ({ kind: "free", name, variable, frame });
    }
    case "text":
      return (frame) => ({ kind: "text", form: { ...side.shown, frame } });
    case "array": {
      const items = side.items.map((item) => assembleSide(item, assembler));
      return (frame) => {
        const seen = items.map((see) => see(frame));
        return seen.every((item) => item !== undefined)
          ? { kind: "array", items: seen, form: { ...side.shown, frame } }
          : undefined;
      };
    }
    case "object": {
      const entries = side.entries.map((entry) => entry.map((part) => assembleSide(part, assembler)));
      return (frame) => {
        const seen: (readonly [Seen, Seen])[] = [];
        for (const entry of entries) {
          const [key, value] = entry.map((see) => see(frame));
          if (!key || !value) return undefined;
          seen.push([key, value]);
        }
        return { kind: "object", entries: seen, form: { ...side.shown, frame } };
      };
    }
    case "set": {
      const value = side.value && assembler.operand(side.value);
      return (frame) => ({ kind: "set", value: value?.(frame), form: { ...side.shown, frame } });
    }
    case "asked": {
      const tracer = assembler.tracer;
      return () => tracer?.asked;
    }
  }
}

/** Assembles a composite so that its values are shown as the term they were made of. */
export function assembleShown(evaluate: Eval, shown: ShownTerm, assembler: Assembler): Eval {
  const unifications = unificationsOf(assembler);
  return (frame) => {
    const value = evaluate(frame);
    if (value !== undefined) unifications.keep(value, { ...shown, frame });
    return value;
  };
}

/** What leaves the variables that it was made of behind: the parts of results and the arguments of builtins. */
export function assemblePlain(evaluate: Eval, unifications: Unifications): Eval {
  return (frame) => {
    const value = evaluate(frame);
    return value === undefined ? undefined : unifications.plain(value);
  };
}

const NOTHING: Seen = { kind: "free", name: "", variable: "", frame: [] };

function assembleIsInBase(end: RefEnd, { machine }: Assembler): Run {
  switch (end.in) {
    case "base":
      return () => true;
    case "rule":
      return () => machine.masks !== undefined && isMasked(machine, end.path);
    case "walk":
      return (frame) => frame[end.inBase] === true;
  }
}

function unificationsOf({ tracer }: Assembler): Unifications {
  if (!tracer?.unifications) throw new InvariantError("nobody wants to be told of unifications");
  return tracer.unifications;
}
