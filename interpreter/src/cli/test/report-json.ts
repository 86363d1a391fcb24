import { explanationJson } from "../eval/explanation.ts";
import { errorJson } from "../errors.ts";
import { fields, Fields, indented, type Report } from "../json.ts";
import type { TestResult } from "./run-test.ts";
import type { SubResults } from "./sub-results.ts";

/** Results in OPA's JSON shape; durations are nanoseconds, output is base64. */
export function jsonReport(
  results: readonly TestResult[],
  events: (result: TestResult) => TestResult["trace"],
): string {
  return `${indented(results.map((result) => resultJson(result, events(result))))}\n`;
}

function resultJson(result: TestResult, trace: TestResult["trace"]): Report {
  const { test, outcome, error, output, subResults, durationNs } = result;
  const { file, row, col } = test.location;
  return fields({
    location: fields({ file, row, col }),
    package: test.package,
    name: test.name,
    fail: outcome === "fail" ? true : undefined,
    error: error && errorJson(error),
    skip: outcome === "skip" ? true : undefined,
    duration: durationNs,
    trace: trace.length === 0 ? undefined : explanationJson(trace),
    output: output === "" ? undefined : Buffer.from(output, "utf8").toString("base64"),
    sub_results: subResults.size === 0 ? undefined : subResultsJson(subResults),
  });
}

function subResultsJson(results: SubResults): Fields {
  return new Fields(
    [...results].map(([name, { fail, subResults }]) => [
      name,
      fields({
        name,
        fail: fail ? true : undefined,
        sub_results: subResults.size === 0 ? undefined : subResultsJson(subResults),
      }),
    ]),
  );
}
