import { formatFloat } from "../../builtins/go/strconv.ts";
import type { ProfileEntry } from "../../observe/profile.ts";
import type { PlainObject } from "../../value/value.ts";
import { durationText } from "../durations.ts";
import { fields, type Report } from "../json.ts";
import { statistics, type Statistics } from "../statistics.ts";
import { table } from "../table.ts";

/** A row of the profile of several runs. */
export interface AggregatedEntry extends Omit<ProfileEntry, "total_time_ns"> {
  readonly total_time_ns_stats: Statistics;
}

/** The profiles of several runs in one: the rows and counts of the first, with how the times are spread over all. */
export function aggregatedProfile(
  profiles: readonly (readonly ProfileEntry[])[],
): readonly AggregatedEntry[] {
  const times = new Map<string, number[]>();
  for (const { total_time_ns: time, location } of profiles.flat()) {
    const key = placeOf(location);
    const known = times.get(key);
    if (known) known.push(time);
    else times.set(key, [time]);
  }
  return (profiles[0] ?? []).map(({ total_time_ns: time, ...entry }) => ({
    total_time_ns_stats: statistics(times.get(placeOf(entry.location)) ?? [time]),
    ...entry,
  }));
}

function placeOf({ file, row }: ProfileEntry["location"]): string {
  return `${file}:${row}`;
}

/** Names and values of metrics. */
export function metricsTable(metrics: PlainObject): string {
  return `${table(
    ["Metric", "Value"],
    Object.entries(metrics).map(([name, value]) => [name, String(value)]),
  )}\n`;
}

const SPREAD = ["min", "max", "mean", "90%", "99%"] as const;
const SPREAD_HEADER = ["Min", "Max", "Mean", "90%", "99%"] as const;

/** How the metrics of several runs are spread. */
export function aggregatedTable(metrics: Readonly<Record<string, Statistics>>): string {
  const rows = Object.entries(metrics).map(([name, figures]) => [
    name,
    ...SPREAD.map((column) => figureText(figures[column] as number, column)),
  ]);
  return `${table(["Metric", ...SPREAD_HEADER], rows)}\n`;
}

/** The least and the most are integers to OPA, the others floats of Go. */
function figureText(figure: number, column: (typeof SPREAD)[number]): string {
  return column === "min" || column === "max" ? String(figure) : formatFloat(figure, "g", -1);
}

const COUNTS_HEADER = ["Num Eval", "Num Redo", "Num Gen Expr", "Location"] as const;

/** `query` stands for the file of the query's own rows. */
export function profileTable(rows: readonly ProfileEntry[], query: string): string {
  const cells = rows.map((row) => [durationText(row.total_time_ns), ...countCells(row, query)]);
  return `${table(["Time", ...COUNTS_HEADER], cells)}\n`;
}

export function aggregatedProfileTable(rows: readonly AggregatedEntry[], query: string): string {
  const cells = rows.map((row) => [
    ...SPREAD.map((column) => durationText(row.total_time_ns_stats[column] as number)),
    ...countCells(row, query),
  ]);
  return `${table([...SPREAD_HEADER, ...COUNTS_HEADER], cells)}\n`;
}

function countCells(row: Omit<ProfileEntry, "total_time_ns">, query: string): readonly string[] {
  return [
    String(row.num_eval),
    String(row.num_redo),
    String(row.num_gen_expr),
    row.location.file === "" ? query : placeOf(row.location),
  ];
}

export function profileJson(rows: readonly (ProfileEntry | AggregatedEntry)[]): Report {
  return rows.map(({ location: { file, row, col }, ...figures }) => {
    const shown = Object.entries(figures).map(([name, figure]) => [
      name,
      typeof figure === "number" ? figure : fields(figure),
    ]);
    return fields({ ...Object.fromEntries(shown), location: fields({ file, row, col }) });
  });
}
