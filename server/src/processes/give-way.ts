import { readdirSync, writeFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

/** The kernel ends such a process before any other of its container. */
const FIRST_TO_GO = "1000";

/**
 * Has the other processes go before this one: for CPU time, and where memory runs out. Linux alone can do that; a system that
 * does not allow it leaves everything as it is. Threads that are started later are like the one that starts them.
 */
export function giveWay(): void {
  if (process.platform !== "linux") return;
  // Each thread has a priority of its own, and Node has started some that collect garbage.
  for (const thread of readdirSync("/proc/self/task")) {
    attempt(() => setPriority(Number(thread), lower(getPriority(Number(thread)))));
  }
  attempt(() => writeFileSync("/proc/self/oom_score_adj", FIRST_TO_GO));
}

/** Lower numbers go first. */
function lower(priority: number): number {
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  return Math.min(PRIORITY_LOW, priority + PRIORITY_BELOW_NORMAL);
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The process does its work at any priority.
  }
}
