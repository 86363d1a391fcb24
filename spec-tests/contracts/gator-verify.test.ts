import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { listAt, objectAt, textAt, valueAt } from "../../engine/src/kubernetes/object-meta.ts";
import { parseFilter } from "../../engine/src/cli/verify/filter.ts";
import { runSuite } from "../../engine/src/cli/verify/run-suite.ts";
import { SuiteFiles } from "../../engine/src/cli/verify/suite-files.ts";
import { TemplateClients } from "../../engine/src/cli/verify/template-clients.ts";
import { decodeSuite } from "../../engine/src/cli/verify/suite.ts";
import { rowsOf } from "./gator-rows.ts";

/** What came of a test or case: ran, was skipped, or ended with an error. */
function outcome(error: boolean, skipped: boolean): string {
  if (skipped) return "skipped";
  return error ? "error" : "held";
}

/** The wanted outcomes as Gatekeeper's table has them. */
function wanted(row: PlainObject): readonly unknown[] {
  return listAt(row, "want", "TestResults").map((test) => {
    const of = (value: typeof test): string =>
      outcome(valueAt(value, "Error") !== undefined, valueAt(value, "Skipped") === true);
    return { test: of(test), cases: listAt(test, "CaseResults").map(of) };
  });
}

describe("suites of Gatekeeper's own tests", () => {
  it.each(rowsOf("gator/verify/TestRunner_Run").map((row) => [row.note, row] as const))(
    "%s",
    async (_note, row) => {
      const folder = mkdtempSync(join(tmpdir(), "verify-"));
      const files = objectAt(row, "files") ?? {};
      for (const name of Object.keys(files)) writeFileSync(join(folder, name), textAt(files, name));
      const suite = decodeSuite(objectAt(row, "suite") ?? {}, join(folder, "suite.yaml"));
      const filter = parseFilter(textAt(row, "filter"));
      const { tests } = await runSuite(suite, {
        clients: new TemplateClients(createClient),
        files: new SuiteFiles(),
        filter,
        trace: false,
        now: () => 0,
      });
      const got = tests.map((test) => ({
        test: outcome(test.error !== undefined, test.skipped),
        cases: test.cases.map((one) => outcome(one.error !== undefined, one.skipped)),
      }));
      expect({
        got,
        errors: tests.flatMap((test) => [test.error, ...test.cases.map((one) => one.error)]),
      }).toMatchObject({
        got: wanted(row),
      });
    },
  );
});

describe("--run", () => {
  it.each(rowsOf("gator/verify/TestFilter_MatchesCase").map((row) => [row.note, row] as const))(
    "%s",
    (_note, row) => {
      const filter = parseFilter(textAt(row, "filter"));
      const tests = objectAt(row, "wantMatch") ?? {};
      for (const test of Object.keys(tests)) {
        const cases = objectAt(tests, test) ?? {};
        const got = Object.fromEntries(Object.keys(cases).map((name) => [name, filter.case(test, name)]));
        expect(got).toEqual(cases);
      }
    },
  );
});
