import { gatorClient } from "../gator-client.ts";
import { gatorNetwork } from "../network.ts";
import { CommandFailure } from "../command-output.ts";
import type { GatorProcess } from "../gator-process.ts";
import { readResources } from "../resources.ts";
import type { ResourceFlags } from "../resources.ts";
import { formatResults } from "./format.ts";
import { printCollector } from "../print-output.ts";
import { isDenial, runTest, TestError } from "./run-test.ts";

export interface TestFlags extends ResourceFlags {
  /** `json`, `yaml`, `junit`; anything else for people. */
  readonly output: string;
  readonly trace: boolean;
  readonly verbose: boolean;
  readonly denyOnly: boolean;
  readonly stats: boolean;
  /** Hosts that templates may reach. */
  readonly allowNet: readonly string[];
}

/** `gator test`: reviews the given objects by the given policies. Exit code 1 where one is denied or the run cannot go on. */
export async function test(flags: TestFlags, process: GatorProcess): Promise<number> {
  const objects = await readResources(flags, process);
  const prints = printCollector(flags.verbose);
  try {
    const hostCall = gatorNetwork(flags.allowNet, process.stderr);
    const client = gatorClient({ onPrint: prints.onPrint, hostCall });
    const run = await runTest(objects, client, { ...flags, prints });
    const shown = flags.denyOnly ? run.results.filter(isDenial) : run.results;
    const printed = prints.take();
    process.stdout.write(formatResults(shown, flags.output, run.stats) + (printed && `\n${printed}\n`));
    return run.results.some(isDenial) ? 1 : 0;
  } catch (error) {
    if (error instanceof TestError)
      throw new CommandFailure(`auditing objects: ${error.message}`, { cause: error });
    throw error;
  }
}
