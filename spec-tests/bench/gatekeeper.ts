// npm run bench:gatekeeper: our manager and, where GATEKEEPER_BIN names it, the real one, behind the same load on the same API
// server: CPU per request, and the time from process start to ready. Runs the built command: `npm run build` first.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Manager, Program } from "../testbed/manager.ts";
import { findPart } from "../testbed/parts.ts";
import { repositoryRoot } from "../test-data.ts";
import { benchRequests } from "./library-folder.ts";
import { libraryPolicies } from "./library-policies.ts";
import type { LibraryPolicies } from "./library-policies.ts";
import { startLoad } from "./load.ts";
import type { LoadResult, LoadTarget } from "./load.ts";
import { cpuSecondsOf, residentMiBOf } from "./process-usage.ts";
import { medianOf } from "./timing.ts";

const TEMPLATES = 36;
const CONSTRAINTS = 50;
const STARTS = 5;
/**
 * V8 compiles what is hot while it serves: what 36 templates need takes some 20,000 requests, which is a minute of a busy
 * cluster. What is measured is how the days after it go by; what the first requests cost is told besides.
 */
const WARM_UP_ROUNDS = 10;
const ROUNDS = 4;
/** What the quicker process answers while the slower one answers fewer would make it wait for nothing. */
const REQUESTS_A_ROUND = { ours: 3_000, theirs: 300 };

interface Contender {
  readonly name: "ours" | "theirs";
  readonly program: Program;
}

const OURS = join(repositoryRoot, "server/bin/portcullis.js");

process.exitCode = await main();

async function main(): Promise<number> {
  const policies = libraryPolicies(TEMPLATES, CONSTRAINTS);
  const missing = whyNoControlPlane() ?? (policies ? undefined : "SKIPPED: the test data is absent.");
  if (missing !== undefined || !policies) {
    console.log(missing);
    return 0;
  }
  if (!existsSync(join(repositoryRoot, "server/dist/commands"))) {
    console.log("build first: npm run build");
    return 1;
  }
  const gatekeeper = findPart("gatekeeper");
  if (gatekeeper === undefined) {
    console.log(
      "!! NO COMPARISON WITH A REAL GATEKEEPER: GATEKEEPER_BIN is not set, and `npm run testbed` built none",
    );
  }
  const contenders: Contender[] = [{ name: "ours", program: [process.execPath, OURS] }];
  if (gatekeeper !== undefined) contenders.push({ name: "theirs", program: [gatekeeper] });
  const plane = await startControlPlane();
  try {
    await prepare(plane, policies);
    await starts(plane, contenders);
    await load(plane, contenders);
  } finally {
    await plane.stop();
  }
  return 0;
}

/** Puts templates, their kinds and constraints into the cluster, with a manager that makes the kinds. */
async function prepare(plane: ControlPlane, { templates, constraints }: LibraryPolicies): Promise<void> {
  await installKinds(plane);
  const names = new Set(benchRequests().flatMap(({ body }) => namespaceOf(body)));
  await apply(
    plane,
    [...names].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
  );
  const generator = await startManager(plane, {
    podName: "generator",
    register: false,
    program: [process.execPath, OURS],
    flags: ["--operation=generate", "--operation=status", "--shutdown-delay=0"],
  });
  await apply(plane, templates);
  const kinds = templates.map((template) => `crd/${nameOf(template)}.constraints.gatekeeper.sh`);
  await untilThere(plane, kinds);
  await kubectl(plane, ["wait", "--for=condition=Established", "--timeout=60s", ...kinds]);
  await apply(plane, constraints);
  await generator.stop();
  console.log(`${templates.length} templates, ${constraints.length} constraints`);
}

async function untilThere(plane: ControlPlane, objects: readonly string[]): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const { code, stderr } = await plane.kubectl(["get", ...objects]);
    if (code === 0) return;
    if (performance.now() > deadline) throw new Error(stderr);
  }
}

/** Starts each contender some times, in turn. */
async function starts(plane: ControlPlane, contenders: readonly Contender[]): Promise<void> {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const cpu = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < STARTS; round++) {
    for (const contender of contenders) {
      const manager = await startWebhook(plane, contender);
      times.get(contender.name)?.push(manager.readyMs);
      cpu.get(contender.name)?.push(cpuSecondsOf(manager.process.pid));
      await manager.stop();
    }
  }
  for (const { name } of contenders) {
    const [all = [], seconds = []] = [times.get(name), cpu.get(name)];
    console.log(
      `${name.padEnd(7)} process start to ready: ${(medianOf(all) / 1000).toFixed(2)} s ` +
        `(${(Math.min(...all) / 1000).toFixed(2)} to ${(Math.max(...all) / 1000).toFixed(2)}), ` +
        `${medianOf(seconds).toFixed(2)} s of CPU until then`,
    );
  }
}

function startWebhook(plane: ControlPlane, { name, program }: Contender): Promise<Manager> {
  return startManager(plane, {
    podName: name,
    register: false,
    program,
    flags: ["--operation=webhook", "--shutdown-delay=0"],
  });
}

/** The same requests to each, round by round. */
async function load(plane: ControlPlane, contenders: readonly Contender[]): Promise<void> {
  const bodies = benchRequests().map(({ body }) => body);
  const runs = [];
  for (const contender of contenders) {
    const manager = await startWebhook(plane, contender);
    runs.push({ ...contender, manager, load: startLoad(targetOf(manager), bodies) });
  }
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const { name, load } of runs) {
      await load.run(REQUESTS_A_ROUND[name]);
      if (round > 0) continue;
      const { requests, cpuMicrosPerRequest } = load.result();
      console.log(
        `${name.padEnd(7)} its first ${requests} requests: CPU ${millis(cpuMicrosPerRequest)} each`,
      );
    }
  }
  for (const { load } of runs) load.forget();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, load } of runs) await load.run(REQUESTS_A_ROUND[name]);
  }
  const results = new Map<string, LoadResult>();
  for (const { name, load, manager } of runs) {
    const result = load.result();
    results.set(name, result);
    console.log(
      `${name.padEnd(7)} ${result.requests} requests, CPU ${millis(result.cpuMicrosPerRequest)} a request, ` +
        `${result.requestsPerSecond.toFixed(0)} requests/s, p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(2)} ms, ` +
        `${residentMiBOf(manager.process.pid).toFixed(0)} MiB`,
    );
    load.close();
    await manager.stop();
  }
  const [ours, theirs] = [results.get("ours"), results.get("theirs")];
  if (!ours || !theirs) return;
  const ratio = theirs.cpuMicrosPerRequest / ours.cpuMicrosPerRequest;
  console.log(
    `Gatekeeper needs ${ratio.toFixed(0)} times our CPU for a request (at least 50 wanted, 100 hoped for)`,
  );
}

function millis(micros: number): string {
  return `${(micros / 1000).toFixed(3)} ms`;
}

function targetOf({ url, ca, process: { pid } }: Manager): LoadTarget {
  return { url: new URL(url), ca, cpuSeconds: () => cpuSecondsOf(pid) };
}

function namespaceOf(body: string): readonly string[] {
  const { request } = JSON.parse(body) as { readonly request: { readonly namespace?: string } };
  return request.namespace === undefined || request.namespace === "" ? [] : [request.namespace];
}

function nameOf(object: PlainObject): string {
  return (object["metadata"] as { readonly name: string }).name;
}
