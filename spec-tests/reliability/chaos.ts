// npm run chaos [-- --rate N --only NAME --format json]
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { whyNoControlPlane } from "../testbed/control-plane.ts";
import { applyPatiently } from "../testbed/manager.ts";
import { ApiUser } from "./api-user.ts";
import { FAULTS } from "./faults.ts";
import type { Fault, Scene } from "./faults.ts";
import { Load } from "./load.ts";
import { CLUSTER } from "./policies.ts";
import { SERVER_NAME, startReplicatedCluster } from "./replicas.ts";

const HELP = `Breaks a cluster with three replicas of the webhook, one part after the other, while admission requests come in, and
counts what went wrong. Needs etcd, kube-apiserver and kubectl (npm run testbed).

  npm run chaos                          every fault in turn, 50 requests a second
  npm run chaos -- --rate 100            another rate
  npm run chaos -- --only certificate    faults whose name contains the text
  npm run chaos -- --shards 2            managers that answer from two processes each
  npm run chaos -- --format json         one JSON object on stdout

Requests come over kept-alive TLS connections to a Service: each new connection goes to the next replica whose last
readiness probe (each second) succeeded, and on to another one when it is refused. A second stream of requests goes through
the API server, which calls the same Service.

  wrong       answers that are not the right ones: must be 0
  unanswered  requests without an AdmissionReview: must be 0, two replicas being up
  broken      requests whose connection went away under them and that were sent once more: must be 0, unless a process
              was killed with its connections
  held        requests that were not sent because 64 others waited for their answers: the machine is too slow for the rate

Exits 1 when one that must be 0 is not, 2 when there is no cluster to break.`;

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "50" },
    shards: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    format: { type: "string", default: "table" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const missing = whyNoControlPlane();
if (missing !== undefined) {
  console.error(`chaos: ${missing}`);
  process.exit(2);
}

/** What was counted while one fault lasted and was mended. */
interface Row {
  readonly fault: string;
  readonly requests: number;
  readonly throughApiServer: number;
  readonly wrong: number;
  readonly unanswered: number;
  readonly broken: number;
  readonly brokenMayBe: boolean;
  readonly held: number;
  readonly slowestMs: number;
  readonly fewestReady: number;
  readonly recoveredInMs: number;
  readonly measured: string;
  readonly faults: readonly string[];
}

const say = (text: string): void => console.error(`chaos: ${text}`);
const faults = FAULTS.filter(({ name }) => name.includes(values.only));
const cluster = await startReplicatedCluster({
  flags: ["--audit-interval=0", "--shutdown-delay=3", `--shards=${values.shards}`],
});
const rows: Row[] = [];
try {
  say("starting three replicas");
  await cluster.startAll(["gatekeeper-webhook-0", "gatekeeper-webhook-1", "gatekeeper-webhook-2"]);
  for (const objects of CLUSTER) await applyPatiently(cluster.plane, objects);
  await sleep(2000);
  const { service, bundle, api } = cluster;
  const load = new Load({ service, serverName: SERVER_NAME, bundle, perSecond: Number(values.rate) });
  const user = new ApiUser(api);
  await sleep(3000);
  load.take();
  user.take();
  for (const fault of faults) {
    say(fault.name);
    const row = await watched(fault, { cluster, load }, user);
    rows.push(row);
    for (const text of row.faults) say(`  ${text}`);
  }
  await user.stop();
  await load.stop();
} finally {
  await cluster.stop();
}
const good = rows.every(isGood);
if (values.format === "json") console.log(JSON.stringify({ good, rows }, undefined, 2));
else print();
process.exit(good ? 0 : 1);

/** A fault, and a second of peace behind it. */
async function watched(fault: Fault, scene: Scene, user: ApiUser): Promise<Row> {
  let fewestReady = scene.cluster.service.readyCount;
  const looking = setInterval(() => {
    fewestReady = Math.min(fewestReady, scene.cluster.service.readyCount);
  }, 50);
  const recoveredInMs = await fault.run(scene);
  await sleep(1000);
  clearInterval(looking);
  const asked = scene.load.take();
  const sent = user.take();
  return {
    fault: fault.name,
    requests: asked.requests,
    throughApiServer: sent.requests - sent.unavailable,
    wrong: asked.wrong + sent.wrong,
    unanswered: asked.unanswered + sent.unanswered,
    broken: asked.broken,
    brokenMayBe: fault.breaksConnections === true,
    held: asked.held,
    slowestMs: Math.round(asked.slowestMs),
    fewestReady,
    recoveredInMs: Math.round(recoveredInMs),
    measured: fault.measures,
    faults: [...asked.faults, ...sent.faults],
  };
}

function isGood({ wrong, unanswered, broken, brokenMayBe }: Row): boolean {
  return wrong === 0 && unanswered === 0 && (broken === 0 || brokenMayBe);
}

function print(): void {
  const head = [
    "",
    "requests",
    "by API server",
    "wrong",
    "unanswered",
    "broken",
    "held",
    "slowest",
    "ready",
    "recovered in",
  ];
  const lines = rows.map((row) => [
    `${isGood(row) ? "ok  " : "FAIL"} ${row.fault}`,
    String(row.requests),
    String(row.throughApiServer),
    String(row.wrong),
    String(row.unanswered),
    `${row.broken}${row.broken > 0 && row.brokenMayBe ? "*" : ""}`,
    String(row.held),
    `${row.slowestMs} ms`,
    `>= ${row.fewestReady}`,
    `${row.recoveredInMs} ms until ${row.measured}`,
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => (line[i] as string).length)));
  const last = head.length - 1;
  for (const line of [head, ...lines]) {
    const cells = line.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] as number) : i === last ? cell : cell.padStart(widths[i] as number),
    );
    console.log(cells.join("  "));
  }
  const total = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  console.log(
    `\n${total((row) => row.requests)} requests and ${total((row) => row.throughApiServer)} through the API server:` +
      ` ${total((row) => row.wrong)} wrong, ${total((row) => row.unanswered)} unanswered`,
  );
}
