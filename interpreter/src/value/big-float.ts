/**
 * A binary float of any precision, as Go's `math/big.Float` in its default mode: results are rounded to the nearest
 * value, ties to even. The value is ±mantissa × 2^exponent. OPA computes fractions with 64 bits of mantissa, and its
 * results show it (`1/3` is `0.33333333333333333334`), so doubles would not do.
 */
export interface BigFloat {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Bits of mantissa that Go gives a float read from text. */
export const PRECISION = 64;

/** Reads a decimal text, rounded to `precision` bits exactly as Go's `Float.Parse` does. */
export function floatFromText(text: string, precision = PRECISION): BigFloat {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a number: ${text}`);
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = BigInt(whole + fraction);
  const tens = Number(power) - fraction.length;
  const negative = sign === "-";
  if (digits === 0n || tens === 0) return round(negative, digits, 0, precision);
  // 10^n is 5^n × 2^n. Go rounds the power of five to 64 bits more than the result, which shows for n beyond 55 only.
  const exact = { negative, mantissa: digits, exponent: tens };
  const fives = powerOfFive(Math.abs(tens), precision + 64);
  return tens < 0 ? quotient(exact, fives, precision) : product(exact, fives, precision);
}

export function floatFromInteger(n: bigint): BigFloat {
  return { negative: n < 0n, mantissa: n < 0n ? -n : n, exponent: 0 };
}

export function addFloats(a: BigFloat, b: BigFloat, precision = PRECISION): BigFloat {
  if (a.mantissa === 0n && b.mantissa === 0n) return { ...a, negative: a.negative && b.negative };
  const [high, low] = top(a) >= top(b) ? [a, b] : [b, a];
  if (low.mantissa === 0n) return round(high.negative, high.mantissa, high.exponent, precision);
  // Too small to be seen: one bit far below stands for it, so that rounding still knows on which side it lies.
  const gap = top(high) - top(low);
  const seen =
    gap > 4 * precision && bitLength(high.mantissa) <= precision
      ? { negative: low.negative, mantissa: 1n, exponent: top(high) - 3 * precision }
      : low;
  const exponent = Math.min(high.exponent, seen.exponent);
  const sum = signedAt(high, exponent) + signedAt(seen, exponent);
  return round(sum < 0n, sum < 0n ? -sum : sum, exponent, precision);
}

export function subtractFloats(a: BigFloat, b: BigFloat, precision = PRECISION): BigFloat {
  return addFloats(a, { ...b, negative: !b.negative }, precision);
}

export function multiplyFloats(a: BigFloat, b: BigFloat, precision = PRECISION): BigFloat {
  return product(a, b, precision);
}

/** The divisor must not be zero. */
export function divideFloats(a: BigFloat, b: BigFloat, precision = PRECISION): BigFloat {
  return quotient(a, b, precision);
}

/** The integer part, towards zero. */
export function truncateFloat(x: BigFloat): bigint {
  const magnitude = x.exponent >= 0 ? x.mantissa << BigInt(x.exponent) : x.mantissa >> BigInt(-x.exponent);
  return x.negative ? -magnitude : magnitude;
}

export function isIntegral(x: BigFloat): boolean {
  if (x.exponent >= 0 || x.mantissa === 0n) return true;
  return (x.mantissa & ((1n << BigInt(-x.exponent)) - 1n)) === 0n;
}

/** About the power of ten of the value, to refuse what would be absurdly long before it is written. */
export function decimalMagnitude(x: BigFloat): number {
  return x.mantissa === 0n ? 0 : Math.round(top(x) * Math.LOG10E * Math.LN2);
}

/**
 * The shortest decimal text that reads back as the same float of that precision: plain where the value is integral, else
 * Go's `%g` (`1.2345675e+06` from 1e6 on, `1e-05` below 1e-4).
 */
export function floatText(x: BigFloat, precision = PRECISION): string {
  const sign = x.negative ? "-" : "";
  if (x.mantissa === 0n) return `${sign}0`;
  const { digits, point } = shortestDigits(x, precision);
  if (isIntegral(x)) return sign + digits.padEnd(point, "0");
  const power = point - 1;
  if (power < -4 || power >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const exponent = String(Math.abs(power)).padStart(2, "0");
    return `${sign}${digits.charAt(0)}${fraction}e${power < 0 ? "-" : "+"}${exponent}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Decimal digits without trailing zeros; the value is 0.DIGITS × 10^point. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** Go's `roundShortest`: cuts the exact decimal where it is still nearer to this float than to its neighbours. */
function shortestDigits(x: BigFloat, precision: number): Digits {
  const exact = exactDigits(x.mantissa, x.exponent);
  const shift = precision - bitLength(x.mantissa);
  const mantissa = (shift >= 0 ? x.mantissa << BigInt(shift) : x.mantissa >> BigInt(-shift)) << 1n;
  const exponent = x.exponent - shift - 1;
  const lower = exactDigits(mantissa - 1n, exponent);
  const upper = exactDigits(mantissa + 1n, exponent);
  const inclusive = (mantissa & 2n) === 0n;
  for (let i = 0; i < exact.digits.length; i++) {
    const digit = exact.digits.charCodeAt(i);
    const below = i < lower.digits.length ? lower.digits.charCodeAt(i) : 0x30;
    const above = i < upper.digits.length ? upper.digits.charCodeAt(i) : 0x30;
    const mayCut = below !== digit || (inclusive && i + 1 === lower.digits.length);
    const mayRaise = digit !== above && (inclusive || digit + 1 < above || i + 1 < upper.digits.length);
    if (mayCut && mayRaise) return roundsUp(exact.digits, i + 1) ? raise(exact, i + 1) : cut(exact, i + 1);
    if (mayCut) return cut(exact, i + 1);
    if (mayRaise) return raise(exact, i + 1);
  }
  return exact;
}

function exactDigits(mantissa: bigint, exponent: number): Digits {
  const digits =
    exponent >= 0 ? String(mantissa << BigInt(exponent)) : String(mantissa * 5n ** BigInt(-exponent));
  const point = digits.length + Math.min(exponent, 0);
  return { digits: digits.replace(/0+$/, ""), point };
}

function roundsUp(digits: string, length: number): boolean {
  if (length >= digits.length) return false;
  if (digits.charAt(length) === "5" && length + 1 === digits.length) {
    return digits.charCodeAt(length - 1) % 2 === 1;
  }
  return digits.charAt(length) >= "5";
}

function cut({ digits, point }: Digits, length: number): Digits {
  return { digits: digits.slice(0, length).replace(/0+$/, ""), point };
}

function raise({ digits, point }: Digits, length: number): Digits {
  if (length >= digits.length) return { digits, point };
  const kept = digits.slice(0, length).replace(/9+$/, "");
  if (kept === "") return { digits: "1", point: point + 1 };
  const last = kept.charCodeAt(kept.length - 1) + 1;
  return { digits: kept.slice(0, -1) + String.fromCharCode(last), point };
}

function product(a: BigFloat, b: BigFloat, precision: number): BigFloat {
  return round(a.negative !== b.negative, a.mantissa * b.mantissa, a.exponent + b.exponent, precision);
}

function quotient(a: BigFloat, b: BigFloat, precision: number): BigFloat {
  const negative = a.negative !== b.negative;
  const shift = Math.max(0, precision + 2 + bitLength(b.mantissa) - bitLength(a.mantissa));
  const dividend = a.mantissa << BigInt(shift);
  const whole = dividend / b.mantissa;
  // The last bit stands for everything behind it.
  const sticky = whole * b.mantissa === dividend ? 0n : 1n;
  return round(negative, (whole << 1n) | sticky, a.exponent - b.exponent - shift - 1, precision);
}

function powerOfFive(n: number, precision: number): BigFloat {
  if (n <= 55) return { negative: false, mantissa: 5n ** BigInt(n), exponent: 0 };
  let result: BigFloat = { negative: false, mantissa: 5n ** 27n, exponent: 0 };
  let factor: BigFloat = { negative: false, mantissa: 5n, exponent: 0 };
  for (let rest = n - 27; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = product(result, factor, precision);
    factor = product(factor, factor, precision + 64);
  }
  return result;
}

function round(negative: boolean, mantissa: bigint, exponent: number, precision: number): BigFloat {
  const excess = bitLength(mantissa) - precision;
  if (excess <= 0) return { negative, mantissa, exponent: mantissa === 0n ? 0 : exponent };
  const shift = BigInt(excess);
  let kept = mantissa >> shift;
  const rest = mantissa - (kept << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  return { negative, mantissa: kept, exponent: exponent + excess };
}

/** The place of the highest bit. */
function top(x: BigFloat): number {
  return x.mantissa === 0n ? Number.NEGATIVE_INFINITY : bitLength(x.mantissa) + x.exponent;
}

function signedAt(x: BigFloat, exponent: number): bigint {
  const magnitude = x.mantissa << BigInt(x.exponent - exponent);
  return x.negative ? -magnitude : magnitude;
}

function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = n.toString(16);
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28);
}
