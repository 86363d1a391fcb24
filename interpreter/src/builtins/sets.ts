import { RegoSet } from "../value/set.ts";
import type { Value } from "../value/value.ts";
import { defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { setOperand } from "./operands.ts";
import { ANY, named, setOf } from "../value/type.ts";
export const setsBuiltins = defineBuiltins([
  {
    name: "and",
    decl: {
      args: [named("x", setOf(ANY), "the first set"), named("y", setOf(ANY), "the second set")],
      result: named("z", setOf(ANY), "the intersection of `x` and `y`"),
    },
    description: "Returns the intersection of two sets.",
    categories: ["sets"],
    infix: "&",
    run: and,
  },
  {
    name: "or",
    decl: {
      args: [named("x", setOf(ANY)), named("y", setOf(ANY))],
      result: named("z", setOf(ANY), "the union of `x` and `y`"),
    },
    description: "Returns the union of two sets.",
    categories: ["sets"],
    infix: "|",
    run: or,
  },
  {
    name: "intersection",
    decl: {
      args: [named("xs", setOf(setOf(ANY)), "set of sets to intersect")],
      result: named("y", setOf(ANY), "the intersection of all `xs` sets"),
    },
    description: "Returns the intersection of the given input sets.",
    categories: ["sets"],
    run: intersectionOf,
  },
  {
    name: "union",
    decl: {
      args: [named("xs", setOf(setOf(ANY)), "set of sets to merge")],
      result: named("y", setOf(ANY), "the union of all `xs` sets"),
    },
    description: "Returns the union of the given input sets.",
    categories: ["sets"],
    run: unionOf,
  },
  {
    name: "set_diff",
    decl: { args: [setOf(ANY), setOf(ANY)], result: setOf(ANY) },
    description: "",
    categories: [],
    deprecated: true,
    run: setDiff,
  },
]);

/** The elements of `a` that are not in `b`. */
export function difference(a: RegoSet, b: RegoSet, context: BuiltinContext): RegoSet {
  context.charge(a.size >> 3);
  return collected(
    a.filter((element) => !b.has(element)),
    context,
  );
}

function and(args: readonly Value[], context: BuiltinContext): Value {
  return intersect(setOperand(args[0], 1), setOperand(args[1], 2), context);
}

function or(args: readonly Value[], context: BuiltinContext): Value {
  const a = setOperand(args[0], 1);
  const b = setOperand(args[1], 2);
  context.collect(a.size + b.size);
  const result = new RegoSet(a);
  result.addAll(b);
  return result;
}

/** The common elements of a set of sets; empty for no sets at all. */
function intersectionOf(args: readonly Value[], context: BuiltinContext): Value {
  const [first, ...others] = setsOperand(args[0]);
  let result = first ?? new RegoSet();
  for (const other of others) result = intersect(result, other, context);
  return result;
}

function unionOf(args: readonly Value[], context: BuiltinContext): Value {
  const result = new RegoSet();
  for (const set of setsOperand(args[0])) {
    context.collect(set.size);
    result.addAll(set);
  }
  return result;
}

function setDiff(args: readonly Value[], context: BuiltinContext): Value {
  return difference(setOperand(args[0], 1), setOperand(args[1], 2), context);
}

/** Elements as the smaller of the two sets spells them. */
function intersect(a: RegoSet, b: RegoSet, context: BuiltinContext): RegoSet {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  context.charge(small.size >> 3);
  return collected(
    small.filter((element) => large.has(element)),
    context,
  );
}

/** A set that is no larger than the one it comes from, charged for. */
function collected(set: RegoSet, context: BuiltinContext): RegoSet {
  context.collect(set.size);
  return set;
}

function setsOperand(value: Value | undefined): readonly RegoSet[] {
  return setOperand(value, 1)
    .sorted()
    .map((element) => setOperand(element, 1));
}
