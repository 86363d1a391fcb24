import { BuiltinError } from "../builtin.ts";
import { ZONES } from "./zone-names.ts";

/** A time zone: offsets from UTC and their names at any moment. */
export interface Zone {
  readonly name: string;
  /** Seconds east of UTC. */
  offsetAt(ns: bigint): number;
  /** `CET`, `-03`. */
  abbreviation(offset: number): string;
}

export const UTC: Zone = { name: "UTC", offsetAt: () => 0, abbreviation: () => "UTC" };

/** Finds a zone by its IANA name, whose case counts. Throws {@link BuiltinError} with Go's texts. */
export function zoneByName(name: string): Zone {
  // A policy must not see where it runs: `Local` is UTC, as on most servers.
  if (name === "" || name === "UTC" || name === "Local") return UTC;
  if (name.includes("..") || name.startsWith("/") || name.startsWith("\\")) {
    throw new BuiltinError("time: invalid location name");
  }
  const known = zones.get(name);
  if (known) return known;
  const zone = loadZone(name);
  if (!zone) throw new BuiltinError(`unknown time zone ${name}`);
  // No more entries than there are zones.
  zones.set(name, zone);
  return zone;
}

const zones = new Map<string, Zone>();

function loadZone(name: string): Zone | undefined {
  const abbreviations = abbreviationsOf(name);
  if (!abbreviations) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: FIXED_ZONES.get(name) ?? name,
      timeZoneName: "longOffset",
      year: "numeric",
    });
  } catch {
    // `Factory` has rules of its own in tzdata only: UTC.
    return {
      name,
      offsetAt: () => 0,
      abbreviation: (offset) => abbreviations.get(offset) ?? numericName(offset),
    };
  }
  return {
    name,
    offsetAt: (ns) => readOffset(format.format(Number(ns / 1_000_000n))),
    abbreviation: (offset) => abbreviations.get(offset) ?? numericName(offset),
  };
}

function abbreviationsOf(name: string): ReadonlyMap<number, string> | undefined {
  if (name.includes(" ")) return undefined;
  for (const [abbreviations, names] of ZONES) {
    if (!` ${names} `.includes(` ${name} `)) continue;
    const entries = abbreviations === "" ? [] : abbreviations.split(" ").map((entry) => entry.split("="));
    return new Map(entries.map(([offset, label]) => [Number(offset), label as string]));
  }
  // A zone that is younger than the table.
  return Intl.supportedValuesOf("timeZone").includes(name) ? new Map() : undefined;
}

/** Reads the end of `2022, GMT-08:00`, `2022, GMT` or `1700, GMT+00:17:30`. */
function readOffset(text: string): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!match?.[1]) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === "-" ? -seconds : seconds;
}

/** `Intl` takes these for cities, with their history. */
const FIXED_ZONES = new Map([
  ["EST", "Etc/GMT+5"],
  ["MST", "Etc/GMT+7"],
  ["HST", "Etc/GMT+10"],
]);

function numericName(offset: number): string {
  // Only local mean time, before there were zones, counts seconds.
  if (offset % 60 !== 0) return "LMT";
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const hours = String(Math.trunc(minutes / 60)).padStart(2, "0");
  const rest = minutes % 60 === 0 ? "" : String(minutes % 60).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${hours}${rest}`;
}
