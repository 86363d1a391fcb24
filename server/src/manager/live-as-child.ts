import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../observability/log.ts";
import type { ChildEnd } from "../processes/child-end.ts";
import { parseGoFlags } from "./go-flags.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import type { ManagerFlags } from "./manager-flags.ts";
import { managerLog } from "./manager-log.ts";

export interface ChildContext {
  readonly flags: ManagerFlags;
  readonly log: Log;
}

/** What a process does that a manager has started. */
export interface ChildLife {
  readonly ending: ChildEnd["ending"];
  /** Its start; rejects with why it cannot do its work. */
  readonly started: Promise<void>;
  /** Comes to an end with what is under way. */
  finish(): Promise<void>;
}

/** Longer than any of them needs: a process whose manager is gone has nobody else to end it. */
const FINISH_MS = 11_000;

/**
 * `portcullis COMMAND`, one of the processes that a manager starts with its own flags: `live` until the manager says that it is to
 * end, or is gone. Answers the exit code of a process that nobody has forked; ends any other one.
 */
export async function liveAsChild(
  command: string,
  args: readonly string[],
  live: (context: ChildContext) => ChildLife,
): Promise<number> {
  const parsed = parseGoFlags(MANAGER_FLAGS, args);
  if (parsed.ok !== true || !process.send) {
    process.stderr.write(`portcullis ${command} is started by a manager\n`);
    return 2;
  }
  // A signal to the whole group means the manager, which says when to end.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  const flags = parsed.values;
  const log = managerLog(flags);
  const life = live({ flags, log });
  const failed = life.started.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => error,
  );
  const why = await Promise.race([life.ending, failed]);
  const asked = why === "stop" || why === "primary gone";
  if (!asked) log.error("a process of the manager cannot do its work", { command, error: String(why) });
  await Promise.race([life.finish(), sleep(FINISH_MS)]);
  // Watches and timers would keep the process.
  process.exit(asked ? 0 : 1);
}
