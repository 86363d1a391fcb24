import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { request } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { valueAt } from "@portcullis/engine";
import { constraint, createFakeApiServer, kubeconfig, pod, template } from "@portcullis/engine/testing";
import type { FakeApiServer } from "@portcullis/engine/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { servingCertificate } from "../certificates/certificate-folder.ts";
import { customResourceDefinitions } from "../manifests/crds.ts";

// A manager and its audit as the processes that they are, in a cluster of the fake API server.

const SLOW = { timeout: 180_000 };
const onLinux = process.platform === "linux";

const kind = (group: string, version: string, name: string, plural: string, namespaced: boolean) => ({
  group,
  version,
  kind: name,
  plural,
  namespaced,
});
const CORE = [
  kind("", "v1", "Namespace", "namespaces", false),
  kind("", "v1", "Pod", "pods", true),
  kind("", "v1", "Event", "events", true),
];
const TEMPLATE_STATUSES = kind(
  "status.gatekeeper.sh",
  "v1beta1",
  "ConstraintTemplatePodStatus",
  "constrainttemplatepodstatuses",
  true,
);
const NO_PODS = kind("constraints.gatekeeper.sh", "v1beta1", "NoPods", "nopods", false);

let folder: string;
let report: string;
let cluster: FakeApiServer;
let manager: Running | undefined;

interface Running {
  readonly process: ChildProcess;
  readonly metricsPort: number;
  readonly port: number;
  readonly output: () => string;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-audit-process-"));
  report = join(folder, "audit.jsonl");
  cluster = await createFakeApiServer({ resources: CORE });
  for (const crd of customResourceDefinitions()) cluster.put(crd);
  cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  cluster.put(pod("a", { namespace: "shop" }));
  cluster.put(template("NoPods", 'package p\nviolation[{"msg": "no"}] { input.review.kind.kind == "Pod" }'));
});
afterEach(async () => {
  if (manager && isAlive(manager.process.pid)) {
    manager.process.kill("SIGKILL");
    await once(manager.process, "exit");
  }
  manager = undefined;
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

/** Starts a manager, and waits until it has audited the cluster with the constraint in force. */
async function auditing(...flags: readonly string[]): Promise<Running> {
  const kubeconfigFile = join(folder, "kubeconfig");
  writeFileSync(kubeconfigFile, kubeconfig(cluster.url));
  await servingCertificate(folder, { hosts: ["localhost"], now: new Date() });
  const [port, metricsPort] = await Promise.all([freePort(), freePort()]);
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--no-warnings",
      join(import.meta.dirname, "../cli/main.ts"),
      `--port=${port}`,
      `--cert-dir=${folder}`,
      "--disable-cert-rotation",
      "--health-addr=127.0.0.1:0",
      `--prometheus-port=${metricsPort}`,
      "--audit-interval=1",
      "--audit-threads=1",
      `--audit-report=${report}`,
      "--shutdown-delay=0",
      "--enable-pprof",
      "--pprof-port=0",
      ...flags,
    ],
    {
      env: {
        ...process.env,
        KUBECONFIG: kubeconfigFile,
        POD_NAME: "pod-1",
        POD_NAMESPACE: "gatekeeper-system",
      },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  manager = { process: child, port, metricsPort, output: () => output };
  // The manager makes a kind of the template.
  await eventually(() => {
    cluster.put(constraint("NoPods", "none"));
    expect(cluster.get(NO_PODS, { name: "none" })).toBeDefined();
  });
  await eventually(() => expect(statusOf("none")).toMatchObject({ totalViolations: 1 }));
  // Statuses come first.
  await eventually(() => expect(existsSync(report)).toBe(true));
  return manager;
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

const statusOf = (name: string) => valueAt(cluster.get(NO_PODS, { name }), "status");

/** Of audits, as they are logged. */
const runsBegun = ({ output }: Running): number => output().split('"event_type":"audit_started"').length - 1;

/** Process ids of the manager's children, as Linux lists them. */
function childrenOf({ process: { pid } }: Running): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

function isAlive(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

/** HTTP status of an answer of the webhook to nothing in particular. */
function askWebhook({ port }: Running): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/v1/admit", method: "POST", agent: false } as const;
    request({ ...options, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once("error", reject)
      .end();
  });
}

function metricsOf({ metricsPort }: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port: metricsPort, path: "/metrics", agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.once("end", () => resolve(text));
    }).once("error", reject);
  });
}

