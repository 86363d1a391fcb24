import { decimalParts, numberFromText } from "../../value/number.ts";
import type { RegoNumber, Value } from "../../value/value.ts";
import { isNumber, kindOf } from "../../value/kind.ts";
import { BuiltinError, OperandError } from "../builtin.ts";
import { numberOperand, stringOperand } from "../operands.ts";
import { UTC, zoneByName } from "./zone.ts";
import type { Zone } from "./zone.ts";

/** A moment with the zone it is looked at in, and the layout where one was given. */
export interface Instant {
  readonly ns: bigint;
  readonly zone: Zone;
  readonly layout: string;
}

const MIN_INT64 = -(1n << 63n);
const MAX_INT64 = (1n << 63n) - 1n;

/** Reads the operand of `time.date` and its kin: nanoseconds, `[ns, zone]` or `[ns, zone, layout]`. */
export function instantOperand(operand: Value | undefined): Instant {
  if (!Array.isArray(operand)) {
    if (!isNumber(operand)) throw neither(operand);
    return { ns: nanoseconds(operand), zone: UTC, layout: "" };
  }
  const [ns, zone, layout] = operand as readonly Value[];
  if (ns === undefined) throw neither(operand as readonly Value[]);
  const number = numberOperand(ns, 1);
  const place = zone === undefined ? UTC : zoneByName(stringOperand(zone, 1));
  const form = layout === undefined ? "" : stringOperand(layout, 1);
  return { ns: nanoseconds(number), zone: place, layout: form };
}

/** Nanoseconds as a number. Throws where an int64 would not hold them. */
export function nsResult(ns: bigint): RegoNumber {
  if (ns < MIN_INT64 || ns > MAX_INT64) throw new BuiltinError("time outside of valid range");
  return numberFromText(String(ns));
}

function neither(operand: Value | undefined): Error {
  const kind = operand === undefined ? "nothing" : kindOf(operand);
  return new OperandError(
    `operand 1 must be either number (ns) or [number (ns), string (tz)] but got ${kind}`,
  );
}

function nanoseconds(number: RegoNumber): bigint {
  const { coefficient, exponent } = decimalParts(number);
  if (exponent >= 0 && exponent < 20) {
    const ns = coefficient * 10n ** BigInt(exponent);
    if (ns >= MIN_INT64 && ns <= MAX_INT64) return ns;
  }
  throw new BuiltinError("timestamp too big");
}
