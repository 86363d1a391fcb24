import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@portcullis/engine";
import type { Client, Review } from "@portcullis/engine";
import { isObject, parseJson, type PlainObject } from "@portcullis/interpreter";
import { repositoryRoot, testData } from "../test-data.ts";
import { benchRequests, libraryFolder } from "./library-folder.ts";
import { libraryPolicies } from "./library-policies.ts";
import { duration, time, type Timing } from "./timing.ts";

/** The framework: what a review, a template and constraints cost; and `gator` as a process, beside a real one. */
export function gator(): void {
  const requests = benchRequests();
  const folder = libraryFolder(36);
  if (!folder || requests.length === 0) {
    console.log("  no test data: skipped");
    return;
  }
  const policies = policies36();
  const reviews = requests.map(({ body }) => reviewOf(body));
  perReview(policies, reviews);
  perTemplate(policies);
  perConstraint(policies);
  processes(
    folder.path,
    requests.map(({ body }) => body),
  );
}

interface Policy {
  readonly template: PlainObject;
  readonly constraint: PlainObject;
}

function policies36(): readonly Policy[] {
  const loaded = libraryPolicies(36, 36);
  if (!loaded) return [];
  return loaded.templates.map((template, index) => ({
    template,
    constraint: loaded.constraints[index] as PlainObject,
  }));
}

function requestOf(body: string): PlainObject {
  const parsed = parseJson(body);
  const review = parsed.ok ? parsed.value : null;
  if (!isObject(review)) throw new Error("no AdmissionReview");
  return (review as PlainObject)["request"] as PlainObject;
}

function reviewOf(body: string): Review {
  return { request: requestOf(body), source: "Original" };
}

function load(policies: readonly Policy[]): Client {
  const client = createClient();
  for (const { template, constraint } of policies) {
    demand(client.addTemplate(template));
    demand(client.addConstraint(constraint));
  }
  return client;
}

function demand(outcome: ReturnType<Client["addTemplate"]>): void {
  if (!outcome.ok) throw new Error(outcome.error.message);
}

function line(name: string, { median, fastest, slowest }: Timing, per = 1): void {
  const [middle, low, high] = [median, fastest, slowest].map((ns) => duration(ns / per)) as [
    string,
    string,
    string,
  ];
  console.log(`  ${name.padEnd(48)} ${middle.padStart(10)}  (${low} to ${high})`);
}

const POINT = { enforcementPoint: "validation.gatekeeper.sh" } as const;

function perReview(policies: readonly Policy[], reviews: readonly Review[]): void {
  const client = load(policies);
  const all = (): void => {
    for (const review of reviews) client.review(review, POINT);
  };
  const timing = time(all, { warmUpMs: 1500, roundMs: 200 });
  line(`a review: 36 policies, ${reviews.length} AdmissionReviews`, timing, reviews.length);
}

function perTemplate(policies: readonly Policy[]): void {
  const all = (): void => {
    const client = createClient();
    for (const { template } of policies) demand(client.addTemplate(template));
  };
  line(
    "adding a template, mean of 36",
    time(all, { rounds: 5, roundMs: 200, warmUpMs: 1000 }),
    policies.length,
  );
}

/** Constraints of one kind, each with a name of its own. */
function perConstraint(policies: readonly Policy[]): void {
  const [policy] = policies as readonly [Policy];
  for (const count of [1, 100, 1000]) {
    const constraints = Array.from({ length: count }, (_none, index) => ({
      ...policy.constraint,
      metadata: { name: `c${index}` },
    }));
    const client = createClient();
    demand(client.addTemplate(policy.template));
    const all = (): void => {
      for (const constraint of constraints) demand(client.addConstraint(constraint));
    };
    line(`adding a constraint, ${count} in all`, time(all), count);
  }
}

interface Measured {
  readonly wallMs: number;
  /** User and system time. */
  readonly cpuMs: number;
}

