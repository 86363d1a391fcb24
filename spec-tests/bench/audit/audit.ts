// npm run bench:audit [-- 10000 100000]: what an audit costs, on generated clusters of the fake API server (in a process of its own)
// and of a real one, and what Gatekeeper's costs there.
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot, testData } from "../../test-data.ts";
import type { AuditedSweep } from "./audited.ts";
import { realClusters } from "./real-clusters.ts";
import { row } from "./rows.ts";

const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);

process.exitCode = await main();

async function main(): Promise<number> {
  if (testData("bench/verdicts.json") === undefined) {
    console.log("SKIPPED: the test data is absent");
    return 0;
  }
  const failures: string[] = [];
  const limit = (name: string, value: number, most: number, unit: string): void => {
    const holds = value <= most;
    console.log(`${holds ? "ok  " : "FAIL"} ${name}: ${value.toFixed(1)} ${unit}, at most ${most} ${unit}`);
    if (!holds) failures.push(name);
  };
  const [small = 10_000, large = 100_000] = sizes;
  const first = await fakeCluster(small, limit);
  const second = await fakeCluster(large, limit);
  limit("peak memory with the larger cluster", second.peakMiB, 512, "MiB");
  const times = large / small;
  limit(
    `${times} times the objects, in CPU time`,
    second.cpuSeconds / first.cpuSeconds,
    times * 1.1,
    "times the time",
  );
  failures.push(...(await realClusters(small)));
  return failures.length === 0 ? 0 : 1;
}

type Limit = (name: string, value: number, most: number, unit: string) => void;

/** Two sweeps, with one object of a hundred changed between them. */
async function fakeCluster(size: number, limit: Limit): Promise<AuditedSweep> {
  console.log(`\n${size} objects on the fake API server, 36 policies`);
  const cluster = child("fake-cluster.ts", [String(size)]);
  const url = (await heard(cluster)) as string;
  const audited = child("audited.ts", [url]);
  try {
    await heard(audited);
    const first = (await ask(audited, "sweep")) as AuditedSweep;
    row("first sweep", first);
    await ask(cluster, 1);
    const second = (await ask(audited, "sweep")) as AuditedSweep;
    row("second, 1 % changed", second);
    if (first.errors.length + second.errors.length > 0) console.log(first.errors, second.errors);
    limit("second sweep, in CPU time", (100 * second.cpuSeconds) / first.cpuSeconds, 10, "% of the first");
    return first;
  } finally {
    audited.kill();
    cluster.kill();
  }
}

function child(file: string, args: readonly string[]): ChildProcess {
  const path = join(repositoryRoot, "spec-tests/bench/audit", file);
  const flags = (process.env["PORTCULLIS_BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
  return fork(path, args, {
    execArgv: ["--no-warnings", ...(file === "audited.ts" ? flags : ["--conditions=@portcullis/source"])],
  });
}

function ask(process: ChildProcess, message: string | number): Promise<unknown> {
  const answer = heard(process);
  process.send(message);
  return answer;
}

function heard(process: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    process.once("message", resolve);
    process.once("exit", (code) => reject(new Error(`a process of the bench ended with ${code}`)));
  });
}
