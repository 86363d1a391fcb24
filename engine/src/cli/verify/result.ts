/** What came of a suite. Durations are in milliseconds. */
export interface SuiteResult {
  readonly path: string;
  readonly milliseconds: number;
  readonly tests: readonly TestResult[];
}

export interface TestResult {
  readonly name: string;
  readonly skipped: boolean;
  readonly milliseconds: number;
  /** Why the test could not run or did not hold; undefined where only its cases count. */
  readonly error: string | undefined;
  readonly cases: readonly CaseResult[];
}

export interface CaseResult {
  readonly name: string;
  readonly skipped: boolean;
  readonly milliseconds: number;
  readonly error: string | undefined;
  readonly trace: string | undefined;
}

export function isFailed(suite: SuiteResult): boolean {
  return suite.tests.some(isTestFailed);
}

export function isTestFailed(test: TestResult): boolean {
  return test.error !== undefined || test.cases.some((one) => one.error !== undefined);
}
