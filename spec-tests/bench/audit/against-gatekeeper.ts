import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { objectMeta } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { ControlPlane } from "../../testbed/control-plane.ts";
import { apply, installKinds, kubectl, podOf, startManager } from "../../testbed/manager.ts";
import type { Manager, Program } from "../../testbed/manager.ts";
import { findPart } from "../../testbed/parts.ts";
import { repositoryRoot } from "../../test-data.ts";
import { libraryPolicies } from "../library-policies.ts";
import { cpuSecondsOf } from "../process-usage.ts";
import { medianOf } from "../timing.ts";
import type { Limit } from "./audited-process.ts";
import { differences, everyViolation } from "./found-violations.ts";

/** How many times as many objects per second of CPU as Gatekeeper's ours has to do. */
const WANTED_TIMES = 50;

/** Our manager as it is built. */
export const OURS: Program = [process.execPath, join(repositoryRoot, "server/bin/portcullis.js")];

/** One of the two. */
interface Contender {
  readonly name: string;
  readonly program: Program;
  /** Both audit everything each time, as often as they can. */
  readonly flags: readonly string[];
  /** Audits before those: V8 goes on compiling for some 20,000 reviews, which a manager has behind it within the hour. */
  readonly warmUp: number;
  /** Audits whose median counts. */
  readonly audits: number;
}

/**
 * The same cluster, with its policies, audited by our manager and by Gatekeeper's: processes as they run in a Pod, results and all. What it costs is
 * the CPU time of the whole process from the end of one audit to the end of the next, with whatever else it does meanwhile; how
 * each starts is left out, as are its first audits, shown by themselves. Where both judge by the templates' Rego, they must find the same.
 */
export async function compareWithGatekeeper(
  plane: ControlPlane,
  objects: number,
  limit: Limit,
): Promise<void> {
  const gatekeeper = findPart("gatekeeper");
  if (gatekeeper === undefined) {
    return console.log(
      "\n!! NO COMPARISON WITH A REAL GATEKEEPER: GATEKEEPER_BIN is not set, and `npm run testbed` built none",
    );
  }
  const [ours, theirs] = contenders(plane, gatekeeper);
  // Their Pods are part of what they audit.
  await apply(plane, [ours, theirs].map(podNameOf).map(podOf));
  console.log(`\n${objects} generated objects on a real API server, audited by both, every object each time`);
  const ourSeconds = await auditSeconds(plane, ours, objects);
  const theirSeconds = await auditSeconds(plane, theirs, objects);
  limit(
    `${WANTED_TIMES} times our CPU time, in that of Gatekeeper's`,
    (WANTED_TIMES * ourSeconds) / theirSeconds,
    1,
    "",
  );
  console.log(
    `     ours does ${(theirSeconds / ourSeconds).toFixed(0)} times as many objects per second of CPU`,
  );
  // Templates that have both are judged by their CEL there, whose messages and counts are other ones.
  const byRego = { ...theirs, flags: [...theirs.flags, "--enable-k8s-native-validation=false"] };
  const different = differences(await foundBy(plane, ours), await foundBy(plane, byRego));
  for (const line of different.slice(0, 20)) console.log(`     ${line}`);
  limit("violations that one of both finds and the other does not", different.length, 0, "");
}

function contenders(plane: ControlPlane, gatekeeper: string): readonly [ours: Contender, theirs: Contender] {
  const folder = join(plane.folder, "pages");
  mkdirSync(folder);
  return [
    { name: "ours", program: OURS, flags: ["--audit-full-every=1"], warmUp: 10, audits: 9 },
    { name: "theirs", program: [gatekeeper], flags: [`--api-cache-dir=${folder}`], warmUp: 1, audits: 2 },
  ];
}

/** Our kinds, and 36 policies of the library. */
export async function installPolicies(plane: ControlPlane): Promise<void> {
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

function podNameOf({ name }: Pick<Contender, "name">): string {
  return `audit-${name}`;
}

function startAudits(
  plane: ControlPlane,
  contender: Contender,
  flags: readonly string[] = [],
): Promise<Manager> {
  return startManager(plane, {
    podName: podNameOf(contender),
    register: false,
    program: contender.program,
    flags: [
      "--operation=audit",
      "--operation=status",
      "--shutdown-delay=0",
      "--audit-interval=5",
      ...contender.flags,
      ...flags,
    ],
  });
}

/** Seconds of CPU that an audit takes, from the end of one to the end of the next, once it is warm. */
async function auditSeconds(plane: ControlPlane, contender: Contender, objects: number): Promise<number> {
  const manager = await startAudits(plane, contender);
  const { warmUp, audits, name } = contender;
  const seconds: number[] = [];
  try {
    let ended = await nextEnd(manager, "");
    let before = cpuSecondsOf(manager.process.pid);
    const started = performance.now();
    while (seconds.length < warmUp - 1 + audits) {
      ended = await nextEnd(manager, ended);
      const cpu = cpuSecondsOf(manager.process.pid);
      seconds.push(cpu - before);
      before = cpu;
    }
    const [cold, warm] = [seconds.slice(0, warmUp - 1), seconds.slice(warmUp - 1)];
    const median = medianOf(warm);
    const cells = [
      `${name.padEnd(7)} ${median.toFixed(2)} s of CPU an audit (${textOf(warm)})`,
      ...(cold.length > 0 ? [`before these ${textOf(cold)}`] : []),
      `${Math.round(objects / median)} objects/s of CPU`,
      `${((performance.now() - started) / 1000 / seconds.length).toFixed(1)} s from one end to the next`,
      `${violationsIn(await manager.metrics())} violations`,
    ];
    console.log(cells.join(", "));
    return median;
  } finally {
    await manager.stop();
  }
}

function textOf(seconds: readonly number[]): string {
  return seconds.map((each) => each.toFixed(2)).join(", ");
}

/** What an audit writes into the statuses of the constraints where nothing is left out. */
async function foundBy(plane: ControlPlane, contender: Contender): Promise<readonly string[]> {
  const manager = await startAudits(plane, contender, ["--constraint-violations-limit=1000000"]);
  try {
    const started = Date.now();
    for (;;) {
      const list = await kubectl(plane, ["get", "constraints", "-o", "json"]);
      const { items } = JSON.parse(list) as { readonly items: readonly PlainObject[] };
      const found = everyViolation(items, started);
      if (found) return found;
      await pause(500);
    }
  } finally {
    await manager.stop();
  }
}

/** The id of the next audit that ends. Told by the log: whoever asks for metrics has the process write them, at its cost. */
async function nextEnd({ process }: Manager, after: string): Promise<string> {
  for (;;) {
    const line = process
      .output()
      .split("\n")
      .findLast((each) => each.includes('"event_type":"audit_finished"'));
    const [, ended] = /"audit_id":"([^"]*)"/.exec(line ?? "") ?? [];
    if (ended !== undefined && ended !== after) return ended;
    await pause(20);
  }
}

function violationsIn(metrics: string): number {
  const rows = metrics.matchAll(/^gatekeeper_violations(?:\{[^}]*\})? (\S+)$/gm);
  return [...rows].reduce((sum, [, count]) => sum + Number(count), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
