import type { Coverable } from "../plan/coverable.ts";
import type { Observer, TraceEvent } from "../plan/events.ts";
import type { Location } from "../location.ts";

/** A stretch of a file, end column excluded. */
export interface CoverageRange {
  readonly start: { readonly row: number; readonly col: number };
  readonly end: { readonly row: number; readonly col: number };
}

/** OPA's coverage JSON. Counts are of lines, one that is covered in part counts as both; percentages from 0 to 100. Parts that are zero or empty are left out of files. */
export interface CoverageReport {
  readonly files: Readonly<Record<string, FileCoverage>>;
  readonly covered_lines: number;
  readonly not_covered_lines: number;
  readonly coverage: number;
}

export interface FileCoverage {
  readonly covered?: readonly CoverageRange[];
  readonly not_covered?: readonly CoverageRange[];
  readonly covered_lines?: number;
  readonly not_covered_lines?: number;
  readonly coverage?: number;
}

/** Remembers what was reached, over any number of evaluations: rules that succeeded and expressions that were evaluated. */
export class CoverageRecorder implements Observer {
  readonly #hits = new Set<string>();

  event(event: TraceEvent): void {
    if (event.node === "rule" && event.op === "Exit") this.#hits.add(keyOf("rule", event.location));
    else if (event.node === "expr" && event.op === "Eval") this.#hits.add(keyOf("expr", event.location));
  }

  /** `places` is everything that could have been reached ({@link Coverable}). */
  report(places: readonly Coverable[]): CoverageReport {
    const files = new Map<string, { covered: Location[]; notCovered: Location[] }>();
    for (const { kind, at, shown, generated } of places) {
      const file = files.get(shown.file) ?? { covered: [], notCovered: [] };
      files.set(shown.file, file);
      if (this.#hits.has(keyOf(kind, at))) file.covered.push(shown);
      else if (!generated) file.notCovered.push(shown);
    }
    const reports: Record<string, FileCoverage> = {};
    let coveredLines = 0;
    let notCoveredLines = 0;
    for (const [name, { covered, notCovered }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const coveredRows = rowsOf(covered);
      const rest = rowsOf(notCovered);
      coveredLines += coveredRows.size;
      notCoveredLines += rest.size;
      reports[name] = {
        ...(covered.length > 0 ? { covered: rangesOf(covered) } : {}),
        ...(notCovered.length > 0 ? { not_covered: rangesOf(notCovered) } : {}),
        ...(coveredRows.size > 0 ? { covered_lines: coveredRows.size } : {}),
        ...(rest.size > 0 ? { not_covered_lines: rest.size } : {}),
        ...(coveredRows.size > 0 ? { coverage: percent(coveredRows.size, rest.size) } : {}),
      };
    }
    return {
      files: reports,
      covered_lines: coveredLines,
      not_covered_lines: notCoveredLines,
      coverage: percent(coveredLines, notCoveredLines),
    };
  }
}

function keyOf(kind: string, location: Location): string {
  return `${kind}:${location.file}:${location.start}:${kind === "rule" ? "" : location.end}`;
}

function percent(covered: number, notCovered: number): number {
  const all = covered + notCovered;
  return all === 0 ? 0 : (100 * covered) / all;
}

/** In order, each once. */
function rangesOf(locations: readonly Location[]): readonly CoverageRange[] {
  const distinct = new Map(locations.map((location) => [`${location.start}:${location.end}`, location]));
  return [...distinct.values()]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map((location) => ({ start: { row: location.row, col: location.col }, end: endOf(location) }));
}

function endOf(location: Location): { readonly row: number; readonly col: number } {
  const lines = location.text.split("\n");
  const last = lines.at(-1) ?? "";
  const length = Array.from(last).length;
  return lines.length === 1
    ? { row: location.row, col: location.col + length }
    : { row: location.row + lines.length - 1, col: length + 1 };
}

function rowsOf(locations: readonly Location[]): Set<number> {
  const rows = new Set<number>();
  for (const location of locations) {
    const end = endOf(location).row;
    for (let row = location.row; row <= end; row++) rows.add(row);
  }
  return rows;
}
