import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** Runs this program again as one of its own processes, `portcullis COMMAND`, with the same flags and a channel to it. */
export function runAgain(command: "audit-process" | "shard"): ChildProcess {
  const [, script = "", ...args] = process.argv;
  return fork(script, [command, ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}
