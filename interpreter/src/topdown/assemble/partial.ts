import type { ChainPlan, ClausePlan, RulePlan, SharedSteps } from "../../plan/plan.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import { DocumentBuilder } from "../document-builder.ts";
import type { Frame } from "../machine.ts";
import { assembleLookup } from "./lookup.ts";
import type { Assembler, Run } from "./assembler.ts";
import { assembleIndex, type Lookup } from "./index-lookup.ts";

/**
 * Assembles a partial rule: all its clauses together make one set or object, which is never undefined. A restricted one
 * has a key in slot 1 and makes only what lies under it.
 */
export function assemblePartial(
  plan: RulePlan,
  assembler: Assembler,
): (args: readonly Value[]) => Value | undefined {
  const { shared } = plan;
  if (!shared) return assembleApart(plan, assembler);
  return assembleClauses(plan, [assembleShared(plan, shared, assembler)], undefined, assembler);
}

/** Each clause by itself, as far as an index does not leave it out. */
function assembleApart(plan: RulePlan, assembler: Assembler): (args: readonly Value[]) => Value {
  const fits = plan.lookup && assembleLookup(plan, assembler);
  const clauses = plan.chains.map(([clause], i): Run => {
    const run = assembler.body(clause.body, assembleResult(plan, clause, assembler));
    const fit = fits?.[i]?.[0];
    return fit ? (frame) => fit(frame) && run(frame) : run;
  });
  return assembleClauses(plan, clauses, plan.index && assembleIndex(plan.index, assembler), assembler);
}

/** What clauses begin with alike runs once for all of them. */
function assembleShared(plan: RulePlan, shared: readonly SharedSteps[], assembler: Assembler): Run {
  const runs = shared.map(({ steps, then }) => {
    const rest =
      typeof then === "number"
        ? assembleResult(plan, (plan.chains[then] as ChainPlan)[0], assembler)
        : assembleShared(plan, then, assembler);
    return assembler.steps(steps, rest);
  });
  return (frame) => {
    for (let i = 0; i < runs.length; i++) if ((runs[i] as Run)(frame)) return true;
    return false;
  };
}

function assembleClauses(
  plan: RulePlan,
  clauses: readonly Run[],
  lookup: Lookup | undefined,
  { machine }: Assembler,
): (args: readonly Value[]) => Value {
  const isSet = plan.kind === "set";
  const { slots } = plan;
  return (args) => {
    const frame: Frame = new Array(slots);
    if (args.length > 0) frame[1] = args[0];
    const set = isSet ? new RegoSet() : undefined;
    const builder =
      set ??
      new DocumentBuilder((span) => machine.fault("eval_conflict_error", "object keys must be unique", span));
    frame[0] = builder;
    const matching = lookup?.(frame);
    const count = matching ? matching.length : clauses.length;
    for (let i = 0; i < count; i++) {
      if ((clauses[matching ? (matching[i] as number) : i] as Run)(frame)) break;
    }
    return builder instanceof DocumentBuilder ? builder.build() : builder;
  };
}

/** Puts what a clause has found into the document. */
function assembleResult(plan: RulePlan, clause: ClausePlan, assembler: Assembler): Run {
  return plan.kind === "set" ? assembleElement(plan, clause, assembler) : assembleEntry(clause, assembler);
}

function assembleElement(plan: RulePlan, clause: ClausePlan, assembler: Assembler): Run {
  const { budget } = assembler.machine;
  const element = clause.element ? assembler.operand(clause.element) : () => undefined;
  // Of a set restricted to one element the first is the last.
  const stop = plan.restricted && !assembler.options.exact;
  return (frame) => {
    const value = element(frame);
    if (value === undefined) return false;
    budget.element();
    (frame[0] as RegoSet).add(value);
    return stop;
  };
}

function assembleEntry(clause: ClausePlan, assembler: Assembler): Run {
  const { budget } = assembler.machine;
  const path = clause.at.map(assembler.operand);
  const element = clause.element && assembler.operand(clause.element);
  const value = clause.value && assembler.operand(clause.value);
  return (frame) => {
    const at: Value[] = [];
    for (const part of path) {
      const key = part(frame);
      if (key === undefined) return false;
      at.push(key);
    }
    const found = (element ?? value)?.(frame);
    if (found === undefined) return false;
    budget.element();
    const builder = frame[0] as DocumentBuilder;
    if (element) builder.addElement(at, found, clause.headSpan);
    else builder.setValue(at, found, clause.headSpan);
    return false;
  };
}
