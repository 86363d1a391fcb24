import { CoverageRecorder } from "@portcullis/interpreter";
import type { Coverable, Observer } from "@portcullis/interpreter";
import type { Client } from "../../client.ts";
import type { Manifest } from "../../files/manifest.ts";
import { regoField } from "../../files/rego-field.ts";

/** Which lines of a template's Rego the suites reached. Rows are those of the file. */
export interface TemplateCoverage {
  readonly file: string;
  readonly covered: readonly number[];
  readonly notCovered: readonly number[];
  /** Percent of the lines; 100 where there are none. */
  readonly percent: number;
}

/** Gathers what a run of suites reaches, over all its tests. */
export class CoverageTally {
  readonly #templates = new Map<
    string,
    {
      readonly manifest: Manifest;
      readonly places: readonly Coverable[];
      readonly recorder: CoverageRecorder;
    }
  >();

  /** Counts a template in, also where nothing of it will be reached. */
  expect(manifest: Manifest, client: Client): void {
    const { file } = manifest.place;
    if (this.#templates.has(file)) return;
    const places = client.templates().flatMap(({ coverable }) => coverable());
    this.#templates.set(file, { manifest, places, recorder: new CoverageRecorder() });
  }

  /** What watches the reviews of a template that was counted in. */
  observer({ place }: Manifest): Observer | undefined {
    return this.#templates.get(place.file)?.recorder;
  }

  /** Sorted by file. */
  report(): readonly TemplateCoverage[] {
    return [...this.#templates]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, { manifest, places, recorder }]) => {
        const rows = { covered: new Set<number>(), notCovered: new Set<number>() };
        for (const [module, one] of Object.entries(recorder.report(places).files)) {
          for (const row of rowsOf(one.covered, manifest, module)) rows.covered.add(row);
          for (const row of rowsOf(one.not_covered, manifest, module)) rows.notCovered.add(row);
        }
        const covered = [...rows.covered].sort((a, b) => a - b);
        const notCovered = [...rows.notCovered].filter((row) => !rows.covered.has(row)).sort((a, b) => a - b);
        const all = covered.length + notCovered.length;
        return { file, covered, notCovered, percent: all === 0 ? 100 : (100 * covered.length) / all };
      });
  }
}

interface Range {
  readonly start: { readonly row: number };
  readonly end: { readonly row: number };
}

/** The rows of the file that ranges of a module stand on. */
function rowsOf(ranges: readonly Range[] = [], manifest: Manifest, module: string): readonly number[] {
  const field = regoField(manifest.object, module);
  if (!field) return [];
  return ranges.flatMap(({ start, end }) =>
    Array.from(
      { length: end.row - start.row + 1 },
      (_none, index) => manifest.locateInText(field, start.row + index, 1).line,
    ),
  );
}

/** The report for people: a line a template with the rows that nothing reached, and the sum. */
export function coverageText(templates: readonly TemplateCoverage[]): string {
  const lines = templates.map(({ file, covered, notCovered, percent }) => {
    const share = `${percent.toFixed(1)}%`.padStart(6);
    const missing = notCovered.length === 0 ? "" : `\tnot covered: ${spans(notCovered)}`;
    return `${share}\t${file}\t${covered.length}/${covered.length + notCovered.length} lines${missing}`;
  });
  const covered = templates.reduce((sum, one) => sum + one.covered.length, 0);
  const all = templates.reduce((sum, one) => sum + one.covered.length + one.notCovered.length, 0);
  const share = all === 0 ? 100 : (100 * covered) / all;
  lines.push(`coverage: ${share.toFixed(1)}% of ${all} lines in ${templates.length} templates`);
  return `${lines.join("\n")}\n`;
}

/** `12, 14-16`. */
function spans(rows: readonly number[]): string {
  const found: [number, number][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last && last[1] === row - 1) last[1] = row;
    else found.push([row, row]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
