import {
  addFloats,
  decimalMagnitude,
  divideFloats,
  floatFromInteger,
  floatFromText,
  floatText,
  isIntegral,
  multiplyFloats,
  PRECISION,
  subtractFloats,
  truncateFloat,
} from "./big-float.ts";
import type { BigFloat } from "./big-float.ts";
import { spendDigits } from "./meter.ts";
import { decimalParts, numberFromText, numberText } from "./number.ts";
import type { RegoNumber } from "./value.ts";

/**
 * Arithmetic as OPA does it. Integers, however long and however spelt (`1e6`, `2.0`), are exact; as soon as a fraction
 * takes part, results are rounded to 64 bits. Safe integers never leave the fast path.
 */

/** Division by zero, a fraction where an integer must be, a result of absurd length. The message is OPA's. */
export class ArithmeticError extends Error {
  override readonly name = "ArithmeticError";
}

/** Results and operands beyond 10^±this are refused: each operation would cost as much as the number is long. */
const MAX_MAGNITUDE = 10_000;

export function plus(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum) && Number.isInteger(a) && Number.isInteger(b)) return sum;
  }
  const x = toBigInt(a);
  const y = x === undefined ? undefined : toBigInt(b);
  if (x !== undefined && y !== undefined) return fromBigInt(x + y);
  return fromFloat(addFloats(toFloat(a), toFloat(b)));
}

export function minus(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference) && Number.isInteger(a) && Number.isInteger(b)) return difference;
  }
  const x = toBigInt(a);
  const y = x === undefined ? undefined : toBigInt(b);
  if (x !== undefined && y !== undefined) return fromBigInt(x - y);
  return fromFloat(subtractFloats(toFloat(a), toFloat(b)));
}

export function times(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (typeof a === "number" && typeof b === "number") {
    const result = a * b;
    // Adding 0 turns -0 into 0.
    if (Number.isSafeInteger(result) && Number.isInteger(a) && Number.isInteger(b)) return result + 0;
  }
  const x = toBigInt(a);
  const y = x === undefined ? undefined : toBigInt(b);
  if (x !== undefined && y !== undefined) return fromBigInt(x * y);
  return fromFloat(multiplyFloats(toFloat(a), toFloat(b)));
}

/** Throws {@link ArithmeticError} `divide by zero`. */
export function divide(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (isZero(b)) throw new ArithmeticError("divide by zero");
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const quotient = (a as number) / (b as number);
    if (Number.isInteger(quotient)) return quotient + 0;
    // A short binary fraction (7/2) is exact as a double, and prints alike at 53 and at 64 bits.
    const sixteenths = quotient * 16;
    if (
      Number.isInteger(sixteenths) &&
      Math.abs(quotient) < 1e6 &&
      Number.isSafeInteger(sixteenths * (b as number)) &&
      sixteenths * (b as number) === (a as number) * 16
    ) {
      return quotient;
    }
  }
  return fromFloat(divideFloats(toFloat(a), toFloat(b)));
}

/** The remainder has the sign of `a`. Throws {@link ArithmeticError} for fractions and for zero. */
export function remainder(a: RegoNumber, b: RegoNumber): RegoNumber {
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && b !== 0)
    return ((a as number) % (b as number)) + 0;
  const x = toBigInt(a);
  const y = toBigInt(b);
  if (x === undefined || y === undefined) throw new ArithmeticError("modulo on floating-point number");
  if (y === 0n) throw new ArithmeticError("modulo by zero");
  return fromBigInt(x % y);
}

export function abs(n: RegoNumber): RegoNumber {
  if (Number.isSafeInteger(n)) return Math.abs(n as number);
  return fromFloat({ ...toFloat(n), negative: false });
}

/** Rounds half away from zero. */
export function round(n: RegoNumber): RegoNumber {
  if (Number.isSafeInteger(n)) return n;
  const x = toFloat(n);
  const half: BigFloat = { negative: x.negative, mantissa: 1n, exponent: -1 };
  return fromBigInt(truncateFloat(addFloats(x, half)));
}

