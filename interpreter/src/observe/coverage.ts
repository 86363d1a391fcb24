import type { Coverable } from "../plan/coverable.ts";
import type { Observer, TraceEvent } from "../plan/events.ts";
import type { Location } from "../location.ts";

/** A stretch of a file, end column excluded. */
export interface CoverageRange {
  readonly start: Position;
  readonly end: Position;
}

interface Position {
  readonly row: number;
  readonly col: number;
}

/** Why a stretch was not reached: the rule index left it out, or something before it was enough. */
export type CoverageKind = "index_excluded" | "early_exit";

export interface UncoveredRange extends CoverageRange {
  /** Absent where the reason is another one. */
  readonly kinds?: readonly CoverageKind[];
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
  readonly not_covered?: readonly UncoveredRange[];
  readonly covered_lines?: number;
  readonly not_covered_lines?: number;
  readonly coverage?: number;
}

/** Further runs of the same evaluations, each with one shortcut switched off: what only they reached, that shortcut left out. */
export type CoverageRuns = Readonly<Partial<Record<CoverageKind, CoverageRecorder>>>;

/** Remembers what was reached, over any number of evaluations: rules that succeeded and expressions that were evaluated. */
export class CoverageRecorder implements Observer {
  readonly #rules = new Map<string, Location>();
  readonly #exprs = new Map<string, Location>();

  event(event: TraceEvent): void {
    const { node, op, location } = event;
    if (location.file === "") return;
    if (node === "rule" && op === "Exit") this.#rules.set(keyOf(location), location);
    else if (node === "expr" && op === "Eval") this.#exprs.set(keyOf(location), location);
  }

  /** `places` is everything that could have been reached ({@link Coverable}). */
  report(places: readonly Coverable[], runs: CoverageRuns = {}): CoverageReport {
    const covered = this.#covered(places);
    const others = Object.entries(runs).map(
      ([kind, recorder]) => [kind as CoverageKind, recorder.#covered(places)] as const,
    );
    const missed = new Ranges();
    for (const { kind, shown } of places) {
      missed.expect(shown.file);
      if (kind === "module") continue;
      const range = rangeOf(shown);
      if (!covered.contain(shown.file, range)) missed.add(shown.file, range);
    }
    const reports: Record<string, FileCoverage> = {};
    let coveredLines = 0;
    let notCoveredLines = 0;
    for (const file of [...new Set([...covered.files(), ...missed.files()])].sort()) {
      const reached = covered.of(file);
      const rest = missed.of(file).map((range): UncoveredRange => {
        const kinds = others.filter(([, other]) => other.contain(file, range)).map(([kind]) => kind);
        return kinds.length > 0 ? { ...range, kinds } : range;
      });
      const lines = countRows(reached);
      const restLines = countRows(rest);
      coveredLines += lines;
      notCoveredLines += restLines;
      reports[file] = {
        ...(reached.length > 0 ? { covered: reached } : {}),
        ...(rest.length > 0 ? { not_covered: rest } : {}),
        ...(lines > 0 ? { covered_lines: lines } : {}),
        ...(restLines > 0 ? { not_covered_lines: restLines } : {}),
        ...(lines > 0 ? { coverage: percent(lines, restLines) } : {}),
      };
    }
    return {
      files: reports,
      covered_lines: coveredLines,
      not_covered_lines: notCoveredLines,
      coverage: percent(coveredLines, notCoveredLines),
    };
  }

  /** Rules that were reached show their heads. */
  #covered(places: readonly Coverable[]): Ranges {
    const ranges = new Ranges();
    for (const { kind, at, shown } of places) {
      if (kind === "rule" && this.#rules.has(keyOf(at))) ranges.add(shown.file, rangeOf(shown));
    }
    for (const location of this.#exprs.values()) ranges.add(location.file, rangeOf(location));
    return ranges;
  }
}

/** Ranges of files, each once. */
class Ranges {
  readonly #files = new Map<string, Map<string, CoverageRange>>();

  /** A file that may stay without ranges. */
  expect(file: string): Map<string, CoverageRange> {
    let ranges = this.#files.get(file);
    if (!ranges) this.#files.set(file, (ranges = new Map()));
    return ranges;
  }

  add(file: string, range: CoverageRange): void {
    const { start, end } = range;
    this.expect(file).set(`${start.row}:${start.col}-${end.row}:${end.col}`, range);
  }

  files(): Iterable<string> {
    return this.#files.keys();
  }

  /** In order. */
  of(file: string): readonly CoverageRange[] {
    const ranges = [...(this.#files.get(file)?.values() ?? [])];
    return ranges.sort((a, b) => comparePositions(a.start, b.start) || comparePositions(a.end, b.end));
  }

  /** True where one of the ranges takes all of this one in. */
  contain(file: string, { start, end }: CoverageRange): boolean {
    const ranges = this.#files.get(file)?.values() ?? [];
    for (const range of ranges) {
      if (comparePositions(range.start, start) <= 0 && comparePositions(range.end, end) >= 0) return true;
    }
    return false;
  }
}

function comparePositions(a: Position, b: Position): number {
  return a.row - b.row || a.col - b.col;
}

function keyOf({ file, start, end }: Location): string {
  return `${file}:${start}:${end}`;
}

function percent(covered: number, notCovered: number): number {
  const all = covered + notCovered;
  return all === 0 ? 0 : (100 * covered) / all;
}

function rangeOf({ row, col, text }: Location): CoverageRange {
  const lines = text.split("\n");
  const length = Array.from(lines.at(-1) ?? "").length;
  const end =
    lines.length === 1 ? { row, col: col + length } : { row: row + lines.length - 1, col: length + 1 };
  return { start: { row, col }, end };
}

function countRows(ranges: readonly CoverageRange[]): number {
  const rows = new Set<number>();
  for (const { start, end } of ranges) for (let row = start.row; row <= end.row; row++) rows.add(row);
  return rows.size;
}
