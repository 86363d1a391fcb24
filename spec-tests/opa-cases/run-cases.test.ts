import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { testData, testDataRoot } from "../test-data.ts";
import { readKnownGaps } from "./known-gaps.ts";
import { compareWithGaps, EXTRAS, runSuite, SUITES } from "./suites.ts";

const directory = testData("opa-conformance");
const gaps = readKnownGaps(join(dirname(fileURLToPath(import.meta.url)), "known-gaps.txt"));

if (!directory)
  console.warn(`skipping OPA's conformance cases (3,350 and more): no ${testDataRoot}/opa-conformance`);

describe.skipIf(!directory)("OPA's conformance cases", () => {
  it.each([...SUITES, ...EXTRAS])(
    "%s: every case passes that known-gaps.txt does not list",
    async (suite) => {
      const report = await runSuite(directory as string, suite, "");
      const { unexpected, expired } = compareWithGaps([report], gaps);
      expect(
        unexpected.map((failure) => `${failure.folder}: ${failure.note}: ${failure.reason.slice(0, 200)}`),
      ).toEqual([]);
      expect(expired).toEqual([]);
      expect(report.score.total).toBeGreaterThan(0);
    },
    600_000,
  );
});
