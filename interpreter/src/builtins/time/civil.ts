/** A date and time of day without a zone, on the proleptic Gregorian calendar. */
export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
}

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export const WEEKDAYS = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
] as const;

const SECONDS_PER_DAY = 86_400;
const NS_PER_SECOND = 1_000_000_000n;

/** Days from 1970-01-01 to a date; month and day may lie outside of their ranges and count on. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const years = year + Math.floor((month - 1) / 12);
  const shifted = (((month - 1) % 12) + 12) % 12;
  // Years that begin in March put the leap day at the end.
  const y = shifted < 2 ? years - 1 : years;
  const m = (shifted + 10) % 12;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * m + 2) / 5);
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear +
    day -
    1 -
    719_468
  );
}

/** The nanoseconds since 1970 at which a clock that shows `civil` in UTC does so. */
export function civilToNs(civil: Civil): bigint {
  const seconds =
    daysSinceEpoch(civil.year, civil.month, civil.day) * SECONDS_PER_DAY +
    civil.hour * 3600 +
    civil.minute * 60 +
    civil.second;
  return BigInt(seconds) * NS_PER_SECOND + BigInt(civil.nanosecond);
}

/** What a clock in UTC shows `ns` nanoseconds after 1970. */
export function civilFromNs(ns: bigint): Civil {
  const seconds = Number(floorDivide(ns, NS_PER_SECOND));
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  return {
    ...dateOfDay(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    nanosecond: Number(ns - BigInt(seconds) * NS_PER_SECOND),
  };
}

/** 0 is Sunday. */
export function weekday(civil: Civil): number {
  return (((daysSinceEpoch(civil.year, civil.month, civil.day) + 4) % 7) + 7) % 7;
}

/** 1 is the first of January. */
export function dayOfYear(civil: Civil): number {
  return daysSinceEpoch(civil.year, civil.month, civil.day) - daysSinceEpoch(civil.year, 1, 1) + 1;
}

export function daysInMonth(year: number, month: number): number {
  return daysSinceEpoch(year, month + 1, 1) - daysSinceEpoch(year, month, 1);
}

export function isLeapYear(year: number): boolean {
  return daysInMonth(year, 2) === 29;
}

function dateOfDay(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const day = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * day + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: day - Math.floor((153 * m + 2) / 5) + 1,
  };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
