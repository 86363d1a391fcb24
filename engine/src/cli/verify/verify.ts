import { RegexSyntaxError } from "@portcullis/interpreter";
import type { Client } from "../client.ts";
import { failed } from "./output.ts";
import type { CommandOutput } from "./output.ts";
import { FilterError, parseFilter } from "./verify/filter.ts";
import { findSuites, SuiteError } from "./verify/find-suites.ts";
import { printResults } from "./verify/print.ts";
import { isFailed } from "./verify/result.ts";
import type { SuiteResult } from "./verify/result.ts";
import { runSuite } from "./verify/run-suite.ts";

export interface VerifyOptions {
  readonly run: string;
  readonly verbose: boolean;
  readonly trace: boolean;
  readonly createClient: () => Client;
  readonly now: () => number;
}

/** `gator verify PATH`: runs suites and reports in the form of `go test`. Exit code 1 where anything does not hold. */
export async function verify(target: string, options: VerifyOptions): Promise<CommandOutput> {
  try {
    const filter = parseFilter(options.run);
    const suites = await findSuites(target);
    const results: SuiteResult[] = [];
    for (const suite of suites) results.push(await runSuite(suite, { ...options, filter }));
    const hasFailed = results.some(isFailed);
    const stdout = printResults(results, options.verbose);
    return { exitCode: hasFailed ? 1 : 0, stdout: `${stdout}\n`, stderr: hasFailed ? "Error: FAIL\n" : "" };
  } catch (error) {
    if (error instanceof SuiteError) return failed(`Error: listing test files: ${error.message}`);
    if (error instanceof FilterError || error instanceof RegexSyntaxError) {
      return failed(`Error: compiling filter: ${error.message}`);
    }
    throw error;
  }
}
