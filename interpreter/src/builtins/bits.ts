import { fromBigInt } from "../value/arithmetic.ts";
import type { Value } from "../value/value.ts";
import { OperandError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { bigIntOperand } from "./operands.ts";
import { NUMBER, named } from "../value/type.ts";
export const bitsBuiltins = defineBuiltins([
  {
    name: "bits.and",
    decl: {
      args: [named("x", NUMBER, "the first integer"), named("y", NUMBER, "the second integer")],
      result: named("z", NUMBER, "the bitwise AND of `x` and `y`"),
    },
    description: 'Returns the bitwise "AND" of two integers.',
    categories: ["bits"],
    run: bitsAnd,
  },
  {
    name: "bits.lsh",
    decl: {
      args: [named("x", NUMBER, "the integer to shift"), named("s", NUMBER, "the number of bits to shift")],
      result: named("z", NUMBER, "the result of shifting `x` `s` bits to the left"),
    },
    description: "Returns a new integer with its bits shifted `s` bits to the left.",
    categories: ["bits"],
    run: bitsLsh,
  },
  {
    name: "bits.negate",
    decl: {
      args: [named("x", NUMBER, "the integer to negate")],
      result: named("z", NUMBER, "the bitwise negation of `x`"),
    },
    description: "Returns the bitwise negation (flip) of an integer.",
    categories: ["bits"],
    run: bitsNegate,
  },
  {
    name: "bits.or",
    decl: {
      args: [named("x", NUMBER, "the first integer"), named("y", NUMBER, "the second integer")],
      result: named("z", NUMBER, "the bitwise OR of `x` and `y`"),
    },
    description: 'Returns the bitwise "OR" of two integers.',
    categories: ["bits"],
    run: bitsOr,
  },
  {
    name: "bits.rsh",
    decl: {
      args: [named("x", NUMBER, "the integer to shift"), named("s", NUMBER, "the number of bits to shift")],
      result: named("z", NUMBER, "the result of shifting `x` `s` bits to the right"),
    },
    description: "Returns a new integer with its bits shifted `s` bits to the right.",
    categories: ["bits"],
    run: bitsRsh,
  },
  {
    name: "bits.xor",
    decl: {
      args: [named("x", NUMBER, "the first integer"), named("y", NUMBER, "the second integer")],
      result: named("z", NUMBER, "the bitwise XOR of `x` and `y`"),
    },
    description: 'Returns the bitwise "XOR" (exclusive-or) of two integers.',
    categories: ["bits"],
    run: bitsXor,
  },
]);

/** Integers of any length, negative ones as two's complement with endless sign bits. */

function bitsAnd(args: readonly Value[]): Value {
  return fromBigInt(bigIntOperand(args[0], 1) & bigIntOperand(args[1], 2));
}

function bitsOr(args: readonly Value[]): Value {
  return fromBigInt(bigIntOperand(args[0], 1) | bigIntOperand(args[1], 2));
}

function bitsXor(args: readonly Value[]): Value {
  return fromBigInt(bigIntOperand(args[0], 1) ^ bigIntOperand(args[1], 2));
}

function bitsNegate(args: readonly Value[]): Value {
  return fromBigInt(~bigIntOperand(args[0], 1));
}

function bitsLsh(args: readonly Value[], context: BuiltinContext): Value {
  const number = bigIntOperand(args[0], 1);
  const shift = shiftOperand(args[1]);
  // Three bits and a third make a digit.
  context.checkText(Number(shift / 3n));
  context.charge(Number(shift / 800n));
  return fromBigInt(number << shift);
}

function bitsRsh(args: readonly Value[]): Value {
  const number = bigIntOperand(args[0], 1);
  const shift = shiftOperand(args[1]);
  return fromBigInt(number >> shift);
}

function shiftOperand(value: Value | undefined): bigint {
  const shift = bigIntOperand(value, 2);
  if (shift >= 0n) return shift;
  throw new OperandError("operand 2 must be an unsigned integer number but got a negative integer");
}
