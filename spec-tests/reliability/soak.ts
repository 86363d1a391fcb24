// npm run soak [-- --requests N --connections N --format json]
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { whyNoControlPlane, startControlPlane } from "../testbed/control-plane.ts";
import { apply, applyPatiently, command, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import { inspect } from "../testbed/inspected.ts";
import { trends } from "./flatness.ts";
import type { Sample, Trend } from "./flatness.ts";
import { post } from "./load.ts";
import { CLUSTER, config, freshConstraint, ingress } from "./policies.ts";
import { QUESTIONS } from "./questions.ts";
import type { Question } from "./questions.ts";

const HELP = `Asks one process of the webhook for a long time, while policies and data change, and watches its memory. Needs etcd,
kube-apiserver and kubectl (npm run testbed).

  npm run soak                             200,000 requests
  npm run soak -- --requests 20000         fewer
  npm run soak -- --connections 16         requests at once (default 8)
  npm run soak -- --format json            one JSON object on stdout

Twenty times in a run everything stands still, the process collects its garbage, told by its inspector, and its heap in use
and its resident size are read. The first 30 % are warm-up. Flat means that a straight line through the others gains no more
than 2 % or 1 MiB of heap, and 10 % or 16 MiB of resident size.

Exits 1 when an answer was wrong or memory grew, 2 when there is no API server.`;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "200000" },
    connections: { type: "string", default: "8" },
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
  console.error(`soak: ${missing}`);
  process.exit(2);
}

const SAMPLES = 20;
const CHANGE_MS = 500;
const MIB = 1024 * 1024;
const requests = Number(values.requests);

const plane = await startControlPlane();
const samples: Sample[] = [];
const faults: string[] = [];
let asked = 0;
let wrong = 0;
let changes = 0;
let seconds = 0;
try {
  await installKinds(plane);
  const manager = await startManager(plane, {
    register: false,
    program: command("--inspect=127.0.0.1:0"),
    flags: ["--audit-interval=0", "--shutdown-delay=0"],
  });
  for (const objects of CLUSTER) await applyPatiently(plane, objects);
  await sleep(2000);
  const agent = new Agent({ keepAlive: true, maxSockets: Number(values.connections), ca: manager.ca });
  const started = performance.now();
  const ended = new AbortController();
  const inspected = await inspect(manager.process);
  const changing = again(ended.signal, CHANGE_MS, () => change(changes++));
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const until = Math.round((requests * sample) / SAMPLES);
    await Promise.all(
      Array.from({ length: Number(values.connections) }, async () => {
        while (asked < until) await ask(asked++, manager.port, agent);
      }),
    );
    const heapBytes = await inspected.heapInUse();
    const residentBytes = metric(await manager.metrics(), "process_resident_memory_bytes");
    samples.push({ requests: until, heapBytes, residentBytes });
    console.error(`soak: ${until} of ${requests}, heap ${mib(heapBytes)}, resident ${mib(residentBytes)}`);
  }
  seconds = (performance.now() - started) / 1000;
  ended.abort();
  await changing;
  inspected.close();
  agent.destroy();
  await manager.stop();
} finally {
  await plane.stop();
}

const { heap, resident } = trends(samples);
const good = wrong === 0 && heap.flat && resident.flat;
if (values.format === "json") {
  console.log(
    JSON.stringify(
      { good, requests, seconds, changes, wrong, faults, heap, resident, samples },
      undefined,
      2,
    ),
  );
} else {
  console.log("   requests       heap   resident");
  for (const sample of samples) {
    const cells = [String(sample.requests), mib(sample.heapBytes), mib(sample.residentBytes)];
    console.log(cells.map((cell) => cell.padStart(11)).join(""));
  }
  console.log(
    `\n${requests} requests in ${seconds.toFixed(0)} s, ${changes} changes of policies and data, ${wrong} wrong answers`,
  );
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`heap ${told(heap)}\nresident size ${told(resident)}`);
}
process.exit(good ? 0 : 1);

async function ask(n: number, port: number, agent: Agent): Promise<void> {
  const question = QUESTIONS[n % QUESTIONS.length] as Question;
  const fault = await post(agent, question.path, question.body(n), port).then(
    (answer) => question.fault(answer, n),
    (error: unknown) => String(error),
  );
  if (fault === undefined) return;
  wrong++;
  if (faults.length < 5) faults.push(`${question.name}: ${fault}`);
}

/** Policies and data come, change and go; what is asked about stays as it is. */
async function change(n: number): Promise<void> {
  const name = `changing-${Math.floor(n / 4) % 5}`;
  switch (n % 4) {
    case 0:
      await apply(plane, [freshConstraint(name), ingress(name, `${name}-${n}.example.com`)]);
      break;
    case 1:
      // Another version of a template that is in use: compiled anew, its constraints given to it again.
      await kubectl(plane, [
        "annotate",
        "constrainttemplate",
        "reliablelabels",
        `version=${n}`,
        "--overwrite",
      ]);
      break;
    case 2:
      await apply(plane, [config({ kinds: n % 8 === 2 ? ["Service", "ConfigMap"] : ["Service"] })]);
      break;
    default:
      await kubectl(plane, ["delete", "reliablelabels", name]);
      await kubectl(plane, ["delete", "ingress", "-n", "shop", name]);
  }
}

/** Does something now and then until the signal; failures are told and do not end it. */
async function again(signal: AbortSignal, everyMs: number, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => console.error(`soak: ${String(error)}`));
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

function metric(text: string, name: string): number {
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(text)?.[1]);
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function told({ growthBytes, meanBytes, flat }: Trend): string {
  const sign = growthBytes < 0 ? "-" : "+";
  return `${mib(meanBytes)} on average, ${sign}${mib(Math.abs(growthBytes))} after the warm-up: ${flat ? "flat" : "IT GROWS"}`;
}
