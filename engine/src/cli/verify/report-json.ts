import type { TemplateCoverage } from "./coverage.ts";
import { isFailed, isTestFailed } from "./result.ts";
import type { SuiteResult } from "./result.ts";

/** The report of `gator verify --format json`: the same facts as the text, durations in milliseconds. */
export function jsonReport(
  suites: readonly SuiteResult[],
  coverage: readonly TemplateCoverage[] | undefined,
): string {
  const report = {
    passed: !suites.some(isFailed),
    suites: suites.map((suite) => ({
      path: suite.path,
      passed: !isFailed(suite),
      milliseconds: suite.milliseconds,
      tests: suite.tests.map((test) => ({ ...test, passed: !isTestFailed(test) })),
    })),
    ...(coverage && { coverage }),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
