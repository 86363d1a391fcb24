// npm run bench:audit [-- SMALL LARGE]: what an audit costs, on generated clusters of the fake API server (in a process of its own)
// and of a real one, and what Gatekeeper's own costs there. Audits with the built packages: `npm run build` first.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot, testData } from "../../test-data.ts";
import { ask, benchProcess, heard, twoSweeps } from "./audited-process.ts";
import type { Limit } from "./audited-process.ts";
import type { AuditedSweep } from "./audited.ts";
import { auditCommand } from "./command.ts";
import { realClusters } from "./real-clusters.ts";

const [small = 10_000, large = 100_000] = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);

process.exitCode = await main();

async function main(): Promise<number> {
  if (testData("bench/verdicts.json") === undefined) {
    console.log("SKIPPED: the test data is absent");
    return 0;
  }
  if (!existsSync(join(repositoryRoot, "audit/dist"))) {
    console.log("build first: npm run build");
    return 1;
  }
  let failures = 0;
  const limit: Limit = (name, value, most, unit) => {
    const holds = value <= most;
    console.log(`${holds ? "ok  " : "FAIL"} ${name}: ${value.toFixed(1)} ${unit}, at most ${most} ${unit}`);
    if (!holds) failures++;
  };
  const fewer = await fakeCluster(small, limit);
  const more = await fakeCluster(large, limit, (url) => auditCommand(url, large, limit));
  limit(`peak memory with ${large} objects`, more.peakMiB, 512, "MiB");
  const times = large / small;
  limit(`CPU time with ${times} times the objects`, more.cpuSeconds / fewer.cpuSeconds, times * 1.1, "times");
  await realClusters(small, limit);
  return failures === 0 ? 0 : 1;
}

async function fakeCluster(
  size: number,
  limit: Limit,
  more: (url: string) => Promise<void> = async () => {},
): Promise<AuditedSweep> {
  console.log(`\n${size} objects on the fake API server, 36 policies`);
  const cluster = benchProcess("fake-cluster.ts", [String(size)]);
  try {
    const url = (await heard(cluster)) as string;
    const first = await twoSweeps(url, () => ask(cluster, 1), limit);
    await more(url);
    return first;
  } finally {
    cluster.kill();
  }
}
