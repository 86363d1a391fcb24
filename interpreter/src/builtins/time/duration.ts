import { quoteText } from "../../value/quote.ts";
import { BuiltinError } from "../builtin.ts";
import { quoteBytes } from "./quote.ts";

/** Reads a Go duration (`1h15m30.918s`), in which `d`, `w` and `y` may stand for 24 hours, 7 days and 365 days. Returns nanoseconds. */
export function parseDuration(text: string): bigint {
  if (!/[dwy]/.test(text)) return parseGoDuration(text);
  const match = /^([-+]?)((?:[0-9.]+(?:ms|us|\u00b5s|ns|[a-z]))+)$/.exec(text);
  const rewritten = match && rewriteLongUnits(match[2] as string);
  if (!match || rewritten === undefined) throw new BuiltinError(`time: invalid duration ${quoteText(text)}`);
  try {
    return parseGoDuration((match[1] as string) + rewritten);
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    // The message ends in the rewritten text: the author should see their own.
    throw new BuiltinError(`${error.message.slice(0, error.message.lastIndexOf(" "))} ${quoteText(text)}`);
  }
}

const HOURS = new Map([
  ["d", 24],
  ["w", 7 * 24],
  ["y", 365 * 24],
]);

function rewriteLongUnits(text: string): string | undefined {
  let rewritten = "";
  for (const [whole, digits, unit] of text.matchAll(/([0-9.]+)(ms|us|\u00b5s|ns|[a-z])/g)) {
    const hours = HOURS.get(unit as string);
    if (hours === undefined) {
      rewritten += whole;
      continue;
    }
    if (!/^(\d+\.?\d*|\.\d+)$/.test(digits as string)) return undefined;
    const total = Number(digits) * hours;
    // So many hours do not fit into a duration anyway.
    if (!(total < 1e20)) return undefined;
    rewritten += `${total < 1e-6 ? total.toFixed(30) : String(total)}h`;
  }
  return rewritten;
}

const UNITS = new Map<string, bigint>([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n],
  ["\u03bcs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const LIMIT = 1n << 63n;

/** Reads a duration by the rules of Go's `time.ParseDuration`. Returns nanoseconds; throws {@link BuiltinError} with its text. */
export function parseGoDuration(text: string): bigint {
  const negative = text.startsWith("-");
  let rest = negative || text.startsWith("+") ? text.slice(1) : text;
  if (rest === "0") return 0n;
  if (rest === "") throw invalid(text);
  let total = 0n;
  while (rest !== "") {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest) as RegExpExecArray;
    const whole = number[1] as string;
    const fraction = number[2] ?? "";
    if (whole === "" && fraction === "") throw invalid(text);
    if (whole.length > 40 && !/^0*.{1,20}$/.test(whole)) throw invalid(text);
    const count = BigInt(whole || "0");
    if (count > LIMIT) throw invalid(text);
    rest = rest.slice(number[0].length);
    const unit = (/^[^.0-9]*/.exec(rest) as RegExpExecArray)[0];
    if (unit === "") throw new BuiltinError(`time: missing unit in duration ${quoteBytes(text)}`);
    const size = UNITS.get(unit);
    if (size === undefined) {
      throw new BuiltinError(`time: unknown unit ${quoteBytes(unit)} in duration ${quoteBytes(text)}`);
    }
    rest = rest.slice(unit.length);
    total += count * size + fractionOf(fraction, size);
    if (count > LIMIT / size || total > LIMIT) throw invalid(text);
  }
  if (negative) return -total;
  if (total === LIMIT) throw invalid(text);
  return total;
}

/** The part behind the point, computed in doubles as Go does. */
function fractionOf(digits: string, size: bigint): bigint {
  // More digits than an int64 holds are left out.
  let kept = digits.slice(0, 19);
  if (kept.length === 19 && BigInt(kept) > LIMIT) kept = kept.slice(0, 18);
  if (kept === "") return 0n;
  return BigInt(Math.trunc(Number(kept) * (Number(size) / 10 ** kept.length)));
}

function invalid(text: string): BuiltinError {
  return new BuiltinError(`time: invalid duration ${quoteBytes(text)}`);
}
