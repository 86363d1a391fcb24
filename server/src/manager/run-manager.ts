import { stopSignal } from "../stop-signal.ts";
import { flagProblems } from "./check-flags.ts";
import { tellOfFlagsWithoutEffect } from "./flags-without-effect.ts";
import { parseGoFlags, usage } from "./go-flags.ts";
import { startManager } from "./manager.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import { managerLog } from "./manager-log.ts";

/**
 * `portcullis` with Gatekeeper's own command line: runs until SIGTERM or SIGINT, then goes on serving for
 * `--shutdown-delay` seconds, since the Service still sends requests here. Answers the exit code: 0; 1 when it could not
 * start or its port cannot be served; 2 for a command line that cannot be read, as Gatekeeper.
 */
export async function runManager(args: readonly string[]): Promise<number> {
  const parsed = parseGoFlags(MANAGER_FLAGS, args);
  if (parsed.ok === "help") {
    process.stdout.write(`Usage of portcullis:\n${usage(MANAGER_FLAGS)}`);
    return 0;
  }
  if (!parsed.ok) {
    process.stderr.write(`${parsed.error}\n(portcullis --help lists the flags)\n`);
    return 2;
  }
  const flags = parsed.values;
  const problems = flagProblems(flags);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) return 1;
  const log = managerLog(flags);
  tellOfFlagsWithoutEffect(flags, parsed.given, log);
  const stopping = stopSignal();
  try {
    const manager = await startManager({ flags, env: process.env, log });
    try {
      const signal = await Promise.race([stopping, manager.failed.then(rethrow)]);
      log.info("stopping", { signal, delay_seconds: flags["shutdown-delay"] });
      manager.drain();
      await new Promise((resolve) => setTimeout(resolve, flags["shutdown-delay"] * 1000));
    } finally {
      await manager.stop();
    }
    return 0;
  } catch (error) {
    log.error("cannot start", {
      logger: "setup",
      error: error instanceof Error ? error.message : String(error),
    });
    return 1;
  }
}

function rethrow(error: unknown): never {
  throw error;
}
