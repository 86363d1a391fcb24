import { gapKey } from "./known-gaps.ts";
import { readSuite, type OpaCase } from "./cases.ts";
import { runCase } from "./run-case.ts";

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
  for (const testCase of readSuite(directory, suite)) {
    if (!matches(testCase, filter)) continue;
    const reason = await runCase(testCase);
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

function matches(testCase: OpaCase, filter: string): boolean {
  return (
    filter === "" || `${testCase.folder}:${testCase.note}`.includes(filter) || testCase.note.includes(filter)
  );
}
