import { fromBigInt } from "../value/arithmetic.ts";
import { floatFromInteger, floatFromText, multiplyFloats, truncateFloat } from "../value/big-float.ts";
import { numberFromText } from "../value/number.ts";
import type { Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { bytesOf, byteUnits, textOf, validText } from "./go/bytes.ts";
import { stringOperand } from "./operands.ts";
import { NUMBER, STRING, named } from "../value/type.ts";
export const unitsBuiltins = defineBuiltins([
  {
    name: "units.parse",
    decl: {
      args: [named("x", STRING, "the unit to parse")],
      result: named("y", NUMBER, "the parsed number"),
    },
    description:
      'Converts strings like "10G", "5K", "4M", "1500m", and the like into a number.\nThis number can be a non-integer, such as 1.5, 0.22, etc. Scientific notation is supported,\nallowing values such as "1e-3K" (1) or "2.5e6M" (2.5 million M).\n\nSupports standard metric decimal and binary SI units (e.g., K, Ki, M, Mi, G, Gi, etc.) where\nm, K, M, G, T, P, and E are treated as decimal units and Ki, Mi, Gi, Ti, Pi, and Ei are treated as\nbinary units.\n\nNote that \'m\' and \'M\' are case-sensitive to allow distinguishing between "milli" and "mega" units\nrespectively. Other units are case-insensitive.',
    categories: ["units"],
    run: unitsParse,
  },
  {
    name: "units.parse_bytes",
    decl: {
      args: [named("x", STRING, "the byte unit to parse")],
      result: named("y", NUMBER, "the parsed number"),
    },
    description:
      'Converts strings like "10GB", "5K", "4mb", or "1e6KB" into an integer number of bytes.\n\nSupports standard byte units (e.g., KB, KiB, etc.) where KB, MB, GB, and TB are treated as decimal\nunits, and KiB, MiB, GiB, and TiB are treated as binary units. Scientific notation is supported,\nenabling values like "1.5e3MB" (1500MB) or "2e6GiB" (2 million GiB).\n\nThe bytes symbol (b/B) in the unit is optional; omitting it will yield the same result (e.g., "Mi"\nand "MiB" are equivalent).',
    categories: ["units"],
    run: unitsParseBytes,
  },
]);

const DECIMAL_UNITS = ["k", "m", "g", "t", "p", "e"];

/** Decimals that OPA prints of an amount that is no integer. */
const DECIMALS = 10;

/** An exact amount: `0.0005K` is 0.5. Integers print as such, everything else with ten decimals. */
function unitsParse(args: readonly Value[], context: BuiltinContext): Value {
  const text = stringOperand(args[0], 1).replaceAll('"', "");
  const { amount, unit } = split(text, "units.parse", "no amount provided", context);
  const factor = unit === "m" ? undefined : factorOf(unit.toLowerCase());
  if (unit !== "m" && factor === undefined)
    throw new BuiltinError(`units.parse: unit ${shownUnit(unit)} not recognized`);
  const parts = decimalParts(amount);
  if (parts === undefined) throw new BuiltinError("units.parse: could not parse amount to a number");
  return unit === "m"
    ? decimalText(parts.digits * MILLI.numerator, parts.tens, MILLI.denominator)
    : decimalText(parts.digits * (factor as bigint), parts.tens, 1n);
}

/** OPA lowers all of a unit but its first byte. A character that this cuts is no text any more. */
function shownUnit(unit: string): string {
  const [first = "", ...rest] = byteUnits(unit);
  return first + validText(textOf(bytesOf(rest.join("")))).toLowerCase();
}

/** OPA's milli is the double nearest to 0.001, which shows in very large amounts. */
const MILLI = { numerator: 1152921504606847n, denominator: 2n ** 60n };

/** The amount is rounded to 64 bits, its product with the unit too; a fraction of a byte is cut off. */
function unitsParseBytes(args: readonly Value[], context: BuiltinContext): Value {
  const text = stringOperand(args[0], 1).replaceAll('"', "").toLowerCase();
  const { amount, unit } = split(text, "units.parse_bytes", "no byte amount provided", context);
  // `kb` and `k` are the same, but a `b` of its own is no unit.
  const factor = unit === "b" ? undefined : factorOf(unit.replace(/b$/, ""));
  if (factor === undefined) throw new BuiltinError(`units.parse_bytes: byte unit ${unit} not recognized`);
  const parts = decimalParts(amount);
  if (parts === undefined)
    throw new BuiltinError("units.parse_bytes: could not parse byte amount to a number");
  const bytes = multiplyFloats(floatFromText(amount.replace(/^\+/, "")), floatFromInteger(factor));
  return fromBigInt(truncateFloat(bytes));
}

/** Parts the amount from its unit. `1e3` is a number, the `e` of `1e` a unit. */
function split(
  text: string,
  name: string,
  nothing: string,
  context: BuiltinContext,
): { amount: string; unit: string } {
  if (text.includes(" ")) throw new BuiltinError(`${name}: spaces not allowed in resource strings`);
  const match = /^([-+\d.]*(?:[eE][-+]?\d+)?)(.*)$/s.exec(text) as RegExpExecArray;
  const [, amount = "", unit = ""] = match;
  if (amount === "") throw new BuiltinError(`${name}: ${nothing}`);
  const exponent = /[eE][-+]?(\d+)$/.exec(amount)?.[1] ?? "";
  if (exponent.length > MAX_EXPONENT_DIGITS) throw new BuiltinError(`${name}: exponent too large`);
  context.charge(Number(exponent) >> 3);
  return { amount, unit };
}

const MAX_EXPONENT_DIGITS = 6;

function factorOf(unit: string): bigint | undefined {
  if (unit === "") return 1n;
  const power = BigInt(DECIMAL_UNITS.indexOf(unit.charAt(0)) + 1);
  if (power === 0n) return undefined;
  if (unit.length === 1) return 1000n ** power;
  return unit.slice(1) === "i" ? 1024n ** power : undefined;
}

/** The value is digits × 10^tens. */
function decimalParts(amount: string): { digits: bigint; tens: number } | undefined {
  const match = /^([-+]?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(amount);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, tens: Number(exponent) - fraction.length };
}

/** The text of digits × 10^tens ÷ denominator. */
function decimalText(digits: bigint, tens: number, denominator: bigint): Value {
  const dividend = tens > 0 ? digits * 10n ** BigInt(tens) : digits;
  const divisor = tens < 0 ? denominator * 10n ** BigInt(-tens) : denominator;
  if (dividend % divisor === 0n) return fromBigInt(dividend / divisor);
  // Rounded half away from zero, as Go's Rat.FloatString does.
  const magnitude = dividend < 0n ? -dividend : dividend;
  const scaled = (magnitude * 10n ** BigInt(DECIMALS) * 2n + divisor) / (divisor * 2n);
  const text = String(scaled).padStart(DECIMALS + 1, "0");
  const sign = digits < 0n ? "-" : "";
  return numberFromText(`${sign}${text.slice(0, -DECIMALS)}.${text.slice(-DECIMALS)}`);
}
