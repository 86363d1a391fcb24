import { product as productOf, sum as sumOf } from "../value/arithmetic.ts";
import { kindOf } from "../value/kind.ts";
import { objectSize } from "../value/object.ts";
import { compare } from "../value/order.ts";
import type { RegoObject } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import { textLength } from "../value/text.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { arithmetic } from "./arithmetic.ts";
import { listOperand, numbersOperand, wrongType } from "./operands.ts";
import { ANY, BOOLEAN, NUMBER, STRING, arrayOf, named, objectOf, setOf, union } from "../value/type.ts";
export const aggregatesBuiltins = defineBuiltins([
  {
    name: "all",
    decl: { args: [union(arrayOf(ANY), setOf(ANY))], result: BOOLEAN },
    description: "",
    categories: [],
    deprecated: true,
    run: all,
  },
  {
    name: "any",
    decl: { args: [union(arrayOf(ANY), setOf(ANY))], result: BOOLEAN },
    description: "",
    categories: [],
    deprecated: true,
    run: any,
  },
  {
    name: "count",
    decl: {
      args: [
        named(
          "collection",
          union(STRING, arrayOf(ANY), objectOf(ANY, ANY), setOf(ANY)),
          "the set/array/object/string to be counted",
        ),
      ],
      result: named("n", NUMBER, "the count of elements, key/val pairs, or characters, respectively."),
    },
    description:
      "Count takes a collection or string and returns the number of elements (or characters) in it.",
    categories: ["aggregates"],
    run: count,
  },
  {
    name: "max",
    decl: {
      args: [named("collection", union(arrayOf(ANY), setOf(ANY)), "the set or array to be searched")],
      result: named("n", ANY, "the maximum of all elements"),
    },
    description: "Returns the maximum value in a collection.",
    categories: ["aggregates"],
    run: max,
  },
  {
    name: "min",
    decl: {
      args: [named("collection", union(arrayOf(ANY), setOf(ANY)), "the set or array to be searched")],
      result: named("n", ANY, "the minimum of all elements"),
    },
    description: "Returns the minimum value in a collection.",
    categories: ["aggregates"],
    run: min,
  },
  {
    name: "product",
    decl: {
      args: [
        named("collection", union(arrayOf(NUMBER), setOf(NUMBER)), "the set or array of numbers to multiply"),
      ],
      result: named("n", NUMBER, "the product of all elements"),
    },
    description: "Multiplies elements of an array or set of numbers",
    categories: ["aggregates"],
    run: product,
  },
  {
    name: "sort",
    decl: {
      args: [named("collection", union(arrayOf(ANY), setOf(ANY)), "the array or set to be sorted")],
      result: named("n", arrayOf(ANY), "the sorted array"),
    },
    description: "Returns a sorted array.",
    categories: ["aggregates"],
    run: sort,
  },
  {
    name: "sum",
    decl: {
      args: [
        named("collection", union(arrayOf(NUMBER), setOf(NUMBER)), "the set or array of numbers to sum"),
      ],
      result: named("n", NUMBER, "the sum of all elements"),
    },
    description: "Sums elements of an array or set of numbers.",
    categories: ["aggregates"],
    run: sum,
  },
]);

function all(args: readonly Value[]): boolean {
  return flags(args[0]).every((element) => element === true);
}

function any(args: readonly Value[]): boolean {
  return flags(args[0]).includes(true);
}

function flags(collection: Value | undefined): readonly Value[] {
  if (Array.isArray(collection)) return collection as readonly Value[];
  if (collection instanceof RegoSet) return collection.sorted();
  throw wrongType(1, ["array", "set"], collection);
}

function count(args: readonly Value[]): number {
  const collection = args[0];
  if (typeof collection === "string") return textLength(collection);
  if (Array.isArray(collection)) return collection.length;
  if (collection instanceof RegoSet) return collection.size;
  if (collection === undefined || kindOf(collection) !== "object") {
    throw wrongType(1, ["array", "object", "set", "string"], collection);
  }
  return objectSize(collection as PlainObject | RegoObject);
}

/** Of equal values the last one wins: `max([1, 1.0])` is 1.0. Undefined for an empty collection. */
function max(args: readonly Value[], context: BuiltinContext): Value | undefined {
  if (args[0] instanceof RegoSet) return args[0].sorted().at(-1);
  const elements = listOperand(args[0], 1);
  context.charge(elements.length);
  return elements.length === 0
    ? undefined
    : elements.reduce((best, each) => (compare(best, each) <= 0 ? each : best));
}

/** Of equal values the last one wins. Undefined for an empty collection. */
function min(args: readonly Value[], context: BuiltinContext): Value | undefined {
  if (args[0] instanceof RegoSet) return args[0].sorted()[0];
  const elements = listOperand(args[0], 1);
  context.charge(elements.length);
  return elements.length === 0
    ? undefined
    : elements.reduce((best, each) => (compare(best, each) >= 0 ? each : best));
}

function product(args: readonly Value[], context: BuiltinContext): Value {
  const numbers = numbersOperand(args[0], 1);
  context.charge(numbers.length);
  return arithmetic(() => productOf(numbers));
}

function sort(args: readonly Value[], context: BuiltinContext): Value {
  const elements = listOperand(args[0], 1);
  context.collect(elements.length);
  return args[0] instanceof RegoSet ? elements : elements.toSorted(compare);
}

function sum(args: readonly Value[], context: BuiltinContext): Value {
  const numbers = numbersOperand(args[0], 1);
  context.charge(numbers.length);
  return arithmetic(() => sumOf(numbers));
}
