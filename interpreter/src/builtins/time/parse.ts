import { unreachable } from "../../errors.ts";
import { BuiltinError } from "../builtin.ts";
import { MONTHS, WEEKDAYS, civilToNs, daysInMonth, isLeapYear } from "./civil.ts";
import { readLayout } from "./layout.ts";
import type { Chunk, Field, Layout } from "./layout.ts";
import { quoteBytes } from "./quote.ts";

/**
 * Reads a time in the form of a Go layout. Returns nanoseconds since 1970, which may lie outside of an int64.
 * A zone abbreviation, `GMT+3` included, does not move the time: it counts as UTC, as in Go.
 * Throws {@link BuiltinError} with Go's texts.
 */
export function parseTime(layout: string, value: string): bigint {
  return new Reader(layout, value).read();
}

/** Thrown where a field does not read as its layout says. */
const BAD = Symbol("bad field");

class Reader {
  readonly #layoutText: string;
  readonly #value: string;
  readonly #layout: Layout;
  #rest: string;
  #year = 0;
  #month = -1;
  #day = -1;
  #dayOfYear = -1;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanosecond = 0;
  #half: "" | "AM" | "PM" = "";
  /** Seconds east of UTC. */
  #offset = 0;
  #outOfRange = "";

  constructor(layout: string, value: string) {
    this.#layoutText = layout;
    this.#value = value;
    this.#layout = readLayout(layout);
    this.#rest = value;
  }