/** Runs a process to its end and tells what it took, the shortest of three runs. */
function measured(command: string, args: readonly string[]): Measured {
  let best: Measured | undefined;
  for (let run = 0; run < 3; run++) {
    const children = childCpuMs();
    const start = performance.now();
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    const wallMs = performance.now() - start;
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
    const cpuMs = childCpuMs() - children;
    if (!best || cpuMs < best.cpuMs) best = { wallMs, cpuMs };
  }
  return best as Measured;
}

/** CPU milliseconds of all children that have ended, as Linux counts them in hundredths of a second. */
function childCpuMs(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function processes(folder: string, bodies: readonly string[]): void {
  const command = join(repositoryRoot, "engine/bin/gator.js");
  const library = testData("gatekeeper-library/library");
  if (!library) {
    console.log("  gator as a process: SKIPPED, there are no suites (gatekeeper-library in the test data)");
    return;
  }
  bundleCommands();
  const peer = peerBinary();
  const suites = `${library}/...`;
  const reviewed = reviewFolder(folder, bodies);
  const contenders = [
    { name: "ours", binary: process.execPath, before: [command], few: 100, many: 600 },
    ...(peer ? [{ name: "gator", binary: peer, before: [], few: 2, many: 12 }] : []),
  ];
  const rows = contenders.map(({ name, binary, before, few, many }) => {
    const start = measured(binary, [...before, "version"]);
    const verify = measured(binary, [...before, "verify", suites]);
    const bench = (iterations: number): number => {
      const given = [`--filename=${reviewed.path}`, "--engine=rego", "--warmup=0", "--output=json"];
      return measured(binary, [...before, "bench", ...given, `--iterations=${iterations}`]).cpuMs;
    };
    // The difference of a long and a short run leaves start and compilation out.
    const cpuNs = ((bench(many) - bench(few)) * 1e6) / ((many - few) * reviewed.objects);
    console.log(
      `  ${name.padEnd(6)} start ${start.wallMs.toFixed(0)} ms; verify of the library ${verify.wallMs.toFixed(0)} ms, CPU ${verify.cpuMs} ms; ` +
        `a review (36 templates, 50 constraints) CPU ${duration(cpuNs)}`,
    );
    return { cpuNs, verify };
  });
  const [ours, theirs] = rows;
  if (!ours || !theirs) return;
  console.log(
    `  gator takes ${(theirs.cpuNs / ours.cpuNs).toFixed(1)} times our CPU a review, ` +
      `${(theirs.verify.wallMs / ours.verify.wallMs).toFixed(2)} times our time for verify`,
  );
}

/** Makes what a user runs from the source as it stands; does nothing where it is there. */
function bundleCommands(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(repositoryRoot, "bundle.mjs")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bundle.mjs: ${stderr}`);
}

/** The real gator that GATOR_BIN names; says loudly where there is none. */
function peerBinary(): string | undefined {
  const path = process.env["GATOR_BIN"];
  if (path && existsSync(path)) return path;
  const why = path ? `GATOR_BIN names ${path}, which is not there` : "GATOR_BIN is not set";
  console.log(`  !! NO COMPARISON WITH A REAL GATOR: ${why}`);
  return undefined;
}

/** The 36 policies with 50 constraints (the first ones twice, under other names), and the objects of the requests. */
function reviewFolder(folder: string, bodies: readonly string[]) {
  const path = mkdtempSync(join(tmpdir(), "portcullis-gator-bench-"));
  cpSync(folder, path, { recursive: true });
  const policies = policies36();
  for (const [index, { constraint }] of policies.slice(0, 14).entries()) {
    const twin = { ...constraint, metadata: { name: `twin-${index}` } };
    writeFileSync(join(path, `twin-${index}.json`), JSON.stringify(twin));
  }
  mkdirSync(join(path, "objects"));
  const objects = bodies
    .map((body) => requestOf(body)["object"])
    .filter((object) => isObject(object ?? null));
  for (const [index, object] of objects.entries())
    writeFileSync(join(path, "objects", `${index}.json`), JSON.stringify(object));
  return { path, objects: objects.length };
}
