import * as nodeCrypto from "node:crypto";
import { Command, CommanderError } from "commander";
import { createClient } from "../create-client.ts";
import { verify } from "./verify.ts";
import type { CommandOutput } from "./verify.ts";

/** The parts of the process that the command uses. */
export interface GatorProcess {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };
}

/** Runs `gator` with its arguments. Answers the exit code. */
export async function runGator(args: readonly string[], process: GatorProcess): Promise<number> {
  let exitCode = 0;
  const finish = (output: CommandOutput): void => {
    process.stdout.write(output.stdout);
    process.stderr.write(output.stderr);
    exitCode = output.exitCode;
  };
  const program = new Command("gator")
    .description("Test Gatekeeper templates and constraints on this machine")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => void process.stderr.write(text),
    });
  verifyCommand(program, process, finish);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return exitCode;
}

function verifyCommand(
  program: Command,
  process: GatorProcess,
  finish: (output: CommandOutput) => void,
): void {
  program
    .command("verify")
    .description("run the suites of a file, a folder, or with folder/... of all folders below")
    .argument("<path>")
    .option(
      "-r, --run <regex>",
      "run only the tests and cases whose names match: test//case, or one for either",
      "",
    )
    .option("-v, --verbose", "print every test and case", false)
    .option("-t, --trace", "print a trace of the evaluation", false)
    .action(async (path: string, flags: { run: string; verbose: boolean; trace: boolean }) => {
      finish(
        await verify(path, {
          ...flags,
          now: () => performance.now(),
          createClient: () => gatorClient(flags.verbose, process),
        }),
      );
    });
}

/** A client with the clock, randomness and cryptography of the machine. */
function gatorClient(verbose: boolean, process: GatorProcess) {
  return createClient({
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: () => Math.random(),
    crypto: nodeCrypto,
    ...(verbose && { onPrint: (line: string) => void process.stderr.write(`${line}\n`) }),
  });
}