  read(): bigint {
    const { chunks, suffix } = this.#layout;
    for (let i = 0; i < chunks.length; i++) {
      const chunk = chunks[i] as Chunk;
      this.#skip(chunk.prefix);
      const before = this.#rest;
      try {
        this.#readField(chunk, chunks[i + 1]?.field);
      } catch (error) {
        if (error !== BAD) throw error;
        if (this.#outOfRange === "") throw this.#cannotParse(before, chunk.text);
      }
      if (this.#outOfRange !== "") throw this.#problem(`${this.#outOfRange} out of range`);
    }
    this.#skip(suffix);
    if (this.#rest !== "") throw this.#problem(`extra text: ${quoteBytes(this.#rest)}`);
    if (this.#half === "PM" && this.#hour < 12) this.#hour += 12;
    else if (this.#half === "AM" && this.#hour === 12) this.#hour = 0;
    this.#settleDate();
    const civil = {
      year: this.#year,
      month: this.#month,
      day: this.#day,
      hour: this.#hour,
      minute: this.#minute,
      second: this.#second,
      nanosecond: this.#nanosecond,
    };
    return civilToNs(civil) - BigInt(this.#offset) * 1_000_000_000n;
  }

  #readField({ field, text }: Chunk, next: Field | undefined): void {
    switch (field) {
      case "06": {
        const year = signedInteger(this.#take(2));
        this.#year = year >= 69 ? year + 1900 : year + 2000;
        return;
      }
      case "2006":
        if (!/^\d/.test(this.#rest)) throw BAD;
        this.#year = signedInteger(this.#take(4));
        return;
      case "Jan":
        this.#month = this.#name(MONTHS.map((name) => name.slice(0, 3))) + 1;
        return;
      case "January":
        this.#month = this.#name(MONTHS) + 1;
        return;
      case "1":
      case "01":
        this.#month = this.#number(field === "01");
        if (this.#month < 1 || this.#month > 12) this.#outOfRange = "month";
        return;
      case "Mon":
        this.#name(WEEKDAYS.map((name) => name.slice(0, 3)));
        return;
      case "Monday":
        this.#name(WEEKDAYS);
        return;
      case "2":
      case "_2":
      case "02":
        if (field === "_2" && this.#rest.startsWith(" ")) this.#rest = this.#rest.slice(1);
        this.#day = this.#number(field === "02");
        return;
      case "__2":
      case "002": {
        if (field === "__2") this.#rest = this.#rest.replace(/^ {1,2}/, "");
        const digits = /^\d{1,3}/.exec(this.#rest)?.[0];
        if (digits === undefined || (field === "002" && digits.length !== 3)) throw BAD;
        this.#dayOfYear = Number(this.#take(digits.length));
        return;
      }
      case "15":
        this.#hour = this.#number(false);
        if (this.#hour >= 24) this.#outOfRange = "hour";
        return;
      case "3":
      case "03":
        this.#hour = this.#number(field === "03");
        if (this.#hour > 12) this.#outOfRange = "hour";
        return;
      case "4":
      case "04":
        this.#minute = this.#number(field === "04");
        if (this.#minute >= 60) this.#outOfRange = "minute";
        return;
      case "5":
      case "05":
        this.#second = this.#number(field === "05");
        if (this.#second >= 60) this.#outOfRange = "second";
        // A fraction is welcome even where the layout has none.
        else if (next !== "fraction0" && next !== "fraction9") this.#optionalFraction();
        return;
      case "PM":
      case "pm": {
        const half = this.#take(2);
        const upper = half.toUpperCase();
        if ((upper !== "AM" && upper !== "PM") || half !== (field === "PM" ? upper : upper.toLowerCase()))
          throw BAD;
        this.#half = upper;
        return;
      }
      case "Z070000":
      case "Z07:00:00":
      case "Z0700":
      case "Z07:00":
      case "Z07":
      case "-070000":
      case "-07:00:00":
      case "-0700":
      case "-07:00":
      case "-07":
        this.#readOffset(field);
        return;
      case "MST":
        this.#readZoneName();
        return;
      case "fraction0":
        if (!/^[.,]\d*$/.test(this.#rest.slice(0, text.length)) || this.#rest.length < text.length) throw BAD;
        this.#setFraction(this.#take(text.length));
        return;
      case "fraction9":
        this.#optionalFraction();
        return;
      default:
        unreachable(field);
    }
  }

  #optionalFraction(): void {
    const fraction = /^[.,]\d+/.exec(this.#rest)?.[0];
    if (fraction !== undefined) this.#setFraction(this.#take(fraction.length));
  }

  #setFraction(fraction: string): void {
    this.#nanosecond = Number(fraction.slice(1, 10).padEnd(9, "0"));
  }

  #readOffset(field: string): void {
    if (field.startsWith("Z") && this.#rest.startsWith("Z")) {
      this.#rest = this.#rest.slice(1);
      return;
    }
    const text = this.#take(field.length);
    if (field.includes(":") && (text[3] !== ":" || (field.length > 6 && text[6] !== ":"))) throw BAD;
    const pairs = field.includes(":") ? [1, 4, 7] : [1, 3, 5];
    const digits = pairs
      .map((at) => text.slice(at, at + 2))
      .join("")
      .padEnd(6, "0");
    const [hours, minutes, seconds] = [0, 2, 4].map((at) => digits.slice(at, at + 2));
    // Go looks at the ranges even when a later part is no number.
    const parts = [hours, minutes, seconds].map((part) =>
      /^\d\d$/.test(part as string) ? Number(part) : -1,
    );
    const firstBad = parts.indexOf(-1);
    const [h, m, s] = parts.map((part, i) => (firstBad >= 0 && i >= firstBad ? 0 : part)) as [
      number,
      number,
      number,
    ];
    if (h > 24) this.#outOfRange = "time zone offset hour";
    if (m > 60) this.#outOfRange = "time zone offset minute";
    if (s > 60) this.#outOfRange = "time zone offset second";
    if (firstBad >= 0 || (text[0] !== "+" && text[0] !== "-")) throw BAD;
    const offset = (h * 60 + m) * 60 + s;
    this.#offset = text[0] === "-" ? -offset : offset;
  }

  #readZoneName(): void {
    if (this.#rest.startsWith("UTC")) {
      this.#rest = this.#rest.slice(3);
      return;
    }
    const name = zoneName(this.#rest);
    if (name === undefined) throw BAD;
    this.#rest = this.#rest.slice(name.length);
  }

  /** Checks the date against the calendar, and takes it from the day of the year where that was given. */
  #settleDate(): void {
    if (this.#dayOfYear >= 0) this.#takeDayOfYear();
    else {
      if (this.#month < 0) this.#month = 1;
      if (this.#day < 0) this.#day = 1;
    }
    if (this.#day < 1 || this.#day > daysInMonth(this.#year, this.#month))
      throw this.#problem("day out of range");
  }

  #takeDayOfYear(): void {
    const last = isLeapYear(this.#year) ? 366 : 365;
    if (this.#dayOfYear < 1 || this.#dayOfYear > last) throw this.#problem("day-of-year out of range");
    let month = 1;
    let day = this.#dayOfYear;
    for (; day > daysInMonth(this.#year, month); month++) day -= daysInMonth(this.#year, month);
    if (this.#month >= 0 && this.#month !== month) throw this.#problem("day-of-year does not match month");
    if (this.#day >= 0 && this.#day !== day) throw this.#problem("day-of-year does not match day");
    this.#month = month;
    this.#day = day;
  }

  /** Plain text of the layout must stand in the value; a run of spaces matches any run, also none at the end. */
  #skip(prefix: string): void {
    let wanted = prefix;
    while (wanted !== "") {
      if (wanted.startsWith(" ")) {
        if (this.#rest !== "" && !this.#rest.startsWith(" ")) throw this.#cannotParse(this.#rest, prefix);
        wanted = wanted.replace(/^ +/, "");
        this.#rest = this.#rest.replace(/^ +/, "");
      } else {
        if (this.#rest === "" || this.#rest[0] !== wanted[0]) throw this.#cannotParse(this.#rest, prefix);
        wanted = wanted.slice(1);
        this.#rest = this.#rest.slice(1);
      }
    }
  }

  #take(length: number): string {
    if (this.#rest.length < length) throw BAD;
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  /** One or two digits; two of them where `fixed`. */
  #number(fixed: boolean): number {
    const digits = /^\d\d?/.exec(this.#rest)?.[0];
    if (digits === undefined || (fixed && digits.length < 2)) throw BAD;
    return Number(this.#take(digits.length));
  }

  #name(names: readonly string[]): number {
    const index = names.findIndex(
      (name) => this.#rest.slice(0, name.length).toLowerCase() === name.toLowerCase(),
    );
    if (index < 0) throw BAD;
    this.#rest = this.#rest.slice((names[index] as string).length);
    return index;
  }

  #cannotParse(rest: string, element: string): BuiltinError {
    const places = `${quoteBytes(this.#value)} as ${quoteBytes(this.#layoutText)}`;
    return new BuiltinError(
      `parsing time ${places}: cannot parse ${quoteBytes(rest)} as ${quoteBytes(element)}`,
    );
  }

  #problem(text: string): BuiltinError {
    return new BuiltinError(`parsing time ${quoteBytes(this.#value)}: ${text}`);
  }
}

function signedInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw BAD;
  return Number(text);
}

/** The zone abbreviation at the start of a text, if one stands there. */
function zoneName(text: string): string | undefined {
  if (/^(ChST|MeST)/.test(text)) return text.slice(0, 4);
  if (text.startsWith("GMT")) return `GMT${signedOffset(text.slice(3))}`;
  if (/^[+-]/.test(text)) return text.length < 3 ? undefined : signedOffset(text) || undefined;
  const upper = (/^[A-Z]{0,6}/.exec(text) as RegExpExecArray)[0];
  switch (upper.length) {
    case 3:
      return upper;
    case 4:
      return upper.endsWith("T") || upper === "WITA" ? upper : undefined;
    case 5:
      return upper.endsWith("T") ? upper : undefined;
    default:
      return undefined;
  }
}

/** `+3` or `-11` at the start of a text, up to 23; else empty. */
function signedOffset(text: string): string {
  const match = /^[+-](\d+)/.exec(text);
  return match && Number(match[1]) <= 23 ? match[0] : "";
}
