/** What came of a suite. Durations are in milliseconds. */
export interface SuiteResult {
  readonly path: string;
  readonly milliseconds: number;
  readonly tests: readonly TestResult[];
}

interface Outcome {
  readonly name: string;
  readonly skipped: boolean;
  readonly milliseconds: number;
  /** Why it could not run or did not hold; undefined where it held. */
  readonly error: string | undefined;
}

export interface TestResult extends Outcome {
  readonly cases: readonly CaseResult[];
}

export interface CaseResult extends Outcome {
  /** Where in the template a case that did not hold was decided, one line each. */
  readonly explanation?: readonly string[];
  readonly trace?: string;
  /** What the template printed, each line ended. */
  readonly printed?: string;
}

export function isFailed(suite: SuiteResult): boolean {
  return suite.tests.some(isTestFailed);
}

export function isTestFailed(test: TestResult): boolean {
  return test.error !== undefined || test.cases.some((one) => one.error !== undefined);
}
