import { gapKey } from "./known-gaps.ts";
import { readSuite } from "./cases.ts";
import { readCompileCases, runCompileCase } from "./compile-cases.ts";
import { runCase } from "./run-case.ts";

/** Suites of evaluations; cases in `v0` are read as Rego v0, all others as v1. */
export const SUITES = ["v0", "v1"] as const;

/** What OPA tests with besides, as small cases: `compilecases` must fail to compile, the others evaluate. */
const COMPILE_CASES = "extras/compilecases";
export const EXTRAS = ["extras/wasm", "extras/topdown", COMPILE_CASES] as const;

export interface Failure {
  readonly suite: string;
  readonly folder: string;
  readonly note: string;
  readonly reason: string;
}

export interface Score {
  passed: number;
  total: number;
}

export interface SuiteReport {
  readonly suite: string;
  readonly score: Score;
  readonly folders: ReadonlyMap<string, Score>;
  readonly failures: readonly Failure[];
}

/** Runs the cases of one suite whose `folder:note` contains the filter. */
export async function runSuite(directory: string, suite: string, filter: string): Promise<SuiteReport> {
  const folders = new Map<string, Score>();
  const score = { passed: 0, total: 0 };
  const failures: Failure[] = [];
  for (const testCase of casesOf(directory, suite)) {
    if (!matches(testCase, filter)) continue;
    const reason = await testCase.run();
    const folder = folders.get(testCase.folder) ?? { passed: 0, total: 0 };
    folders.set(testCase.folder, folder);
    folder.total++;
    score.total++;
    if (reason === undefined) {
      folder.passed++;
      score.passed++;
    } else failures.push({ suite, folder: testCase.folder, note: testCase.note, reason });
  }
  return { suite, score, folders, failures };
}

interface RunnableCase {
  readonly folder: string;
  readonly note: string;
  /** Undefined when the case passes, else the reason why not. */
  readonly run: () => string | undefined | Promise<string | undefined>;
}

function casesOf(directory: string, suite: string): readonly RunnableCase[] {
  if (suite === COMPILE_CASES) {
    return readCompileCases(directory, suite).map((testCase) => ({
      folder: testCase.folder,
      note: testCase.note,
      run: () => runCompileCase(testCase),
    }));
  }
  return readSuite(directory, suite).map((testCase) => ({
    folder: testCase.folder,
    note: testCase.note,
    run: () => runCase(testCase),
  }));
}

/** What stands against the list of known gaps: failures that are not listed, and listed cases that did not fail. */
export function compareWithGaps(
  reports: readonly SuiteReport[],
  gaps: ReadonlyMap<string, string>,
): { readonly unexpected: readonly Failure[]; readonly expired: readonly string[] } {
  const failures = reports.flatMap((report) => report.failures);
  const failed = new Set(failures.map(gapKey));
  const ran = reports.filter((report) => report.score.total > 0).map((report) => report.suite);
  return {
    unexpected: failures.filter((failure) => !gaps.has(gapKey(failure))),
    expired: [...gaps.keys()].filter(
      (key) => ran.some((suite) => key.startsWith(`${suite}/`)) && !failed.has(key),
    ),
  };
}

function matches(testCase: RunnableCase, filter: string): boolean {
  return (
    filter === "" || `${testCase.folder}:${testCase.note}`.includes(filter) || testCase.note.includes(filter)
  );
}
