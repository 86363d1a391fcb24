import { spawnSync } from "node:child_process";

/** What one process took from its start to its end, in nanoseconds. */
export interface ProcessCost {
  readonly wall: number;
  readonly user: number;
  readonly system: number;
}

export const wallOf = (cost: ProcessCost): number => cost.wall;
export const cpuOf = (cost: ProcessCost): number => cost.user + cost.system;

/**
 * Runs this Node with each of the argument lists in turn, `rounds` times over, so that whatever else the machine does
 * falls on all of them alike. The shell measures: Node does not tell what its children took.
 *
 * @returns the costs of each argument list, in the order of the lists
 * @throws Error when a process does not end with 0
 */
export function processCosts(argumentLists: readonly (readonly string[])[], rounds: number): ProcessCost[][] {
  const costs = argumentLists.map((): ProcessCost[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, args] of argumentLists.entries()) costs[index]?.push(processCost(args));
  }
  return costs;
}

function processCost(args: readonly string[]): ProcessCost {
  const script = `TIMEFORMAT="%R %U %S"; time "$@" > /dev/null`;
  const { status, stderr } = spawnSync("bash", ["-c", script, "bash", process.execPath, ...args], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  const [wall = 0, user = 0, system = 0] = stderr.split(/\s+/).map((seconds) => Number(seconds) * 1e9);
  return { wall, user, system };
}
