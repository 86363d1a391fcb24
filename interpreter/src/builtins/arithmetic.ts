import * as numbers from "../value/arithmetic.ts";
import { isNumber, isSet } from "../value/kind.ts";
import { RegoSet } from "../value/set.ts";
import type { RegoNumber, Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { numberOperand, wrongType } from "./operands.ts";
import { difference } from "./sets.ts";
import { ANY, NUMBER, named, setOf, union } from "../value/type.ts";
export const arithmeticBuiltins = defineBuiltins([
  {
    name: "plus",
    decl: {
      args: [named("x", NUMBER), named("y", NUMBER)],
      result: named("z", NUMBER, "the sum of `x` and `y`"),
    },
    description: "Plus adds two numbers together.",
    categories: ["numbers"],
    infix: "+",
    run: plus,
  },
  {
    name: "minus",
    decl: {
      args: [named("x", union(NUMBER, setOf(ANY))), named("y", union(NUMBER, setOf(ANY)))],
      result: named("z", union(NUMBER, setOf(ANY)), "the difference of `x` and `y`"),
    },
    description:
      "Minus subtracts the second number from the first number or computes the difference between two sets.",
    categories: ["numbers", "sets"],
    infix: "-",
    run: minus,
  },
  {
    name: "mul",
    decl: {
      args: [named("x", NUMBER), named("y", NUMBER)],
      result: named("z", NUMBER, "the product of `x` and `y`"),
    },
    description: "Multiplies two numbers.",
    categories: ["numbers"],
    infix: "*",
    run: mul,
  },
  {
    name: "div",
    decl: {
      args: [named("x", NUMBER, "the dividend"), named("y", NUMBER, "the divisor")],
      result: named("z", NUMBER, "the result of `x` divided by `y`"),
    },
    description: "Divides the first number by the second number.",
    categories: ["numbers"],
    infix: "/",
    run: div,
  },
  {
    name: "rem",
    decl: { args: [named("x", NUMBER), named("y", NUMBER)], result: named("z", NUMBER, "the remainder") },
    description: "Returns the remainder for of `x` divided by `y`, for `y != 0`.",
    categories: ["numbers"],
    infix: "%",
    run: rem,
  },
  {
    name: "abs",
    decl: {
      args: [named("x", NUMBER, "the number to take the absolute value of")],
      result: named("y", NUMBER, "the absolute value of `x`"),
    },
    description: "Returns the number without its sign.",
    categories: ["numbers"],
    run: abs,
  },
  {
    name: "ceil",
    decl: {
      args: [named("x", NUMBER, "the number to round")],
      result: named("y", NUMBER, "the result of rounding `x` _up_"),
    },
    description: "Rounds the number _up_ to the nearest integer.",
    categories: ["numbers"],
    run: ceil,
  },
  {
    name: "floor",
    decl: {
      args: [named("x", NUMBER, "the number to round")],
      result: named("y", NUMBER, "the result of rounding `x` _down_"),
    },
    description: "Rounds the number _down_ to the nearest integer.",
    categories: ["numbers"],
    run: floor,
  },
  {
    name: "round",
    decl: {
      args: [named("x", NUMBER, "the number to round")],
      result: named("y", NUMBER, "the result of rounding `x`"),
    },
    description: "Rounds the number to the nearest integer.",
    categories: ["numbers"],
    run: round,
  },
]);

/** Turns the arithmetic's own errors into those of builtins. */
export function arithmetic(compute: () => RegoNumber): RegoNumber {
  try {
    return compute();
  } catch (error) {
    throw asBuiltinError(error);
  }
}

function asBuiltinError(error: unknown): unknown {
  return error instanceof numbers.ArithmeticError ? new BuiltinError(error.message) : error;
}

function plus(args: readonly Value[]): Value {
  return binary(numbers.plus, args);
}

/** Numbers, or the difference of two sets. */
function minus(args: readonly Value[], context: BuiltinContext): Value {
  const a = args[0];
  const b = args[1];
  if (a instanceof RegoSet && b instanceof RegoSet) return difference(a, b, context);
  if (isNumber(a) && isNumber(b)) return binary(numbers.minus, args);
  if (!isNumber(a) && !isSet(a)) throw wrongType(1, ["number", "set"], a);
  throw wrongType(2, isNumber(b) ? "set" : "number", b);
}

function mul(args: readonly Value[]): Value {
  return binary(numbers.times, args);
}

function div(args: readonly Value[]): Value {
  return binary(numbers.divide, args);
}

function rem(args: readonly Value[]): Value {
  return binary(numbers.remainder, args);
}

function abs(args: readonly Value[]): Value {
  return unary(numbers.abs, args);
}

function ceil(args: readonly Value[]): Value {
  return unary(numbers.ceil, args);
}

function floor(args: readonly Value[]): Value {
  return unary(numbers.floor, args);
}

function round(args: readonly Value[]): Value {
  return unary(numbers.round, args);
}

function unary(compute: (n: RegoNumber) => RegoNumber, args: readonly Value[]): RegoNumber {
  const n = numberOperand(args[0], 1);
  try {
    return compute(n);
  } catch (error) {
    throw asBuiltinError(error);
  }
}

function binary(compute: (a: RegoNumber, b: RegoNumber) => RegoNumber, args: readonly Value[]): RegoNumber {
  const a = numberOperand(args[0], 1);
  const b = numberOperand(args[1], 2);
  try {
    return compute(a, b);
  } catch (error) {
    throw asBuiltinError(error);
  }
}
