import { CoverageRecorder } from "@portcullis/interpreter";
import type { Coverable, Observer } from "@portcullis/interpreter";
import type { Client } from "../../client.ts";
import type { Manifest } from "../../files/manifest.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { regoField } from "../../files/rego-field.ts";

/** Lines of a template's Rego, one after the other but for what cannot be reached at all, that no suite reached. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** The first of the lines. */
  readonly text: string;
}

/** Which lines of a template's Rego the suites reached. Rows are those of the file. */
export interface TemplateCoverage {
  /** Its name. */
  readonly template: string;
  readonly file: string;
  readonly covered: readonly number[];
  readonly notCovered: readonly number[];
  readonly gaps: readonly Gap[];
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
        const { name } = objectMeta(manifest.object);
        const gaps = gapsOf(covered, notCovered).map(({ from, to }) => ({
          from,
          to,
          text: lineText(manifest, from),
        }));
        const percent = share(covered.length, covered.length + notCovered.length);
        return { template: name, file, covered, notCovered, gaps, percent };
      });
  }
}

function share(covered: number, all: number): number {
  return all === 0 ? 100 : (100 * covered) / all;
}

/** Rows belong together where no covered row stands between them. */
function gapsOf(
  covered: readonly number[],
  notCovered: readonly number[],
): readonly { readonly from: number; readonly to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let next = 0;
  for (const row of notCovered) {
    const start = next;
    while (next < covered.length && (covered[next] as number) < row) next++;
    const last = gaps.at(-1);
    if (last && next === start) last.to = row;
    else gaps.push({ from: row, to: row });
  }
  return gaps;
}

function lineText(manifest: Manifest, line: number): string {
  const { excerpt = "" } = manifest.problem({ ...manifest.place, line, column: 1 }, "");
  const [text = ""] = excerpt.split("\n");
  return text.replace(/^\d+ \| /, "").trim();
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

/**
 * The report for people: a line a template, below it every gap as `file:from-to` with how it begins, and the sum at the end.
 */
export function coverageText(templates: readonly TemplateCoverage[]): string {
  const width = Math.max(0, ...templates.map(({ template }) => template.length));
  const lines = templates.flatMap(({ template, file, covered, notCovered, gaps, percent }) => {
    const all = covered.length + notCovered.length;
    const count = `${covered.length}/${all} lines`;
    const places = gaps.map(({ from, to }) => `${file}:${from === to ? from : `${from}-${to}`}`);
    const column = Math.max(0, ...places.map((place) => place.length));
    return [
      `${percentText(percent)}  ${template.padEnd(width)}  ${count}`,
      ...gaps.map(({ text }, index) => `        ${(places[index] as string).padEnd(column)}  ${text}`),
    ];
  });
  const covered = templates.reduce((sum, one) => sum + one.covered.length, 0);
  const all = templates.reduce((sum, one) => sum + one.covered.length + one.notCovered.length, 0);
  const templatesText = templates.length === 1 ? "1 template" : `${templates.length} templates`;
  lines.push(`coverage: ${percentText(share(covered, all)).trim()} of ${all} lines in ${templatesText}`);
  return `${lines.join("\n")}\n`;
}

/** Rounded down, so that 100 % means all. */
function percentText(percent: number): string {
  return `${(Math.floor(percent * 10) / 10).toFixed(1)}%`.padStart(6);
}
