import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createClient } from "@portcullis/engine";
import { parseFilter } from "../../engine/src/cli/verify/filter.ts";
import { findSuites } from "../../engine/src/cli/verify/find-suites.ts";
import { runSuite } from "../../engine/src/cli/verify/run-suite.ts";
import { SuiteFiles } from "../../engine/src/cli/verify/suite-files.ts";
import { TemplateClients } from "../../engine/src/cli/verify/template-clients.ts";
import { testData, testDataRoot } from "../test-data.ts";

const root = testData("gatekeeper-library", "library");
const suites = root === undefined ? [] : suiteFiles(root);
if (root === undefined) console.warn(`skipping the community library: no ${testDataRoot}/gatekeeper-library`);

function suiteFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name === "suite.yaml")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe.skipIf(root === undefined)("the suite of", () => {
  it.each(suites.map((path) => [path.slice(root?.length ?? 0), path] as const))(
    "%s holds",
    async (_name, path) => {
      const run = {
        clients: new TemplateClients(createClient),
        files: new SuiteFiles(),
        filter: parseFilter(""),
        trace: false,
        now: () => 0,
      };
      for (const suite of findSuites(path)) {
        const { tests } = await runSuite(suite, run);
        const faults = tests.flatMap((test) => [
          ...(test.error === undefined ? [] : [`${test.name}: ${test.error}`]),
          ...test.cases.flatMap((one) =>
            one.error === undefined ? [] : [`${test.name}/${one.name}: ${one.error}`],
          ),
        ]);
        expect(faults).toEqual([]);
        expect(tests.length).toBeGreaterThan(0);
      }
    },
  );
});
