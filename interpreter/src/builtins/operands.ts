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

/** A number without a fraction, within the safe integers. */
export function integerOperand(value: Value | undefined, position: number): number {
  const number = numberOperand(value, position);
  const plain = typeof number === "number" ? number : Number(numberText(number));
  if (Number.isSafeInteger(plain)) return plain;
  throw new OperandError(`operand ${position} must be integer number but got floating-point number`);
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

/** `operand 2 must be string but got number`. Several wanted kinds print as `one of {array, set}`. */
export function wrongType(position: number, wanted: ValueKind | readonly string[], got: Value | undefined): OperandError {
  const names = typeof wanted === "string" ? wanted : `one of {${[...wanted].sort().join(", ")}}`;
  return new OperandError(`operand ${position} must be ${names} but got ${got === undefined ? "nothing" : kindOf(got)}`);
}
