import type { ReportedViolation } from "../report/report-lines.ts";
import type { SweepReport } from "../sweep.ts";
import { constraintTitle, errorTexts, objectTitle, strongestAction } from "./whole-report.ts";
import type { WholeReport } from "./whole-report.ts";

/**
 * The whole result as JUnit XML, which CI systems show: a test for each violation, failed where its action is deny, else skipped
 * with the message; a passed one for each constraint that nothing violates; an error for each thing that could not be judged.
 */
export async function* junitReport({ report, violations }: WholeReport): AsyncGenerator<string> {
  const counts = countsOf(report);
  const attributes = attributesOf({
    name: "portcullis audit",
    tests: String(counts.tests),
    failures: String(counts.failures),
    errors: String(counts.errors),
    skipped: String(counts.skipped),
    time: report.seconds.toFixed(3),
  });
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes}>\n<testsuite${attributes}${attributesOf({ timestamp: report.runId })}>\n`;
  for (const row of report.constraints) {
    if (row.totalViolations === 0) yield testCase(constraintTitle(row), "nothing violates it", "");
  }
  for await (const violation of violations()) {
    yield testCase(constraintTitle(violation.constraint), objectTitle(violation.object), outcome(violation));
  }
  for (const error of errorTexts(report)) {
    yield testCase(
      "portcullis audit",
      error,
      `<error${attributesOf({ message: error, type: "incomplete" })}/>`,
    );
  }
  yield "</testsuite>\n</testsuites>\n";
}

function countsOf(report: SweepReport) {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const violations = sum(report.constraints.map(({ totalViolations }) => totalViolations));
  const failures = sum(report.constraints.map(({ denied }) => denied));
  const clean = report.constraints.filter(({ totalViolations }) => totalViolations === 0).length;
  const errors = errorTexts(report).length;
  return { tests: violations + clean + errors, failures, errors, skipped: violations - failures };
}

function outcome(violation: ReportedViolation): string {
  const { message, id } = violation;
  const action = strongestAction(violation);
  if (action !== "deny") return `<skipped${attributesOf({ message: `${action}: ${message}` })}/>`;
  const shown = attributesOf({ message, type: action });
  return `<failure${shown}>${escaped(`${message}\nviolation ${id}`)}</failure>`;
}

function testCase(classname: string, name: string, content: string): string {
  return `<testcase${attributesOf({ classname, name })}>${content}</testcase>\n`;
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** XML 1.0 has no way to write most control characters, half a surrogate pair, U+FFFE and U+FFFF: they become U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] as string);
}
