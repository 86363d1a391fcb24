import type { Client } from "../client.ts";
import { FilterError, parseFilter } from "./verify/filter.ts";
import { findSuites, SuiteError } from "./verify/find-suites.ts";
import { printResults } from "./verify/print.ts";
import { isFailed } from "./verify/result.ts";
import type { SuiteResult } from "./verify/result.ts";
import { runSuite } from "./verify/run-suite.ts";
import { RegexSyntaxError } from "@portcullis/interpreter";

export interface VerifyOptions {
  readonly run: string;
  readonly verbose: boolean;
  readonly trace: boolean;
  readonly createClient: () => Client;
  readonly now: () => number;
}

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `gator verify PATH`: runs suites and reports in the form of `go test`. Exit code 1 where anything does not hold. */
export async function verify(target: string, options: VerifyOptions): Promise<CommandOutput> {
  try {
    const filter = parseFilter(options.run);
    const suites = await findSuites(target);
    const results: SuiteResult[] = [];
    for (const suite of suites) results.push(await runSuite(suite, { ...options, filter }));
    const failed = results.some(isFailed);
    const stdout = printResults(results, options.verbose);
    return { exitCode: failed ? 1 : 0, stdout: `${stdout}\n`, stderr: failed ? "Error: FAIL\n" : "" };
  } catch (error) {
    if (error instanceof SuiteError) return refused(`listing test files: ${error.message}`);
    if (error instanceof FilterError || error instanceof RegexSyntaxError) {
      return refused(`compiling filter: ${error.message}`);
    }
    throw error;
  }
}

function refused(message: string): CommandOutput {
  return { exitCode: 1, stdout: "", stderr: `Error: ${message}\n` };
}
