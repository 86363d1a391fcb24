import { unreachable } from "../../errors.ts";
import { MONTHS, WEEKDAYS, civilFromNs, dayOfYear, weekday } from "./civil.ts";
import type { Civil } from "./civil.ts";
import { readLayout } from "./layout.ts";
import type { Chunk } from "./layout.ts";
import type { Zone } from "./zone.ts";

/** Prints a moment in a zone, in the form of a Go layout. */
export function formatTime(ns: bigint, zone: Zone, layout: string): string {
  const offset = zone.offsetAt(ns);
  const civil = civilFromNs(ns + BigInt(offset) * 1_000_000_000n);
  const { chunks, suffix } = readLayout(layout);
  let text = "";
  for (const chunk of chunks) text += chunk.prefix + formatField(chunk, civil, offset, zone);
  return text + suffix;
}

function formatField({ field, text }: Chunk, civil: Civil, offset: number, zone: Zone): string {
  switch (field) {
    case "January":
      return MONTHS[civil.month - 1] as string;
    case "Jan":
      return (MONTHS[civil.month - 1] as string).slice(0, 3);
    case "1":
      return String(civil.month);
    case "01":
      return pad(civil.month, 2);
    case "Monday":
      return WEEKDAYS[weekday(civil)] as string;
    case "Mon":
      return (WEEKDAYS[weekday(civil)] as string).slice(0, 3);
    case "2":
      return String(civil.day);
    case "_2":
      return String(civil.day).padStart(2, " ");
    case "02":
      return pad(civil.day, 2);
    case "__2":
      return String(dayOfYear(civil)).padStart(3, " ");
    case "002":
      return pad(dayOfYear(civil), 3);
    case "15":
      return pad(civil.hour, 2);
    case "3":
      return String(civil.hour % 12 || 12);
    case "03":
      return pad(civil.hour % 12 || 12, 2);
    case "4":
      return String(civil.minute);
    case "04":
      return pad(civil.minute, 2);
    case "5":
      return String(civil.second);
    case "05":
      return pad(civil.second, 2);
    case "2006":
      return pad(civil.year, 4);
    case "06":
      return pad(civil.year % 100, 2);
    case "PM":
      return civil.hour >= 12 ? "PM" : "AM";
    case "pm":
      return civil.hour >= 12 ? "pm" : "am";
    case "MST":
      return zone.abbreviation(offset);
    case "fraction0":
    case "fraction9":
      return formatFraction(civil.nanosecond, text);
    case "-070000":
    case "-07:00:00":
    case "-0700":
    case "-07:00":
    case "-07":
      return formatOffset(offset, field);
    case "Z070000":
    case "Z07:00:00":
    case "Z0700":
    case "Z07:00":
    case "Z07":
      return offset === 0 ? "Z" : formatOffset(offset, field);
    default:
      return unreachable(field);
  }
}

function formatOffset(offset: number, field: string): string {
  // Cut to whole minutes first: 30 seconds west of UTC have a positive sign.
  const minutes = Math.trunc(offset / 60);
  const sign = minutes < 0 ? "-" : "+";
  const parts = [pad(Math.trunc(Math.abs(minutes) / 60), 2)];
  if (field.length > 3) parts.push(pad(Math.abs(minutes) % 60, 2));
  if (field.length > 6) parts.push(pad(Math.abs(offset) % 60, 2));
  return sign + parts.join(field.includes(":") ? ":" : "");
}

/** `.000` keeps its zeros, `.999` drops those at the end, and the point with them. */
function formatFraction(nanosecond: number, text: string): string {
  const digits = pad(nanosecond, 9).slice(0, text.length - 1);
  // A layout may ask for more digits than there are.
  if (text[1] === "0") return (text[0] as string) + digits;
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? "" : (text[0] as string) + kept;
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, "0");
}
