import { fromBigInt, toBigInt, toFloat } from "../value/arithmetic.ts";
import { truncateFloat } from "../value/big-float.ts";
import type { RegoNumber, Value } from "../value/value.ts";
import { BuiltinError, OperandError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { arithmetic } from "./arithmetic.ts";
import { bigIntOperand, integerOperand, numberOperand, stringOperand } from "./operands.ts";
import { NUMBER, STRING, arrayOf, named } from "../value/type.ts";
export const numbersBuiltins = defineBuiltins([
  {
    name: "format_int",
    decl: {
      args: [
        named("number", NUMBER, "number to format"),
        named("base", NUMBER, "base of number representation to use"),
      ],
      result: named("output", STRING, "formatted number"),
    },
    description:
      "Returns the string representation of the number in the given base after rounding it down to an integer value.",
    categories: ["strings"],
    run: formatInt,
  },
  {
    name: "numbers.range",
    decl: {
      args: [
        named("a", NUMBER, "the start of the range"),
        named("b", NUMBER, "the end of the range (inclusive)"),
      ],
      result: named("range", arrayOf(NUMBER), "the range between `a` and `b`"),
    },
    description:
      "Returns an array of numbers in the given (inclusive) range. If `a==b`, then `range == [a]`; if `a > b`, then `range` is in descending order.",
    categories: ["numbers"],
    run: numbersRange,
  },
  {
    name: "numbers.range_step",
    decl: {
      args: [
        named("a", NUMBER, "the start of the range"),
        named("b", NUMBER, "the end of the range (inclusive)"),
        named("step", NUMBER, "the step between numbers in the range"),
      ],
      result: named("range", arrayOf(NUMBER), "the range between `a` and `b` in `step` increments"),
    },
    description:
      'Returns an array of numbers in the given (inclusive) range incremented by a positive step.\n\tIf "a==b", then "range == [a]"; if "a > b", then "range" is in descending order.\n\tIf the provided "step" is less then 1, an error will be thrown.\n\tIf "b" is not in the range of the provided "step", "b" won\'t be included in the result.\n\t',
    categories: ["numbers"],
    run: numbersRangeStep,
  },
  {
    name: "rand.intn",
    decl: {
      args: [
        named("str", STRING, "seed string for the random number"),
        named("n", NUMBER, "upper bound of the random number (exclusive)"),
      ],
      result: named("y", NUMBER, "random integer in the range `[0, abs(n))`"),
    },
    description:
      "Returns a random integer between `0` and `n` (`n` exclusive). If `n` is `0`, then `y` is always `0`. For any given argument pair (`str`, `n`), the output will be consistent throughout a query evaluation.",
    categories: ["numbers"],
    nondeterministic: true,
    memoised: true,
    run: randIntn,
  },
]);

/** A fraction is cut off first. */
function formatInt(args: readonly Value[]): Value {
  const number = numberOperand(args[0], 1);
  const base = numberOperand(args[1], 2);
  if (base !== 2 && base !== 8 && base !== 10 && base !== 16) {
    throw new OperandError("operand 2 must be one of {2, 8, 10, 16}");
  }
  if (Number.isSafeInteger(number)) return (number as number).toString(base);
  return integerPart(number).toString(base);
}

function integerPart(number: RegoNumber): bigint {
  let whole = 0n;
  arithmetic(() => {
    whole = toBigInt(number) ?? truncateFloat(toFloat(number));
    return 0;
  });
  return whole;
}

/** Both ends included; downwards when the first is the larger one. */
function numbersRange(args: readonly Value[], context: BuiltinContext): Value {
  return range(bigIntOperand(args[0], 1), bigIntOperand(args[1], 2), 1n, context);
}

function numbersRangeStep(args: readonly Value[], context: BuiltinContext): Value {
  const from = bigIntOperand(args[0], 1);
  const to = bigIntOperand(args[1], 2);
  const step = bigIntOperand(args[2], 3);
  if (step <= 0n) throw new BuiltinError("numbers.range_step: step must be a positive integer");
  return range(from, to, step, context);
}

function range(from: bigint, to: bigint, step: bigint, context: BuiltinContext): Value {
  const up = from <= to;
  const length = Number((up ? to - from : from - to) / step);
  // The budget must see a long range before memory does.
  context.collect(length);
  const numbers: Value[] = [];
  if (up) for (let n = from; n <= to; n += step) numbers.push(fromBigInt(n));
  else for (let n = from; n >= to; n -= step) numbers.push(fromBigInt(n));
  return numbers;
}

/** A number in 0 … |n| - 1. The evaluator gives the same one for the same key and n within a query. */
function randIntn(args: readonly Value[], context: BuiltinContext): Value {
  stringOperand(args[0], 1);
  const limit = Math.abs(integerOperand(args[1], 2));
  return limit === 0 ? 0 : Math.floor(context.host.random() * limit);
}
