import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { objectMeta } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi, KubeResult, Resource } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { startControlPlane, whyNoControlPlane } from "../../testbed/control-plane.ts";
import type { ControlPlane } from "../../testbed/control-plane.ts";
import { apply, installKinds, kubectl, startManager } from "../../testbed/manager.ts";
import type { Program } from "../../testbed/manager.ts";
import { findPart } from "../../testbed/parts.ts";
import { repositoryRoot } from "../../test-data.ts";
import { libraryPolicies } from "../library-policies.ts";
import { cpuSecondsOf } from "../process-usage.ts";
import { medianOf } from "../timing.ts";
import { twoSweeps } from "./audited-process.ts";
import type { Limit } from "./audited-process.ts";
import {
  changedObjects,
  clusterNamespaces,
  clusterObjects,
  GENERATED_KINDS,
  NAMESPACE,
} from "./cluster-objects.ts";

/** Objects of the cluster that both audits look at. */
const COMPARED = 2_000;

/** How many times as many objects per second of CPU as Gatekeeper's ours has to do. */
const WANTED_TIMES = 50;

const OURS: Program = [process.execPath, join(repositoryRoot, "server/bin/portcullis.js")];

/** Generated clusters of a real API server: what an audit costs there, and what Gatekeeper's own does. */
export async function realClusters(size: number, limit: Limit): Promise<void> {
  const missing = whyNoControlPlane();
  if (missing !== undefined) return console.log(`\nreal API server: ${missing}`);
  const plane = await startControlPlane();
  const api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
  try {
    await create(api, NAMESPACE, clusterNamespaces());
    await fill(api, COMPARED);
    await compare(plane, limit);
    await fill(api, size);
    console.log(`\n${size} objects on a real API server, 36 policies`);
    await twoSweeps(plane.kubeconfig, () => change(api, size), limit);
  } finally {
    await api.close();
    await plane.stop();
  }
}

async function fill(api: KubeApi, size: number): Promise<void> {
  for (const kind of GENERATED_KINDS) await create(api, kind.resource, clusterObjects(kind, size));
}

const CALLS_AT_ONCE = 16;

/** Those that are there already stay as they are. */
async function create(api: KubeApi, resource: Resource, objects: readonly PlainObject[]): Promise<void> {
  await forEach(objects, async (object) => {
    const { managedFields: _managedFields, ...metadata } = object["metadata"] as PlainObject;
    const made = await api.create(resource, { ...object, metadata });
    if (!made.ok && made.error.reason !== "AlreadyExists") throw new Error(made.error.message);
  });
}

async function change(api: KubeApi, size: number): Promise<void> {
  for (const kind of GENERATED_KINDS) {
    await forEach(changedObjects(kind, size, 1), async (object) => {
      const { namespace, name } = objectMeta(object);
      const { annotations } = object["metadata"] as { readonly annotations: PlainObject };
      const changed: KubeResult<PlainObject> = await api.mergePatch(
        kind.resource,
        { namespace, name },
        { metadata: { annotations } },
      );
      if (!changed.ok) throw new Error(changed.error.message);
    });
  }
}

async function forEach(
  objects: readonly PlainObject[],
  work: (object: PlainObject) => Promise<void>,
): Promise<void> {
  const waiting = objects.values();
  const worker = async (): Promise<void> => {
    for (const object of waiting) await work(object);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
}

/** The same cluster audited by both managers: processes as they run in a Pod, results and all. */
async function compare(plane: ControlPlane, limit: Limit): Promise<void> {
  const gatekeeper = findPart("gatekeeper");
  if (gatekeeper === undefined) {
    return console.log(
      "\n!! NO COMPARISON WITH A REAL GATEKEEPER: GATEKEEPER_BIN is not set, and `npm run testbed` built none",
    );
  }
  await installPolicies(plane);
  console.log(
    `\n${COMPARED} generated objects on a real API server, audited by both, every object each time`,
  );
  const folder = join(plane.folder, "pages");
  mkdirSync(folder);
  const ours = await audits(plane, "ours", OURS, ["--audit-full-every=1", "--audit-interval=5"], 5);
  const theirs = await audits(
    plane,
    "theirs",
    [gatekeeper],
    ["--audit-interval=5", `--api-cache-dir=${folder}`],
    2,
  );
  limit(`${WANTED_TIMES} times our CPU time, in that of Gatekeeper's`, (WANTED_TIMES * ours) / theirs, 1, "");
  console.log(`     ours does ${(theirs / ours).toFixed(0)} times as many objects per second of CPU`);
}

async function installPolicies(plane: ControlPlane): Promise<void> {
  const policies = libraryPolicies(36, 36);
  if (!policies) throw new Error("the test data is absent");
  await installKinds(plane);
  const generator = await startManager(plane, {
    podName: "generator",
    register: false,
    program: OURS,
    flags: ["--operation=generate", "--operation=status", "--shutdown-delay=0"],
  });
  await apply(plane, policies.templates);
  const kinds = policies.templates.map((each) => `crd/${objectMeta(each).name}.constraints.gatekeeper.sh`);
  while ((await plane.kubectl(["get", ...kinds])).code !== 0) await pause(200);
  await kubectl(plane, ["wait", "--for=condition=Established", "--timeout=60s", ...kinds]);
  await apply(plane, policies.constraints);
  await generator.stop();
}

/** Seconds of CPU that an audit takes, from the end of one to the end of the next; the first ones run cold and are left out. */
async function audits(
  plane: ControlPlane,
  name: string,
  program: Program,
  flags: readonly string[],
  count: number,
): Promise<number> {
  const manager = await startManager(plane, {
    podName: `audit-${name}`,
    register: false,
    program,
    flags: ["--operation=audit", "--operation=status", "--shutdown-delay=0", ...flags],
  });
  const seconds: number[] = [];
  try {
    let ended = await nextEnd(manager, 0);
    let before = cpuSecondsOf(manager.process.pid);
    const started = performance.now();
    while (seconds.length < count) {
      ended = await nextEnd(manager, ended);
      const cpu = cpuSecondsOf(manager.process.pid);
      seconds.push(cpu - before);
      before = cpu;
    }
    const median = medianOf(seconds);
    console.log(
      `${name.padEnd(7)} ${median.toFixed(2)} s of CPU an audit (${seconds.map((each) => each.toFixed(2)).join(", ")}), ` +
        `${Math.round(COMPARED / median)} objects/s of CPU, ${((performance.now() - started) / 1000 / count).toFixed(1)} s from one end to the next, ` +
        `${violationsIn(await manager.metrics())} violations`,
    );
    return median;
  } finally {
    await manager.stop();
  }
}

async function nextEnd(manager: { metrics(): Promise<string> }, after: number): Promise<number> {
  for (;;) {
    const [, ended] =
      /^gatekeeper_audit_last_run_end_time(?:\{[^}]*\})? (\S+)$/m.exec(
        await manager.metrics().catch(() => ""),
      ) ?? [];
    if (ended !== undefined && Number(ended) > after) return Number(ended);
    await pause(100);
  }
}

function violationsIn(metrics: string): number {
  const rows = metrics.matchAll(/^gatekeeper_violations(?:\{[^}]*\})? (\S+)$/gm);
  return [...rows].reduce((sum, [, count]) => sum + Number(count), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
