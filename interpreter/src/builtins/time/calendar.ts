import { civilFromNs, civilToNs, daysInMonth } from "./civil.ts";
import type { Civil } from "./civil.ts";
import type { Instant } from "./instant.ts";
import type { Zone } from "./zone.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** What a clock in a zone shows at a moment. */
export function civilIn(ns: bigint, zone: Zone): Civil {
  return civilFromNs(ns + BigInt(zone.offsetAt(ns)) * NS_PER_SECOND);
}

/** The moment some years, months and days later on the calendar of the instant's zone; an overflow of days counts on into the next month. */
export function addDate(instant: Instant, years: number, months: number, days: number): bigint {
  const civil = civilIn(instant.ns, instant.zone);
  const local = civilToNs({
    ...civil,
    year: civil.year + years,
    month: civil.month + months,
    day: civil.day + days,
  });
  return localToNs(local, instant.zone);
}

/**
 * `[years, months, days, hours, minutes, seconds]` between two instants, whichever is the earlier one, on the calendar
 * of the first one's zone. Days are borrowed from the month of the earlier date.
 */
export function difference(a: Instant, b: Instant): readonly number[] {
  const [early, late] = a.ns > b.ns ? [b.ns, a.ns] : [a.ns, b.ns];
  const from = civilIn(early, a.zone);
  const to = civilIn(late, a.zone);
  let years = to.year - from.year;
  let months = to.month - from.month;
  let days = to.day - from.day;
  let hours = to.hour - from.hour;
  let minutes = to.minute - from.minute;
  let seconds = to.second - from.second;
  if (seconds < 0) {
    seconds += 60;
    minutes--;
  }
  if (minutes < 0) {
    minutes += 60;
    hours--;
  }
  if (hours < 0) {
    hours += 24;
    days--;
  }
  if (days < 0) {
    days += daysInMonth(from.year, from.month);
    months--;
  }
  if (months < 0) {
    months += 12;
    years--;
  }
  return [years, months, days, hours, minutes, seconds];
}

/** The moment at which a clock in the zone shows a local time. In the gap or overlap of a change of clocks, the offset before or after it, as Go chooses. */
function localToNs(local: bigint, zone: Zone): bigint {
  const guess = zone.offsetAt(local);
  const ns = local - BigInt(guess) * NS_PER_SECOND;
  const offset = zone.offsetAt(ns);
  return offset === guess ? ns : local - BigInt(offset) * NS_PER_SECOND;
}
