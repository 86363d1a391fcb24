import { elementsOf, splitAt } from "../../plan/index-terms.ts";
import type { ClauseFacts, FactPlan, Pattern, RulePlan } from "../../plan/plan.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { objectGet } from "../../value/object.ts";
import { equals } from "../../value/order.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import type { Frame } from "../machine.ts";
import { haveOneValue } from "./one-value.ts";
import type { Assembler, Run } from "./assembler.ts";

/** Whether OPA's index leaves a clause in, by chain and place in it. */
export type Fits = readonly (readonly Run[])[];

type Read = (ref: number) => Value | undefined;

/** The arguments of the call stand in the frame. */
export function assembleLookup({ chains, lookup }: RulePlan, assembler: Assembler): Fits {
  if (!lookup || !assembler.options.ruleIndex) return chains.map((chain) => chain.map(() => () => true));
  const reads = lookup.reads.map(assembler.operand);
  const { levels, required } = lookup;
  // Where the first success ends the search anyway, looking into collections does not pay.
  const isOneEnough = haveOneValue(chains);
  return lookup.clauses.map((chain) =>
    chain.map((clause) => {
      const memberships = isOneEnough
        ? []
        : clause.memberships.map(({ key, collection }) => ({
            key: assembler.operand(key),
            collection: assembler.operand(collection),
          }));
      const needed = required.filter((ref) =>
        clause.paths.every((path) => path.some((fact) => fact.ref === ref)),
      );
      return (frame: Frame) => {
        const read: Read = (ref) => reads[ref]?.(frame);
        return (
          fitsPaths(clause, levels, read) &&
          needed.every((ref) => read(ref) !== undefined) &&
          memberships.every(({ key, collection }) => isWithin(key(frame), collection(frame)))
        );
      };
    }),
  );
}

function isWithin(key: Value | undefined, collection: Value | undefined): boolean {
  if (key === undefined || collection === undefined) return false;
  if (collection instanceof RegoSet) return collection.has(key);
  return !isObject(collection) || objectGet(collection, key) !== undefined;
}

function fitsPaths({ paths }: ClauseFacts, levels: readonly number[], read: Read): boolean {
  return paths.some((path) => fitsPath(path, levels, read));
}

/** A level with several texts to begin or end with, or composites, is the last one OPA's index can look at. */
function fitsPath(path: readonly FactPlan[], levels: readonly number[], read: Read): boolean {
  let remaining = path.length;
  for (const level of levels) {
    if (remaining === 0) return true;
    const all = path.filter((fact) => fact.ref === level);
    remaining -= all.length;
    if (all.length === 0) continue;
    const value = read(level);
    if (value === undefined) return false;
    const facts = all.filter(({ test }) => test !== "any");
    if (facts.length === 0) continue;
    const isEnd = remaining === 0 || facts.some(({ test, wanted }) => isAffix(test) || wanted.op !== "equal");
    if (facts.length > 1 && isEnd) return oneEnd(facts).some((fact) => holds(fact, value));
    if (!facts.some((fact) => holds(fact, value))) return false;
  }
  return true;
}

function isAffix(test: FactPlan["test"]): boolean {
  return test === "prefix" || test === "suffix";
}

/** Of texts to begin and to end with, one end is looked at: that with the longer shortest text. */
function oneEnd(facts: readonly FactPlan[]): readonly FactPlan[] {
  const shortest = (test: FactPlan["test"]): number =>
    Math.min(
      ...facts.flatMap((fact) => {
        const text = fact.test === test ? constantOf(fact.wanted) : undefined;
        return typeof text === "string" ? [text.length] : [];
      }),
    );
  const prefix = shortest("prefix");
  const suffix = shortest("suffix");
  if (prefix === Infinity || suffix === Infinity) return facts;
  const drop = suffix > prefix ? "prefix" : "suffix";
  return facts.filter(({ test }) => test !== drop);
}

function holds({ test, wanted, delimiters }: FactPlan, value: Value): boolean {
  switch (test) {
    case "any":
      return true;
    case "member":
      return elementsOf(value).some((element) => isEqual(wanted, element));
    case "prefix":
    case "suffix": {
      const text = constantOf(wanted);
      if (typeof text !== "string") return true;
      const texts = typeof value === "string" ? [value] : elementsOf(value);
      return texts.some(
        (one) => typeof one === "string" && (test === "prefix" ? one.startsWith(text) : one.endsWith(text)),
      );
    }
    case "equal": {
      if (isEqual(wanted, value)) return true;
      return (
        delimiters !== undefined && typeof value === "string" && isEqual(wanted, splitAt(value, delimiters))
      );
    }
  }
}

function isEqual(wanted: Pattern, value: Value): boolean {
  if (wanted.op === "array") {
    return (
      isArray(value) &&
      value.length === wanted.items.length &&
      wanted.items.every((item, i) => isEqual(item, value[i] as Value))
    );
  }
  const constant = constantOf(wanted);
  return constant === undefined || equals(constant, value);
}

function constantOf(wanted: Pattern): Value | undefined {
  return wanted.op === "equal" && wanted.value.op === "const" ? wanted.value.value : undefined;
}
