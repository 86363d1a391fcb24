import { formatError } from "../../errors.ts";
import { prettyTrace } from "../../observe/pretty.ts";
import type { RecordedEvent } from "../../observe/trace.ts";
import { durationText } from "../durations.ts";
import { failureLine } from "./failure-line.ts";
import { indentPieces } from "./indent.ts";
import type { TestResult } from "./run-test.ts";
import { everySubResult } from "./sub-results.ts";

export interface PrettyReportOptions {
  /** Show what passed as well, and the way to each failure. */
  readonly verbose: boolean;
  /** Show the line that failed, with the values in it. */
  readonly varValues: boolean;
  /** The events to be shown of a trace. */
  readonly select: (events: readonly RecordedEvent[]) => readonly RecordedEvent[];
}

const RULE = `${"-".repeat(80)}\n`;

/** Results as `opa test` prints them. */
export function prettyReport(results: readonly TestResult[], options: PrettyReportOptions): string {
  let out = "";
  let lastFile: string | undefined;
  const shown = results.filter(({ outcome }) => options.verbose || outcome !== "pass");
  for (const result of shown) {
    const { file, row } = result.test.location;
    if (lastFile !== undefined && lastFile !== file) out += "\n";
    lastFile = file;
    out += `${file}:${row}:\n${headline(result)}\n${subLines(result, options)}`;
    if (result.output !== "") out += `\n${indentPieces([`${result.output.trim()}\n`], 2)}\n`;
    if (result.error) out += `  ${formatError(result.error).replaceAll("\n", "\n  ")}\n`;
  }
  const failures = results.filter(({ outcome }) => outcome === "fail");
  if (failures.length > 0 && (options.verbose || options.varValues)) {
    out += `${RULE}FAILURES\n${RULE}`;
    for (const failure of failures) out += failureText(failure, options);
  }
  if (shown.length > 0) out += RULE;
  return out + summary(results);
}

function headline({ test, outcome, durationNs }: TestResult): string {
  const name = `${test.package}.${test.name}`;
  if (outcome === "skip") return `${name}: SKIPPED`;
  return `${name}: ${outcome.toUpperCase()} (${durationText(durationNs)})`;
}

function subLines({ subResults }: TestResult, { verbose }: PrettyReportOptions): string {
  let out = "";
  for (const { path, result } of everySubResult(subResults)) {
    if (result.fail || verbose)
      out += `${"  ".repeat(path.length)}${path.at(-1)}: ${result.fail ? "FAIL" : "PASS"}\n`;
  }
  return out;
}

function failureText(failure: TestResult, options: PrettyReportOptions): string {
  let out = `${headline(failure)}\n`;
  const trace = options.select(failure.trace);
  if (options.verbose) out += traceText(trace, options);
  if (failure.subResults.size === 0) {
    if (options.varValues) out += lineText(failure.trace, 0);
  } else {
    out += "\n";
    for (const { path, result } of everySubResult(failure.subResults)) {
      if (!result.fail || result.subResults.size > 0) continue;
      path.forEach((name, depth) => (out += `${"  ".repeat(depth + 1)}${name}: FAIL\n`));
      if (options.varValues) out += lineText(result.trace, 2 * (path.length + 1));
    }
  }
  return `${out}\n`;
}

function traceText(trace: readonly RecordedEvent[], { varValues }: PrettyReportOptions): string {
  const lines = prettyTrace(trace, { vars: varValues }).split("\n").slice(0, -1);
  const placeWidth = lines.reduce((width, line) => Math.max(width, /^\S+ +/.exec(line)?.[0].length ?? 0), 0);
  return `\n${lines
    .map((line) => indentPieces([line.slice(0, placeWidth), line.slice(placeWidth), "\n"], 2))
    .join("")}`;
}

function lineText(trace: readonly RecordedEvent[], blanks: number): string {
  const failed = failureLine(trace);
  const gap = `${" ".repeat(blanks)}\n`;
  if (!failed) return gap;
  return `${gap}${indentPieces([`${failed.place}:\n`], blanks + 2)}${indentPieces([failed.text], blanks + 4)}${gap}`;
}

function summary(results: readonly TestResult[]): string {
  const counts = { PASS: 0, FAIL: 0, SKIPPED: 0, ERROR: 0 };
  for (const { outcome, subResults } of results) {
    if (outcome === "skip") counts.SKIPPED++;
    else if (outcome === "error") counts.ERROR++;
    else if (subResults.size === 0) counts[outcome === "pass" ? "PASS" : "FAIL"]++;
    else {
      for (const { result } of everySubResult(subResults)) {
        if (result.subResults.size === 0) counts[result.fail ? "FAIL" : "PASS"]++;
      }
    }
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count}/${total}\n`)
    .join("");
}
