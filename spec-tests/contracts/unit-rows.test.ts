import { readdirSync } from "node:fs";
import { relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { testData, testDataRoot } from "../test-data.ts";
import { rowsOf } from "./gator-rows.ts";
import { EXPANSION_SUITES } from "./unit-suites/expansion.ts";
import { GATOR_SUITES } from "./unit-suites/gator.ts";
import { MATCH_SUITES } from "./unit-suites/match.ts";
import { MUTATION_SUITES } from "./unit-suites/mutation.ts";
import type { RowOutcome, UnitSuite } from "./unit-suites/suite.ts";

const SUITES: Readonly<Record<string, UnitSuite>> = {
  ...MATCH_SUITES,
  ...MUTATION_SUITES,
  ...EXPANSION_SUITES,
  ...GATOR_SUITES,
};

/** The groups of tables that speak of matching, mutation, expansion and gator. */
const GROUPS = [
  "wildcard/",
  "target/",
  "mutation/match/",
  "mutation/path/",
  "mutation/mutators/",
  "expansion/",
  "gator/",
];

/** Tables of these groups that speak of the webhook's checks: they are tested with it. */
const ELSEWHERE = new Set(["target/TestValidateConstraint", "mutation/match/TestValidateOperations"]);

const root = testData("gator/unit");
if (root === undefined) console.warn(`skipping the unit rows: no ${testDataRoot}/gator/unit`);

function tables(): readonly string[] {
  if (root === undefined) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => `${relative(root, entry.parentPath)}/${entry.name.slice(0, -".json".length)}`)
    .filter((name) => GROUPS.some((group) => name.startsWith(group)) && !ELSEWHERE.has(name))
    .sort();
}

const lines: string[] = [];
afterAll(() => {
  if (lines.length > 0) console.log(`suite: rows, passed, left out (why)\n${lines.join("\n")}`);
});

describe.skipIf(root === undefined)("rows of Gatekeeper's own tests", () => {
  it("are all judged, or left out for a reason that is given", () => {
    expect(tables().filter((name) => !Object.hasOwn(SUITES, name))).toEqual([]);
  });

  it.each(Object.keys(SUITES))("%s", (name) => {
    const suite = SUITES[name] as UnitSuite;
    const rows = rowsOf(name);
    expect(rows.length).toBeGreaterThan(0);
    if ("leftOut" in suite) return void lines.push(`${name}: ${rows.length}, 0, all (${suite.leftOut})`);
    if ("testedIn" in suite) return void lines.push(`${name}: ${rows.length}, in ${suite.testedIn}`);
    const outcomes = rows.map((row) => ({ row: row.note, outcome: suite.judge(row) }));
    const failed = outcomes.flatMap(({ row, outcome }) =>
      outcome.kind === "fails" ? [`${row}: ${outcome.why}`] : [],
    );
    expect(failed).toEqual([]);
    lines.push(
      line(
        name,
        outcomes.map(({ outcome }) => outcome),
      ),
    );
  });
});

function line(name: string, outcomes: readonly RowOutcome[]): string {
  const held = outcomes.filter(({ kind }) => kind === "holds").length;
  const reasons = new Set(outcomes.flatMap((one) => (one.kind === "left out" ? [one.why] : [])));
  const rest = outcomes.length - held;
  const why = rest === 0 ? "" : ` (${[...reasons].join("; ")})`;
  return `${name}: ${outcomes.length}, ${held}, ${rest}${why}`;
}
