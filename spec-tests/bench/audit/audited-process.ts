import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../../test-data.ts";
import type { AuditedSweep } from "./audited.ts";

/** Told of each figure that has a limit. */
export type Limit = (name: string, value: number, most: number, unit: string) => void;

/** The heap that Node gives itself in a container of 512 MiB. */
const IN_A_CONTAINER = ["--max-old-space-size=256", "--max-semi-space-size=8"];
const SOURCES = ["--conditions=@portcullis/source"];

/** Two sweeps of a process of their own (the built one), `change` between them; shows what they cost and answers the first. */
export async function twoSweeps(
  target: string,
  change: () => Promise<unknown>,
  limit: Limit,
): Promise<AuditedSweep> {
  const audited = benchProcess("audited.ts", [target]);
  try {
    await heard(audited);
    const first = (await ask(audited, "sweep")) as AuditedSweep;
    show("first sweep", first);
    await change();
    const second = (await ask(audited, "sweep")) as AuditedSweep;
    show("second, 1 % changed", second);
    limit(
      "the second sweep, in CPU time",
      (100 * second.cpuSeconds) / first.cpuSeconds,
      10,
      "% of the first",
    );
    return { ...first, peakMiB: second.peakMiB };
  } finally {
    audited.kill();
  }
}

/** A file of this folder as a process; `PORTCULLIS_BENCH_NODE_FLAGS` adds flags to the one that audits, say `--cpu-prof`. */
export function benchProcess(file: "audited.ts" | "fake-cluster.ts", args: readonly string[]): ChildProcess {
  const flags = (process.env["PORTCULLIS_BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
  return fork(join(repositoryRoot, "spec-tests/bench/audit", file), args, {
    execArgv: ["--no-warnings", ...(file === "audited.ts" ? [...IN_A_CONTAINER, ...flags] : SOURCES)],
  });
}

export function ask(process: ChildProcess, message: string | number): Promise<unknown> {
  const answer = heard(process);
  process.send(message);
  return answer;
}

/** The next message; rejects when the process ends instead. */
export function heard(process: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`a process of the bench ended with ${code}`));
    process.once("exit", ended);
    process.once("message", (message) => {
      process.off("exit", ended);
      resolve(message);
    });
  });
}

function show(name: string, sweep: AuditedSweep): void {
  const { objects, violations, wallSeconds, cpuSeconds, judgingSeconds, requests, peakMiB, errors } = sweep;
  const cells = [
    name.padEnd(20),
    `${objects} objects`,
    `${violations} violations`,
    `${wallSeconds.toFixed(2)} s`,
    `${cpuSeconds.toFixed(2)} s of CPU`,
    `${Math.round(objects / wallSeconds)} objects/s`,
    `${Math.round(objects / cpuSeconds)} objects/s of CPU`,
    `evaluation ${Math.round((100 * judgingSeconds) / cpuSeconds)} % of it`,
    `${requests} calls`,
    `peak ${Math.round(peakMiB)} MiB`,
  ];
  console.log(cells.join("  "));
  if (errors.length > 0) console.log("INCOMPLETE:", errors.slice(0, 5));
}
