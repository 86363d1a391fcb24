import type { Client } from "../client.ts";
import { failed } from "./output.ts";
import type { CommandOutput } from "./output.ts";
import { readResources, ResourceError } from "./resources.ts";
import { formatResults } from "./test/format.ts";
import { isDenial, runTest, TestError } from "./test/run-test.ts";

export interface TestOptions {
  readonly filenames: readonly string[];
  /** What came on standard input. */
  readonly stdin: string;
  /** `json`, `yaml`, `junit`; anything else for people. */
  readonly output: string;
  readonly trace: boolean;
  readonly denyOnly: boolean;
  readonly createClient: () => Client;
}

/** `gator test`: reviews the given objects by the given policies. Exit code 1 where one is denied or the run cannot go on. */
export async function test(options: TestOptions): Promise<CommandOutput> {
  try {
    const objects = await readResources(options.filenames, options.stdin);
    if (objects.length === 0) return failed("no input data identified");
    const results = runTest(objects, options.createClient(), options.trace);
    const shown = options.denyOnly ? results.filter(isDenial) : results;
    const stdout = formatResults(shown, options.output);
    return { exitCode: results.some(isDenial) ? 1 : 0, stdout, stderr: "" };
  } catch (error) {
    if (error instanceof ResourceError) return failed(`reading: ${error.message}`);
    if (error instanceof TestError) return failed(`auditing objects: ${error.message}`);
    throw error;
  }
}
