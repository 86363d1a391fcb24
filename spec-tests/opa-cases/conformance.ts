// npm run conformance [-- FILTER] [--suite v0|v1] [--cases DIR] [--json FILE] [--extras] [--quiet]
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { testData, testDataRoot } from "../test-data.ts";
import { readKnownGaps } from "./known-gaps.ts";
import { compareWithGaps, EXTRAS, runSuite, SUITES, type SuiteReport } from "./suites.ts";

const HELP = `Runs OPA's conformance cases and prints a line a folder and a total for each suite.

  npm run conformance                        all cases of v0 and v1
  npm run conformance -- strings             only cases whose folder:note contains "strings"
  npm run conformance -- --suite v1          one suite
  npm run conformance -- --cases DIR         cases in DIR/v0/FOLDER/*.json and DIR/v1/FOLDER/*.json
  npm run conformance -- --json report.json  also write {suites, failures}
  npm run conformance -- --extras            also OPA's small cases, for WebAssembly and of compile errors

Exits 1 when a case fails that known-gaps.txt does not list, or a listed one passes; 2 when there are no cases at all.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: "string" },
    json: { type: "string" },
    filter: { type: "string" },
    suite: { type: "string" },
    extras: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const directory = values.cases ?? testData("opa-conformance");
if (!directory) {
  console.error(
    `no cases: ${join(testDataRoot, "opa-conformance")} does not exist (set PORTCULLIS_TEST_DATA or --cases)`,
  );
  process.exit(2);
}
const filter = values.filter ?? positionals[0] ?? process.env["OPA_CASES"] ?? "";
const suites = values.suite ? [values.suite] : [...SUITES, ...(values.extras ? EXTRAS : [])];

const reports: SuiteReport[] = [];
for (const suite of suites) {
  const report = await runSuite(directory, suite, filter);
  reports.push(report);
  printReport(report);
}
for (const { suite, score } of reports) console.log(`${suite}: ${score.passed} of ${score.total} passed`);

if (values.json) {
  const report = {
    suites: Object.fromEntries(reports.map(({ suite, score }) => [suite, score])),
    failures: reports.flatMap((suite) => suite.failures),
  };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

const gapsFile = join(dirname(fileURLToPath(import.meta.url)), "known-gaps.txt");
const { unexpected, expired } = compareWithGaps(reports, filter === "" ? readKnownGaps(gapsFile) : new Map());
for (const key of expired) console.log(`passes although known-gaps.txt lists it: ${key}`);
if (unexpected.length > 0) console.log(`${unexpected.length} failures that known-gaps.txt does not list`);
process.exit(unexpected.length > 0 || expired.length > 0 ? 1 : 0);

function printReport(report: SuiteReport): void {
  for (const [folder, score] of report.folders) {
    const mark = score.passed === score.total ? "ok  " : "FAIL";
    if (values.quiet && score.passed === score.total) continue;
    console.log(`${mark} ${report.suite}/${folder} ${score.passed}/${score.total}`);
    for (const failure of report.failures.filter((candidate) => candidate.folder === folder)) {
      console.log(`       ${failure.note}: ${failure.reason.slice(0, 400)}`);
    }
  }
}
