import type { CoverageKind, CoverageReport, UncoveredRange } from "../../observe/coverage.ts";
import { prettyTrace } from "../../observe/pretty.ts";
import { ProfileRecorder, type ProfileEntry, type ProfileSort } from "../../observe/profile.ts";
import { selectEvents, TraceRecorder, type RecordedEvent, type TraceMode } from "../../observe/trace.ts";
import type { Observer } from "../../plan/events.ts";
import { Coverage } from "../coverage.ts";
import { Fields, fields, type Report } from "../json.ts";
import { plainTable } from "../table.ts";

/** What is wanted besides the results. */
export interface ReportFlags {
  readonly format: string;
  readonly explain: TraceMode | "off";
  readonly "var-values": boolean;
  readonly coverage: boolean;
  readonly "coverage-runs": readonly CoverageKind[] | undefined;
  readonly profile: boolean;
  readonly "profile-limit": number | undefined;
  readonly "profile-sort": readonly ProfileSort[];
}

/** The observers that flags ask for, and what they saw. */
export class Reports {
  readonly observers: readonly Observer[];
  readonly #flags: ReportFlags;
  readonly #trace: TraceRecorder | undefined;
  readonly coverage: Coverage | undefined;
  readonly #profile: ProfileRecorder | undefined;

  constructor(flags: ReportFlags) {
    this.#flags = flags;
    if (flags.explain !== "off")
      this.#trace = new TraceRecorder({
        // The JSON form tells the values in any case.
        locals: flags["var-values"] || flags.format === "json",
        unifications: flags.explain === "debug",
      });
    if (wantsCoverage(flags)) this.coverage = new Coverage(flags["coverage-runs"]);
    if (wantsProfile(flags)) this.#profile = new ProfileRecorder(() => process.hrtime.bigint());
    this.observers = [this.#trace, this.coverage?.recorder, this.#profile].filter(
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

  profile(): readonly ProfileEntry[] | undefined {
    const { "profile-sort": sort, "profile-limit": limit = DEFAULT_PROFILE_LIMIT } = this.#flags;
    return this.#profile?.report({ sort, limit });
  }
}

const DEFAULT_PROFILE_LIMIT = 10;

/** Saying how is asking for it. */
export function wantsProfile(flags: ReportFlags): boolean {
  return flags.profile || flags["profile-limit"] !== undefined || flags["profile-sort"].length > 0;
}

function wantsCoverage(flags: ReportFlags): boolean {
  return flags.coverage || flags["coverage-runs"] !== undefined;
}

export function coverageTable(report: CoverageReport): string {
  return `${plainTable([["Overall Coverage", report.coverage.toFixed(2)]])}\n`;
}

/** Coverage in OPA's shape. */
export function coverageJson({ files, ...totals }: CoverageReport): Report {
  const ranges = (list: readonly UncoveredRange[] | undefined): Report | undefined =>
    list?.map(({ start, end, kinds }) =>
      fields({ start: fields({ ...start }), end: fields({ ...end }), kinds: kinds && [...kinds] }),
    );
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
