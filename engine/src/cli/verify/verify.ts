import { CommandFailure } from "../command-output.ts";
import { gatorClient } from "../gator-client.ts";
import type { GatorProcess } from "../gator-process.ts";
import { gatorNetwork } from "../network.ts";
import { printCollector } from "../print-output.ts";
import { progress } from "../progress.ts";
import { coverageText, CoverageTally } from "./coverage.ts";
import { FilterError, parseFilter } from "./filter.ts";
import { findSuites, SuiteError } from "./find-suites.ts";
import { printResults } from "./print.ts";
import { jsonReport } from "./report-json.ts";
import { isFailed } from "./result.ts";
import type { SuiteResult } from "./result.ts";
import { runSuite } from "./run-suite.ts";
import { SuiteFiles } from "./suite-files.ts";
import { TemplateClients } from "./template-clients.ts";
import type { Suite } from "./suite.ts";

export interface VerifyFlags {
  readonly run: string;
  readonly verbose: boolean;
  readonly trace: boolean;
  readonly coverage: boolean;
  /** `text` or `json`. */
  readonly format: string;
  /** Hosts that templates may reach. */
  readonly allowNet: readonly string[];
}

/** `gator verify PATH`: runs suites and reports in the form of `go test`. Exit code 1 where anything does not hold. */
export async function verify(target: string, flags: VerifyFlags, process: GatorProcess): Promise<number> {
  if (flags.format !== "text" && flags.format !== "json") {
    throw new CommandFailure(`unsupported format ${JSON.stringify(flags.format)}: use text or json`);
  }
  const { filter, suites } = selected(target, flags.run);
  const prints = printCollector(flags.verbose);
  const coverage = flags.coverage ? new CoverageTally() : undefined;
  const hostCall = gatorNetwork(flags.allowNet, process.stderr);
  const run = {
    clients: new TemplateClients(() => gatorClient({ onPrint: prints.onPrint, hostCall })),
    files: new SuiteFiles(),
    filter,
    trace: flags.trace,
    prints,
    ...(coverage && { coverage }),
    now: () => performance.now(),
  };
  const bar = progress(process.stderr, suites.length);
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    bar.next(suite.path);
    results.push(await runSuite(suite, run));
  }
  bar.end();
  const hasFailed = results.some(isFailed);
  if (flags.format === "json") {
    process.stdout.write(jsonReport(results, coverage?.report()));
    return hasFailed ? 1 : 0;
  }
  const lines = coverage ? `${coverageText(coverage.report())}\n` : "";
  process.stdout.write(`${printResults(results, flags.verbose)}\n${lines}`);
  if (hasFailed) process.stderr.write("Error: FAIL\n");
  return hasFailed ? 1 : 0;
}

function selected(target: string, run: string) {
  let suites: readonly Suite[];
  try {
    suites = target === "" ? [] : findSuites(target);
  } catch (error) {
    if (error instanceof SuiteError)
      throw new CommandFailure(`listing test files: ${error.message}`, { cause: error });
    throw error;
  }
  try {
    return { suites, filter: parseFilter(run) };
  } catch (error) {
    if (error instanceof FilterError)
      throw new CommandFailure(`compiling filter: ${error.message}`, { cause: error });
    throw error;
  }
}
