import { floatFromText, truncateFloat } from "../../value/big-float.ts";
import { fromBigInt } from "../../value/arithmetic.ts";
import { numberFromText } from "../../value/number.ts";
import { isPrintable, quoteText } from "../../value/quote.ts";
import type { RegoNumber } from "../../value/value.ts";

export type GoNumber =
  | { readonly ok: true; readonly number: RegoNumber }
  | { readonly ok: false; readonly reason: "invalid syntax" | "value out of range" | "not finite" };

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)$/;
const NOT_FINITE = /^[+-]?(?:inf|infinity|nan)$/i;

/**
 * Reads what Go's `strconv.ParseFloat` reads. A text that is a JSON number keeps its spelling; Go's other spellings
 * (`007`, `+5`, `.5`, `1_000`, `0x1p4`) give the number they mean.
 */
export function numberFromGoText(text: string): GoNumber {
  if (NOT_FINITE.test(text)) return { ok: false, reason: "not finite" };
  const plain = withoutUnderscores(text);
  const hexadecimal = HEXADECIMAL.exec(plain);
  if (hexadecimal) return hexadecimalNumber(hexadecimal);
  if (!DECIMAL.test(plain)) return { ok: false, reason: "invalid syntax" };
  if (!Number.isFinite(Number(plain))) return { ok: false, reason: "value out of range" };
  return { ok: true, number: numberFromText(asJsonNumber(plain)) };
}

/** The digits of a decimal text as a JSON number: no plus sign, no leading zeros, digits on both sides of the point. */
function asJsonNumber(text: string): string {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*))?([eE].*)?$/.exec(text) as RegExpExecArray;
  const [, sign, whole, fraction, exponent = ""] = match;
  return `${sign === "-" ? "-" : ""}${whole === "" ? "0" : whole}${fraction ? `.${fraction}` : ""}${exponent}`;
}

function hexadecimalNumber(match: RegExpExecArray): GoNumber {
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  if (whole + fraction === "") return { ok: false, reason: "invalid syntax" };
  const exponent = Number(power) - 4 * fraction.length;
  if (Math.abs(exponent) > 1100) return { ok: false, reason: "value out of range" };
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** exponent;
  if (!Number.isFinite(magnitude)) return { ok: false, reason: "value out of range" };
  const value = sign === "-" ? -magnitude : magnitude;
  if (!Number.isInteger(value)) return { ok: true, number: value };
  return { ok: true, number: fromBigInt(truncateFloat(floatFromText(String(value)))) };
}

/** ParseFloat itself refuses underscores unless the base prefix allows them; OPA's own parser takes `1_000`. */
function withoutUnderscores(text: string): string {
  return /^[+-]?\d+(?:_\d+)+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(text) ? text.replaceAll("_", "") : text;
}

/** `strconv.QuoteToASCII`. */
export function quoteAscii(text: string): string {
  return quoteText(text).replace(/[^\x00-\x7f]/gu, escapeCodePoint);
}

/** `strconv.QuoteRune`: one character in single quotes. */
export function quoteRune(character: string, asciiOnly = false): string {
  if (character === "'") return "'\\''";
  if (character === '"') return `'"'`;
  const quoted = asciiOnly ? quoteAscii(character) : quoteText(character);
  return `'${quoted.slice(1, -1)}'`;
}

/** `strconv.CanBackquote`: may stand between backquotes as it is. */
export function canBackquote(text: string): boolean {
  return !/[\x00-\x08\x0a-\x1f\x7f`\ufeff]/.test(text);
}

export { isPrintable };

function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/**
 * `strconv.FormatFloat` of a double: verbs `e E f F g G b x X`. A precision of -1 gives the fewest digits that read back
 * as the same double.
 */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return sign === "" ? "+Inf" : "-Inf";
  switch (verb) {
    case "e":
    case "E":
      return (
        sign + exponentForm(decimalDigits(magnitude, precision < 0 ? -1 : precision + 1), precision, verb)
      );
    case "f":
    case "F":
      return (
        sign +
        fixedForm(precision < 0 ? decimalDigits(magnitude, -1) : roundedAt(magnitude, precision), precision)
      );
    case "g":
    case "G":
      return sign + generalForm(magnitude, verb, precision);
    case "b": {
      const { mantissa, exponent } = binaryParts(magnitude);
      return `${sign}${mantissa}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
    }
    case "x":
    case "X":
      return sign + hexadecimalForm(magnitude, verb, precision);
    default:
      return `%${verb}`;
  }
}

