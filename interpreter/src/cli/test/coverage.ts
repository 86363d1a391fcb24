import type { CoverageReport } from "../../observe/coverage.ts";

/** What to say where too little was covered; undefined where enough was. */
export function thresholdProblem(
  report: CoverageReport,
  threshold: number,
  verbose: boolean,
): string | undefined {
  if (report.coverage >= threshold) return undefined;
  const text = `Code coverage threshold not met: got ${report.coverage.toFixed(2)} instead of ${threshold.toFixed(2)}\n`;
  if (!verbose) return text;
  const lines = Object.entries(report.files).flatMap(([file, { not_covered = [] }]) => {
    const rows = new Set(not_covered.flatMap(({ start, end }) => rowsBetween(start.row, end.row)));
    return rangesOf([...rows].sort((a, b) => a - b)).map((range) => `\t${file}:${range}\n`);
  });
  return `${text}Lines not covered:\n${lines.join("")}`;
}

function rowsBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** `3`, `5-9`. */
function rangesOf(rows: readonly number[]): readonly string[] {
  const ranges: [number, number][] = [];
  for (const row of rows) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === row) last[1] = row;
    else ranges.push([row, row]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}
