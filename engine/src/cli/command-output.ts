import type { GatorProcess } from "./gator-process.ts";

/** The command cannot go on. The message stands alone on the error stream, the exit code is 1. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** Prints a failure as gator's `verify` does, with the word that Go's commands put before what they return. */
export function asReturnedError(error: unknown): unknown {
  return error instanceof CommandFailure
    ? new CommandFailure(`Error: ${error.message}`, { cause: error })
    : error;
}

/** The failure of a run, on the error stream. Answers the exit code. */
export function reportFailure(failure: CommandFailure, process: GatorProcess): number {
  process.stderr.write(`${failure.message}\n`);
  return 1;
}
