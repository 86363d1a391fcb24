import { Boxed } from "./boxed.ts";
import type { RegoNumber } from "./value.ts";

/**
 * A number whose text a double would change: beyond the safe integers, more than 17 digits, or spelt differently from
 * how JavaScript prints it (`1.0`, `1e2`). The text is kept as written, as OPA does; arithmetic works on its exact value.
 */
export class Decimal extends Boxed {
  readonly kind = "number";
  readonly text: string;
  #parts: DecimalParts | undefined;

  /** `text` must be a JSON number. Use {@link numberFromText} unless the text is known to need a Decimal. */
  constructor(text: string) {
    super();
    this.text = text;
  }

  /** The exact value, as coefficient × 10^exponent, the coefficient without trailing zeros. */
  get parts(): DecimalParts {
    this.#parts ??= partsOf(this.text);
    return this.#parts;
  }

  /** The plain number of the same value (`1.0` → `1`), if there is one. */
  toPlainNumber(): number | undefined {
    const plain = Number(this.text);
    if (!Number.isFinite(plain) || (Number.isInteger(plain) && !Number.isSafeInteger(plain)))
      return undefined;
    const normal = plain === 0 ? 0 : plain;
    return sameParts(partsOf(String(normal)), this.parts) ? normal : undefined;
  }

  hash(): number {
    return hashNumber(this);
  }

  equals(other: Boxed): boolean {
    if (!(other instanceof Decimal)) return false;
    return compareNumbers(this, other) === 0;
  }
}

export interface DecimalParts {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Reads the text of a JSON number. A plain number where that prints the very same text, else a {@link Decimal}. */
export function numberFromText(text: string): RegoNumber {
  const plain = Number(text);
  if (String(plain) === text && (Number.isSafeInteger(plain) || !Number.isInteger(plain))) return plain;
  return new Decimal(text);
}

/** The text a number prints as: in results, JSON and `%v`. */
export function numberText(n: RegoNumber): string {
  return typeof n === "number" ? String(n) : n.text;
}

/** Orders two numbers by their exact value. */
export function compareNumbers(a: RegoNumber, b: RegoNumber): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return compareParts(decimalParts(a), decimalParts(b));
}

export function decimalParts(n: RegoNumber): DecimalParts {
  return typeof n === "number" ? partsOf(String(n)) : n.parts;
}

export function hashNumber(n: RegoNumber): number {
  const plain = typeof n === "number" ? n : n.toPlainNumber();
  if (plain !== undefined) {
    if ((plain | 0) === plain) return Math.imul(plain, 0x9e3779b1) ^ (plain >>> 15);
    return hashDigits(String(plain));
  }
  const { coefficient, exponent } = decimalParts(n);
  return hashDigits(`${coefficient}e${exponent}`);
}

function hashDigits(text: string): number {
  let code = 0x2545f491;
  for (let i = 0; i < text.length; i++) code = (Math.imul(code, 31) + text.charCodeAt(i)) | 0;
  return code;
}

function partsOf(text: string): DecimalParts {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a number: ${text}`);
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = withoutTrailingZeros(digits);
  if (kept === "") return { coefficient: 0n, exponent: 0 };
  const exponent = Number(power) - fraction.length + (digits.length - kept.length);
  const coefficient = BigInt(kept);
  return { coefficient: sign === "-" ? -coefficient : coefficient, exponent };
}

/** A regular expression would begin anew at each of the zeros inside. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end--;
  return digits.slice(0, end);
}

function sameParts(a: DecimalParts, b: DecimalParts): boolean {
  return a.coefficient === b.coefficient && a.exponent === b.exponent;
}

function compareParts(a: DecimalParts, b: DecimalParts): number {
  const signA = a.coefficient < 0n ? -1 : a.coefficient > 0n ? 1 : 0;
  const signB = b.coefficient < 0n ? -1 : b.coefficient > 0n ? 1 : 0;
  if (signA !== signB || signA === 0) return signA - signB;
  // Compare magnitudes by the place of the first digit before aligning: 1e100000 must not become 100,000 digits.
  const topA = magnitude(a);
  const topB = magnitude(b);
  if (topA !== topB) return topA < topB ? -signA : signA;
  const shift = a.exponent - b.exponent;
  const left = shift > 0 ? a.coefficient * 10n ** BigInt(shift) : a.coefficient;
  const right = shift < 0 ? b.coefficient * 10n ** BigInt(-shift) : b.coefficient;
  return left < right ? -1 : left > right ? 1 : 0;
}

function magnitude(parts: DecimalParts): number {
  const digits = String(parts.coefficient).length - (parts.coefficient < 0n ? 1 : 0);
  return digits + parts.exponent;
}