/** The value is 0.DIGITS × 10^point. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** The shortest digits (count -1), or the value rounded half to even to so many digits. */
function decimalDigits(magnitude: number, count: number): Digits {
  if (magnitude === 0) return { digits: "", point: 0 };
  if (count < 0) {
    const [mantissa = "", power = "0"] = magnitude.toExponential().split("e");
    return { digits: mantissa.replace(".", ""), point: Number(power) + 1 };
  }
  return cut(exactDigits(magnitude), count);
}

function roundedAt(magnitude: number, decimals: number): Digits {
  const exact = exactDigits(magnitude);
  return cut(exact, exact.point + decimals);
}

function exactDigits(magnitude: number): Digits {
  if (magnitude === 0) return { digits: "", point: 0 };
  const { mantissa, exponent } = binaryParts(magnitude);
  if (exponent >= 0) {
    const digits = String(mantissa << BigInt(exponent));
    return { digits, point: digits.length };
  }
  const digits = String(mantissa * 5n ** BigInt(-exponent));
  return { digits, point: digits.length + exponent };
}

function cut({ digits, point }: Digits, count: number): Digits {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: "", point };
  const next = digits.charCodeAt(count) - 0x30;
  const isHalf = next === 5 && /^0*$/.test(digits.slice(count + 1));
  const isOdd = count > 0 && digits.charCodeAt(count - 1) % 2 === 1;
  const kept = digits.slice(0, count);
  if (next < 5 || (isHalf && !isOdd)) return { digits: kept, point };
  const head = kept.replace(/9+$/, "");
  if (head === "") return { digits: "1", point: point + 1 };
  return { digits: head.slice(0, -1) + String.fromCharCode(head.charCodeAt(head.length - 1) + 1), point };
}

function exponentForm({ digits, point }: Digits, precision: number, verb: string): string {
  const shown = digits === "" ? "0" : digits;
  const places = precision < 0 ? shown.length - 1 : precision;
  const fraction = places > 0 ? `.${shown.slice(1, places + 1).padEnd(places, "0")}` : "";
  const power = digits === "" ? 0 : point - 1;
  const exponent = String(Math.abs(power)).padStart(2, "0");
  return `${shown.charAt(0)}${fraction}${verb}${power < 0 ? "-" : "+"}${exponent}`;
}

function fixedForm({ digits, point }: Digits, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const places = precision < 0 ? Math.max(digits.length - point, 0) : precision;
  if (places === 0) return whole === "" ? "0" : whole;
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, places).padEnd(places, "0")}`;
}

function generalForm(magnitude: number, verb: string, precision: number): string {
  const shortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const rounded = decimalDigits(magnitude, shortest ? -1 : wanted);
  const digits = { digits: rounded.digits.replace(/0+$/, ""), point: rounded.point };
  let limit = wanted;
  if (limit > digits.digits.length && digits.digits.length >= digits.point) limit = digits.digits.length;
  if (shortest) limit = 6;
  const power = digits.digits === "" ? -1 : digits.point - 1;
  if (power < -4 || power >= limit) {
    return exponentForm(digits, digits.digits.length - 1, verb === "g" ? "e" : "E");
  }
  return fixedForm(digits, Math.max(digits.digits.length - digits.point, 0));
}

/** `magnitude` as mantissa × 2^exponent, the mantissa an integer of at most 53 bits. */
function binaryParts(magnitude: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const fraction = bits & ((1n << 52n) - 1n);
  const biased = Number(bits >> 52n);
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** `0x1.8p+01`. */
function hexadecimalForm(magnitude: number, verb: string, precision: number): string {
  let { mantissa, exponent } = binaryParts(magnitude);
  if (mantissa !== 0n) {
    while (mantissa < 1n << 52n) {
      mantissa <<= 1n;
      exponent--;
    }
    exponent += 52;
  } else exponent = 0;
  let digits = 13;
  if (precision >= 0 && precision < 13) {
    const shift = BigInt(4 * (13 - precision));
    const rest = mantissa & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    mantissa >>= shift;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    if (mantissa >> BigInt(4 * precision) === 2n) {
      mantissa >>= 1n;
      exponent++;
    }
    digits = precision;
  }
  const text = mantissa.toString(16).padStart(digits + 1, "0");
  const raw = text.slice(1);
  const fraction = precision < 0 ? raw.replace(/0+$/, "") : raw.padEnd(precision, "0");
  const power = String(Math.abs(exponent)).padStart(2, "0");
  const result = `0x${text.charAt(0)}${fraction === "" ? "" : `.${fraction}`}p${exponent < 0 ? "-" : "+"}${power}`;
  return verb === "X" ? result.toUpperCase() : result;
}