/** The value of a series; undefined where there is none. */
async function valueOf(running: Running, series: string): Promise<number | undefined> {
  const line = (await metricsOf(running)).split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const DENIED = 'gatekeeper_violations{enforcement_action="deny"}';

describe.skipIf(!onLinux)("the audit of a manager that serves admission", SLOW, () => {
  it("runs in a process of its own, behind all others, and is seen in the manager's metrics", async () => {
    const running = await auditing();
    const [audit = 0, ...others] = childrenOf(running);
    expect(others).toEqual([]);
    expect(getPriority(audit)).toBeGreaterThan(getPriority(running.process.pid));
    expect(readFileSync(`/proc/${audit}/oom_score_adj`, "utf8").trim()).toBe("1000");
    await eventually(async () => expect(await valueOf(running, DENIED)).toBe(1));
    expect(await valueOf(running, "gatekeeper_audit_duration_seconds_count")).toBeGreaterThan(0);
    expect(await valueOf(running, "gatekeeper_audit_last_run_end_time")).toBeGreaterThan(0);
    expect(await valueOf(running, 'portcullis_audit_status_writes_total{outcome="written"}')).toBeGreaterThan(
      0,
    );
    expect(await valueOf(running, "process_start_time_seconds")).toBeGreaterThan(0);
    expect(await valueOf(running, "process_resident_memory_bytes")).toBeGreaterThan(
      residentBytes(running.process.pid),
    );
    // The manager alone reports on policies.
    expect(cluster.objects(TEMPLATE_STATUSES).size).toBe(1);
  });

  it("is replaced when it is killed, and nobody who asks for admission notices", async () => {
    const running = await auditing();
    const [first = 0] = childrenOf(running);
    const brokenBefore = running.output().split("another one takes its place").length;
    const seen = firstSeen();
    const answers: Promise<number>[] = [];
    const asking = setInterval(() => answers.push(askWebhook(running)), 10);
    process.kill(first, "SIGKILL");
    await eventually(() => expect(childrenOf(running).filter((pid) => pid !== first)).toHaveLength(1));
    const begun = runsBegun(running);
    expect(await valueOf(running, DENIED)).toBe(1);
    cluster.put(pod("b", { namespace: "shop" }));
    await eventually(() => expect(statusOf("none")).toMatchObject({ totalViolations: 2 }));
    clearInterval(asking);
    expect(runsBegun(running)).toBeGreaterThan(begun);
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect(running.output().split("another one takes its place").length).toBe(brokenBefore + 1);
    // The report is the memory, and on a volume it outlives the process.
    await eventually(() => expect(firstSeen()).toHaveLength(2));
    expect(firstSeen()).toEqual(expect.arrayContaining([...seen]));
    await eventually(async () => expect(await valueOf(running, DENIED)).toBe(2));
  });

  it("ends with the manager: on SIGTERM, and when it is killed", async () => {
    const stopped = await auditing();
    const [audit = 0] = childrenOf(stopped);
    stopped.process.kill("SIGTERM");
    expect(await once(stopped.process, "exit")).toEqual([0, null]);
    expect(isAlive(audit)).toBe(false);
    const killed = await auditing("--shards=2");
    const children = childrenOf(killed);
    expect(children).toHaveLength(3);
    killed.process.kill("SIGKILL");
    await eventually(() => expect(children.filter(isAlive)).toEqual([]));
  });

  it("is in the manager's own process where that serves no admission", async () => {
    const running = await auditing("--operation=audit,status,generate");
    expect(childrenOf(running)).toEqual([]);
    await eventually(async () => expect(await valueOf(running, DENIED)).toBe(1));
  });

  it("does not begin where callers of its results could not be known", async () => {
    const started = auditing("--audit-api-addr=127.0.0.1:0", `--audit-api-token-file=${folder}/none`);
    started.catch(() => {});
    await eventually(() => expect(manager?.process.exitCode).toBe(1));
    expect(manager?.output()).toContain("-audit-api-token-file");
  });
});

/** When each violation of the last report was seen first, by its id. */
function firstSeen(): readonly string[] {
  const lines = readFileSync(report, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines
    .filter(({ type, state }) => type === "violation" && state !== "resolved")
    .map(({ id, firstSeen: first }) => `${String(id)} ${String(first)}`);
}

function residentBytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
