import { toBigInt } from "../value/arithmetic.ts";
import { isArray, isNumber, isObject, isSet, kindOf } from "../value/kind.ts";
import { numberText } from "../value/number.ts";
import type { RegoObject } from "../value/object.ts";
import type { RegoSet } from "../value/set.ts";
import type { PlainObject, RegoArray, RegoNumber, Value, ValueKind } from "../value/value.ts";
import { OperandError } from "./builtin.ts";

/** Readers of operands: each returns the operand as the wanted type or throws OPA's `operand N must be … but got …`. Positions count from 1. */

export function stringOperand(value: Value | undefined, position: number): string {
  if (typeof value === "string") return value;
  throw wrongType(position, "string", value);
}

export function numberOperand(value: Value | undefined, position: number): RegoNumber {
  if (isNumber(value)) return value;
  throw wrongType(position, "number", value);
}

/**
 * An integer of at most 64 bits, as a plain number. OPA looks at the spelling: `2.0` is an integer here, `1e3` is not.
 * Beyond the safe integers the result is rounded, which matters nowhere: such operands are positions and counts.
 */
export function integerOperand(value: Value | undefined, position: number): number {
  if (Number.isSafeInteger(value)) return value as number;
  const number = numberOperand(value, position);
  const match = /^(-?\d+)(?:\.0*)?$/.exec(numberText(number));
  if (match && BigInt.asIntN(64, BigInt(match[1] as string)) === BigInt(match[1] as string))
    return Number(match[1]);
  throw new OperandError(`operand ${position} must be integer number but got floating-point number`);
}

/** An integer of any length, however spelt (`1e2`). */
export function bigIntOperand(value: Value | undefined, position: number): bigint {
  if (!isNumber(value)) {
    throw new OperandError(
      `operand ${position} must be integer but got ${value === undefined ? "nothing" : kindOf(value)}`,
    );
  }
  const integer = toBigInt(value);
  if (integer !== undefined) return integer;
  throw new OperandError(`operand ${position} must be integer number but got floating-point number`);
}

/** The strings of an array or set. A set gives them in sort order. */
export function stringsOperand(value: Value | undefined, position: number): readonly string[] {
  return elementsOperand(value, position, "string", isString) as readonly string[];
}

/** The numbers of an array or set. */
export function numbersOperand(value: Value | undefined, position: number): readonly RegoNumber[] {
  return elementsOperand(value, position, "number", isNumber) as readonly RegoNumber[];
}

/** The elements of an array, or of a set in sort order. */
export function listOperand(value: Value | undefined, position: number): readonly Value[] {
  if (isArray(value)) return value;
  if (isSet(value)) return value.sorted();
  throw wrongType(position, ["set", "array"], value);
}

function elementsOperand(
  value: Value | undefined,
  position: number,
  kind: ValueKind,
  check: (element: Value) => boolean,
): readonly Value[] {
  const elements = listOperand(value, position);
  for (let i = 0; i < elements.length; i++) {
    if (!check(elements[i] as Value))
      throw wrongElement(position, kind, value as Value, elements[i] as Value);
  }
  return elements;
}

/** `operand 2 must be array of strings but got array containing number`. */
export function wrongElement(
  position: number,
  wanted: ValueKind,
  collection: Value,
  element: Value,
): OperandError {
  const kind = kindOf(collection);
  return new OperandError(
    `operand ${position} must be ${kind} of ${wanted}s but got ${kind} containing ${kindOf(element)}`,
  );
}

function isString(value: Value): value is string {
  return typeof value === "string";
}

export function arrayOperand(value: Value | undefined, position: number): RegoArray {
  if (isArray(value)) return value;
  throw wrongType(position, "array", value);
}

export function setOperand(value: Value | undefined, position: number): RegoSet {
  if (isSet(value)) return value;
  throw wrongType(position, "set", value);
}

export function objectOperand(value: Value | undefined, position: number): PlainObject | RegoObject {
  if (isObject(value)) return value;
  throw wrongType(position, "object", value);
}

/** `operand 2 must be string but got number`. Several wanted kinds print as `one of {array, set}`, in the order given. */
export function wrongType(
  position: number,
  wanted: ValueKind | readonly string[],
  got: Value | undefined,
): OperandError {
  const names = typeof wanted === "string" ? wanted : `one of {${wanted.join(", ")}}`;
  return new OperandError(
    `operand ${position} must be ${names} but got ${got === undefined ? "nothing" : kindOf(got)}`,
  );
}
