import { isFailed, isTestFailed } from "./result.ts";
import type { CaseResult, SuiteResult, TestResult } from "./result.ts";

/** The report of `gator verify`, in the form of `go test`. */
export function printResults(suites: readonly SuiteResult[], verbose: boolean): string {
  const lines = suites.flatMap((suite) => suiteLines(suite, verbose));
  lines.push(suites.some(isFailed) ? "FAIL" : "PASS", "");
  return lines.join("\n");
}

function suiteLines(suite: SuiteResult, verbose: boolean): readonly string[] {
  const word = isFailed(suite) ? "FAIL" : "ok";
  const tests = suite.tests.flatMap((test) => testLines(test, verbose));
  return [...tests, `${word}\t${suite.path}\t${seconds(suite.milliseconds)}`];
}

function testLines(test: TestResult, verbose: boolean): readonly string[] {
  if (test.skipped) return verbose ? [`=== SKIP  ${test.name}`] : [];
  const failed = isTestFailed(test);
  const lines = verbose ? [`=== RUN   ${test.name}`] : [];
  lines.push(...test.cases.flatMap((one) => caseLines(one, verbose)));
  if (failed) lines.push(`--- FAIL: ${test.name}\t(${seconds(test.milliseconds)})`);
  else if (verbose) lines.push(`--- PASS: ${test.name}\t(${seconds(test.milliseconds)})`);
  if (test.error !== undefined) lines.push(`  ${test.error}`);
  return lines;
}

const DEEP = "        ";

function caseLines(one: CaseResult, verbose: boolean): readonly string[] {
  const lines: string[] = [];
  if (one.skipped) return verbose ? [`    === SKIP  ${one.name}`] : [];
  if (verbose) lines.push(`    === RUN   ${one.name}`);
  if (one.printed !== undefined) {
    const printed = one.printed.trimEnd().split("\n");
    lines.push(`${DEEP}=== PRINT ===`, ...printed.map((line) => DEEP + line));
  }
  if (one.error !== undefined) {
    lines.push(`    --- FAIL: ${one.name}\t(${seconds(one.milliseconds)})`, DEEP + one.error);
    lines.push(...(one.explanation ?? []).map((line) => `${DEEP}    ${line}`));
  } else if (verbose) lines.push(`    --- PASS: ${one.name}\t(${seconds(one.milliseconds)})`);
  if (one.trace !== undefined) {
    const prefix = verbose ? "    --- " : "";
    lines.push(`${prefix}TRACE: ${one.name}\t${one.trace.replaceAll("\n", `\n${prefix}`)}`);
  }
  return lines;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)}s`;
}