/** OPA's own rule: one more than the integer part unless that is negative, so that `ceil(-0.4)` is 1. */
export function ceil(n: RegoNumber): RegoNumber {
  if (Number.isSafeInteger(n)) return n;
  const x = toFloat(n);
  const whole = truncateFloat(x);
  return fromBigInt(whole < 0n || isIntegral(x) ? whole : whole + 1n);
}

/** OPA's own rule: one less than the integer part only if that is negative, so that `floor(-0.4)` is 0. */
export function floor(n: RegoNumber): RegoNumber {
  if (Number.isSafeInteger(n)) return n;
  const x = toFloat(n);
  const whole = truncateFloat(x);
  return fromBigInt(whole >= 0n || isIntegral(x) ? whole : whole - 1n);
}

export function sum(numbers: Iterable<RegoNumber>): RegoNumber {
  return foldIntegers(numbers, 0, plus) ?? fromFloat(foldFloats(numbers, 0n, addFloats, PRECISION));
}

/** With a fraction among the factors, OPA multiplies with 53 bits only: `product([0.1, 3])` is 0.30000000000000004. */
export function product(numbers: Iterable<RegoNumber>): RegoNumber {
  return foldIntegers(numbers, 1, times) ?? fromFloat(foldFloats(numbers, 1n, multiplyFloats, 53), 53);
}

/** The exact integer, or undefined for a number with a fraction. `2.0` and `1e6` are integers. */
export function toBigInt(n: RegoNumber): bigint | undefined {
  if (typeof n === "number") return Number.isInteger(n) ? BigInt(n) : undefined;
  spendDigits(n.text.length);
  const { coefficient, exponent } = decimalParts(n);
  if (exponent < 0) return undefined;
  if (exponent === 0) return coefficient;
  checkMagnitude(exponent);
  return coefficient * 10n ** BigInt(exponent);
}

export function fromBigInt(n: bigint): RegoNumber {
  const plain = Number(n);
  return Number.isSafeInteger(plain) ? plain : numberFromText(String(n));
}

/** True for numbers without a fraction. */
export function isInteger(n: RegoNumber): boolean {
  return typeof n === "number" ? Number.isInteger(n) : decimalParts(n).exponent >= 0;
}

/** The number as OPA's arithmetic sees it once fractions take part: rounded to 64 bits. */
export function toFloat(n: RegoNumber): BigFloat {
  if (typeof n !== "number") {
    spendDigits(n.text.length);
    checkMagnitude(decimalParts(n).exponent);
  }
  return floatFromText(numberText(n));
}

export function fromFloat(x: BigFloat, precision = PRECISION): RegoNumber {
  checkMagnitude(decimalMagnitude(x));
  return numberFromText(floatText(x, precision));
}

/** The exact result for integers alone; undefined as soon as there is a fraction. */
function foldIntegers(
  numbers: Iterable<RegoNumber>,
  start: number,
  combine: (a: RegoNumber, b: RegoNumber) => RegoNumber,
): RegoNumber | undefined {
  let result: RegoNumber = start;
  for (const n of numbers) {
    if (!isInteger(n)) return undefined;
    result = combine(result, n);
  }
  return result;
}

function foldFloats(
  numbers: Iterable<RegoNumber>,
  start: bigint,
  combine: (a: BigFloat, b: BigFloat, precision: number) => BigFloat,
  precision: number,
): BigFloat {
  let result = floatFromInteger(start);
  for (const n of numbers) result = combine(result, toFloat(n), precision);
  return result;
}

function isZero(n: RegoNumber): boolean {
  return typeof n === "number" ? n === 0 : decimalParts(n).coefficient === 0n;
}

function checkMagnitude(magnitude: number): void {
  if (Math.abs(magnitude) > MAX_MAGNITUDE) throw new ArithmeticError("number out of range");
}
