import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runGator } from "../../engine/src/cli/gator.ts";
import { findSuites } from "../../engine/src/cli/verify/find-suites.ts";
import type { SuiteCase, SuiteTest } from "../../engine/src/cli/verify/suite.ts";
import { testData, testDataRoot } from "../test-data.ts";

/** `gator test` over the samples of each policy: template, constraint, one object and what it is to be judged beside. */
const root = testData("gatekeeper-library", "library");
const peer = process.env["GATOR_BIN"];
if (root === undefined)
  console.warn(`skipping the samples of the library: no ${testDataRoot}/gatekeeper-library`);
else if (!peer) console.warn("the samples are not compared with a real gator: GATOR_BIN is not set");

const policies =
  root === undefined
    ? []
    : readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.name === "suite.yaml")
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();

async function ours(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  const status = await runGator(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin: { isTTY: true, async *[Symbol.asyncIterator]() {} },
  });
  return { status, stdout, stderr };
}

/** Policies that carry two kinds of code are judged by their Rego. */
const NATIVE = "--enable-k8s-native-validation=false";

function argsOf(folder: string, test: SuiteTest, one: SuiteCase): readonly string[] {
  const files = [test.template, test.constraint, one.object, ...one.inventory];
  return ["test", ...files.map((file) => `--filename=${join(folder, file)}`), "--output=json", NATIVE];
}

/** Traces and timing apart, results are the same to the letter. */
function told({ status, stdout }: { status: number | null; stdout: string }) {
  return { status, results: JSON.parse(stdout) as unknown };
}

describe.skipIf(root === undefined)("gator test over the samples of", () => {
  it.each(policies.map((path) => [path.slice((root ?? "").length + 1), path] as const))(
    "%s",
    async (_name, path) => {
      const folder = dirname(path);
      for (const test of findSuites(path).flatMap((suite) => suite.tests)) {
        if (test.invalid) continue;
        for (const one of test.cases) {
          const args = argsOf(folder, test, one);
          const got = await ours(args);
          expect(got.stderr.replace(/^WARNING - .*\n/gm, "")).toBe("");
          const results = JSON.parse(got.stdout) as readonly unknown[] | null;
          expect(got.status).toBe(results?.some((result) => deniesOf(result)) ? 1 : 0);
          if (!peer) continue;
          const theirs = spawnSync(peer, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
          expect(told(got)).toEqual(told(theirs));
        }
      }
    },
    60_000,
  );
});

function deniesOf(result: unknown): boolean {
  return (result as { readonly enforcementAction: string }).enforcementAction === "deny";
}
