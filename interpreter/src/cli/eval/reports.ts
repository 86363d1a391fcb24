import { CoverageRecorder, type CoverageReport, type FileCoverage } from "../../observe/coverage.ts";
import { prettyTrace } from "../../observe/pretty.ts";
import { ProfileRecorder, type ProfileEntry, type ProfileSort } from "../../observe/profile.ts";
import { selectEvents, TraceRecorder, type RecordedEvent, type TraceMode } from "../../observe/trace.ts";
import type { Observer } from "../../plan/events.ts";
import type { Rego } from "../../rego.ts";
import type { PlainObject } from "../../value/value.ts";
import { durationText } from "../durations.ts";
import { Fields, fields, type Report } from "../json.ts";
import type { Statistics } from "../statistics.ts";
import { plainTable, table } from "../table.ts";

/** What is wanted besides the results. */
export interface ReportFlags {
  readonly explain: TraceMode | "off";
  readonly "var-values": boolean;
  readonly coverage: boolean;
  readonly profile: boolean;
  readonly "profile-limit": number;
  readonly "profile-sort": readonly ProfileSort[];
}

/** The observers that flags ask for, and what they saw. */
export class Reports {
  readonly observers: readonly Observer[];
  readonly #flags: ReportFlags;
  readonly #trace: TraceRecorder | undefined;
  readonly #coverage: CoverageRecorder | undefined;
  readonly #profile: ProfileRecorder | undefined;

  constructor(flags: ReportFlags) {
    this.#flags = flags;
    if (flags.explain !== "off")
      this.#trace = new TraceRecorder({
        locals: flags["var-values"],
        unifications: flags.explain === "debug",
      });
    if (flags.coverage) this.#coverage = new CoverageRecorder();
    if (flags.profile) this.#profile = new ProfileRecorder(() => process.hrtime.bigint());
    this.observers = [this.#trace, this.#coverage, this.#profile].filter(
      (observer) => observer !== undefined,
    );
  }

  /** The events that the flags select; absent without `--explain`. */
  events(): readonly RecordedEvent[] | undefined {
    const { explain } = this.#flags;
    return explain === "off" || !this.#trace ? undefined : selectEvents(this.#trace.events, explain);
  }

  explanation(): string {
    return prettyTrace(this.events() ?? [], { vars: this.#flags["var-values"] });
  }

  coverage(rego: Rego): CoverageReport | undefined {
    return this.#coverage?.report(rego.coverable());
  }

  profile(): readonly ProfileEntry[] | undefined {
    return this.#profile?.report({ sort: this.#flags["profile-sort"], limit: this.#flags["profile-limit"] });
  }
}

/** Names and values of metrics. */
export function metricsTable(metrics: PlainObject): string {
  return `${table(
    ["Metric", "Value"],
    Object.entries(metrics).map(([name, value]) => [name, String(value)]),
  )}\n`;
}

/** How the metrics of several runs are spread. */
export function aggregatedTable(metrics: Readonly<Record<string, Statistics>>): string {
  const columns = ["min", "max", "mean", "90%", "99%"] as const;
  const rows = Object.entries(metrics).map(([name, figures]) => [
    name,
    ...columns.map((column) => String(figures[column])),
  ]);
  return `${table(["Metric", "Min", "Max", "Mean", "90%", "99%"], rows)}\n`;
}

/** `query` stands for the file of the query's own rows. */
export function profileTable(rows: readonly ProfileEntry[], query: string): string {
  const header = ["Time", "Num Eval", "Num Redo", "Num Gen Expr", "Location"];
  const cells = rows.map((row) => [
    durationText(row.total_time_ns),
    String(row.num_eval),
    String(row.num_redo),
    String(row.num_gen_expr),
    row.location.file === "" ? query : `${row.location.file}:${row.location.row}`,
  ]);
  return `${table(header, cells)}\n`;
}

export function coverageTable(report: CoverageReport): string {
  return `${plainTable([["Overall Coverage", report.coverage.toFixed(2)]])}\n`;
}

export function profileJson(rows: readonly ProfileEntry[]): Report {
  return rows.map(({ location: { file, row, col }, ...counts }) =>
    fields({ ...counts, location: fields({ file, row, col }) }),
  );
}

/** Coverage in OPA's shape. */
export function coverageJson({ files, ...totals }: CoverageReport): Report {
  const ranges = (list: FileCoverage["covered"]): Report | undefined =>
    list?.map(({ start, end }) => fields({ start: fields({ ...start }), end: fields({ ...end }) }));
  return fields({
    files: new Fields(
      Object.entries(files).map(([name, { covered, not_covered, ...counts }]) => [
        name,
        fields({ covered: ranges(covered), not_covered: ranges(not_covered), ...counts }),
      ]),
    ),
    ...totals,
  });
}
