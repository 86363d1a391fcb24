import { UsageError } from "./flags.ts";
import type { Flag } from "./flags.ts";

interface Extras<V> {
  readonly short?: string;
  readonly initial?: V;
}

/** A switch; `--name=false` turns it off. */
export function on(usage: string, extras: Extras<boolean> = {}): Flag<boolean> {
  return { usage, initial: false, ...extras, read: readBoolean };
}

export function text(usage: string, extras: Extras<string> = {}): Flag<string> {
  return { type: "string", usage, initial: "", ...extras, read: (given) => given };
}

/** May be given several times. */
export function texts(usage: string, extras: Extras<readonly string[]> = {}): Flag<readonly string[]> {
  const read = (given: string, before: readonly string[]): readonly string[] => [...before, given];
  return { type: "stringArray", usage, initial: [], ...extras, read };
}

export function int(usage: string, extras: Extras<number> = {}): Flag<number> {
  return { type: "int", usage, initial: 0, ...extras, read: readInt };
}

export function float(usage: string, extras: Extras<number> = {}): Flag<number> {
  return { type: "float", usage, initial: 0, ...extras, read: readFloat };
}

/** A Go duration such as `1m30s` or `250ms`; the command gets nanoseconds. */
export function duration(usage: string, extras: Extras<number> = {}): Flag<number> {
  return { type: "duration", usage, initial: 0, ...extras, read: readDuration };
}

const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

function readBoolean(given: string): boolean {
  if (TRUE.has(given)) return true;
  if (FALSE.has(given)) return false;
  throw new UsageError(`strconv.ParseBool: parsing ${JSON.stringify(given)}: invalid syntax`);
}

function readInt(given: string): number {
  const bad = (why: string): UsageError =>
    new UsageError(`strconv.ParseInt: parsing ${JSON.stringify(given)}: ${why}`);
  if (!/^[-+]?(?:\d+|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i.test(given)) throw bad("invalid syntax");
  const value = Number(given.replace(/^[-+]/, "")) * (given.startsWith("-") ? -1 : 1);
  if (!Number.isSafeInteger(value)) throw bad("value out of range");
  return value;
}

function readFloat(given: string): number {
  const value = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(given) ? Number(given) : NaN;
  if (!Number.isNaN(value)) return value;
  throw new UsageError(`strconv.ParseFloat: parsing ${JSON.stringify(given)}: invalid syntax`);
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

function readDuration(given: string): number {
  const quoted = JSON.stringify(given);
  const unsigned = given.replace(/^[-+]/, "");
  const sign = given.startsWith("-") ? -1 : 1;
  if (unsigned === "0") return 0;
  if (unsigned === "") throw new UsageError(`time: invalid duration ${quoted}`);
  let sum = 0;
  for (let rest = unsigned; rest !== "";) {
    const amount = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (amount === undefined) throw new UsageError(`time: invalid duration ${quoted}`);
    const unit = /^[^\d.]*/.exec(rest.slice(amount.length))?.[0] ?? "";
    if (unit === "") throw new UsageError(`time: missing unit in duration ${quoted}`);
    const size = UNITS[unit];
    if (size === undefined)
      throw new UsageError(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    sum += Number(amount) * size;
    rest = rest.slice(amount.length + unit.length);
  }
  return sign * Math.round(sum);
}
