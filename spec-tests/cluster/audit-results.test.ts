import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { listAt, textAt, valueAt } from "@portcullis/engine";
import { constraint, pod, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";
import { NOBODY_TOKEN, runCommand, startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { CommandResult, ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, OWN_NAMESPACE, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { freePorts } from "../testbed/processes.ts";
import { ClusterPolicies, eventually, PATIENCE_MS } from "./cluster-policies.ts";

// What people see of an audit, against a real API server: statuses, Events, report, endpoint, metrics, and the command.

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`results of an audit against a real API server: ${skipped}`);

const TOKEN = "a-token-of-the-console";
const NAMES = ["a", "b", "c", "d", "e"];
const MESSAGE = `${"x".repeat(250)}äöüßéè`;
const BANNED = template(
  "BannedPods",
  `package banned
   violation[{"msg": msg, "details": {"big": 12345678901234567890}}] {
     input.review.object.metadata.labels.banned
     msg := sprintf("%v %v", [input.parameters.text, input.review.object.metadata.name])
   }`,
  { parameters: { type: "object", properties: { text: { type: "string" } } } },
);
const ON_PODS = { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } };

const banned = (name: string): PlainObject => ({
  ...pod(name, { namespace: "shop" }),
  metadata: { name, namespace: "shop", labels: { banned: "yes" } },
  spec: { containers: [{ name: "c", image: "i" }] },
});

const resource = (kind: string): Resource => ({
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind,
  plural: kind.toLowerCase(),
  namespaced: false,
});

describe.skipIf(skipped !== undefined)("the results of an audit", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let manager: Manager | undefined;
  let ports: readonly number[];
  let report: string;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    ports = await freePorts(2);
    report = join(plane.folder, "reports", "audit.jsonl");
    const tokenFile = join(plane.folder, "console-token");
    writeFileSync(tokenFile, TOKEN);
    manager = await startManager(plane, {
      register: false,
      flags: [
        "--audit-interval=1",
        "--constraint-violations-limit=3",
        "--emit-audit-events",
        "--log-stats-audit",
        `--prometheus-port=${ports[0]}`,
        `--audit-report=${report}`,
        `--audit-api-addr=127.0.0.1:${ports[1]}`,
        `--audit-api-token-file=${tokenFile}`,
      ],
    });
    const shop = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
    await apply(plane, [shop, ...NAMES.map(banned)]);
    const policies = new ClusterPolicies(plane, api);
    await policies.apply(BANNED);
    await policies.apply({
      ...constraint("BannedPods", "deny-it", { ...ON_PODS, parameters: { text: MESSAGE } }),
    });
    await policies.apply(
      constraint("BannedPods", "warn-of-it", {
        ...ON_PODS,
        parameters: { text: "careful" },
        enforcementAction: "warn",
      }),
    );
    await policies.apply(
      constraint("BannedPods", "clean", {
        match: { kinds: [{ apiGroups: [""], kinds: ["Secret"] }] },
        parameters: { text: "no" },
      }),
    );
    await policies.settled();
  }, 180_000);

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  async function statusOf(name: string): Promise<PlainObject> {
    const found = await api.get(resource("BannedPods"), { name });
    return (found.ok ? valueAt(found.value, "status") : {}) as PlainObject;
  }

  it("are in the status of every constraint, also of a clean one, beside what others write there", async () => {
    await eventually(() => statusOf("deny-it"), { totalViolations: 5 });
    const status = await statusOf("deny-it");
    expect(status["auditTimestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(status["byPod"]).toHaveLength(1);
    // The three smallest, in descending order; a message of 262 bytes loses whole characters.
    expect(status["violations"]).toEqual(
      ["c", "b", "a"].map((name) => ({
        group: "",
        version: "v1",
        kind: "Pod",
        namespace: "shop",
        name,
        message: `${"x".repeat(250)}ä...`,
        enforcementAction: "deny",
      })),
    );
    await eventually(() => statusOf("clean"), { totalViolations: 0 });
    expect((await statusOf("clean"))["violations"]).toBeUndefined();
  });

  it("are Events, one a violation, that are counted when it is found again", async () => {
    const events = async (): Promise<readonly PlainObject[]> =>
      listAt(
        JSON.parse(await kubectl(plane, ["get", "events", "-n", OWN_NAMESPACE, "-o", "json"])) as PlainObject,
        "items",
      ).filter((event) => textAt(event, "reason") === "AuditViolation") as readonly PlainObject[];
    await eventually(async () => ({ count: (await events()).length }), { count: 10 });
    await eventually(
      async () => (await events()).map((event) => Number(event["count"]) > 1),
      Array(10).fill(true),
    );
    const event = (await events()).find((each) => textAt(each, "message").includes("careful a"));
    expect(event).toMatchObject({
      message: "Resource Namespace: shop, Constraint: warn-of-it, Message: careful a",
      type: "Warning",
      source: { component: "gatekeeper-audit" },
      involvedObject: { kind: "Pod", name: "a", uid: "Pod/shop/a/BannedPods//warn-of-it" },
    });
  });

  const get = async (path: string, token = TOKEN): Promise<Response> =>
    fetch(`http://127.0.0.1:${ports[1]}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const linesOf = (text: string): Record<string, unknown>[] =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const violationsAt = async (query = ""): Promise<Record<string, unknown>[]> =>
    linesOf(await (await get(`/v1/audit/report${query}`)).text()).filter(({ type }) => type === "violation");

  it("are served whole to whoever shows the token, and are in the file", async () => {
    expect((await get("/v1/audit/report", "another-token-0000")).status).toBe(401);
    expect(await violationsAt("?constraint=deny-it")).toHaveLength(5);
    const { last } = (await (await get("/v1/audit")).json()) as { last: Record<string, unknown> };
    expect(last).toMatchObject({ violations: 10, errors: 0, incomplete: false });
    const lines = linesOf(readFileSync(report, "utf8"));
    expect(lines.filter(({ type }) => type === "violation")).toHaveLength(10);
    expect(lines.at(-1)).toMatchObject({ type: "summary", violations: 10 });
  });

  it("know since when a violation is there, and which one is resolved", async () => {
    const before = await violationsAt("?constraint=deny-it");
    await kubectl(plane, ["label", "pod", "-n", "shop", "c", "banned-"]);
    await eventually(async () => ({ left: (await violationsAt("?state=known&constraint=deny-it")).length }), {
      left: 4,
    });
    const seen = (all: readonly Record<string, unknown>[]) =>
      Object.fromEntries(all.map(({ id, firstSeen }) => [id, firstSeen]));
    const c = before.find(({ object }) => (object as PlainObject)["name"] === "c");
    const after = await violationsAt("?state=known&constraint=deny-it");
    expect(seen([...after, c ?? {}])).toEqual(seen(before));
    // Said in the report of one run; the ones before are kept beside it.
    const files = [report, `${report}.1`, `${report}.2`, `${report}.3`];
    const resolved = files
      .filter((file) => existsSync(file))
      .flatMap((file) => linesOf(readFileSync(file, "utf8")).filter(({ state }) => state === "resolved"));
    expect(resolved.filter(({ id }) => id === c?.["id"]).length).toBeGreaterThan(0);
    expect(new Set(resolved.map(({ object }) => (object as PlainObject)["name"]))).toEqual(new Set(["c"]));
    await eventually(() => statusOf("deny-it"), { totalViolations: 4 });
    await kubectl(plane, ["label", "pod", "-n", "shop", "c", "banned=yes"]);
  });

  it("are metrics, under Gatekeeper's names and ours", async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${ports[0]}/metrics`)).text();
    expect(metrics).toMatch(/^gatekeeper_violations\{enforcement_action="deny"\} [45]$/m);
    expect(metrics).toMatch(/^gatekeeper_violations\{enforcement_action="warn"\} [45]$/m);
    expect(metrics).toMatch(/^gatekeeper_audit_last_run_end_time \d+/m);
    expect(metrics).toMatch(/^portcullis_audit_errors 0$/m);
    expect(metrics).toMatch(/^portcullis_audit_progress_ratio [01]/m);
    expect(metrics).toMatch(/^portcullis_audit_status_writes_total\{outcome="written"\} [1-9]/m);
    expect(metrics).toMatch(/^portcullis_audit_status_writes_total\{outcome="lost"\} 0$/m);
  });

  it("are in the log, with how far each run is and what its templates took", async () => {
    const lines = async () => {
      // The first line may be cut off.
      const all = (manager?.process.output() ?? "").split("\n").slice(1, -1);
      return Promise.resolve(all.map((line) => JSON.parse(line) as Record<string, unknown>));
    };
    const types = async (): Promise<readonly unknown[]> =>
      (await lines()).flatMap((line) => line["event_type"] ?? []);
    await expect
      .poll(types, { timeout: PATIENCE_MS })
      .toEqual(
        expect.arrayContaining([
          "audit_started",
          "audit_progress",
          "violation_audited",
          "constraint_audited",
          "audit_stats",
          "audit_finished",
        ]),
      );
    const all = await lines();
    expect(all.find((line) => line["event_type"] === "violation_audited")).toMatchObject({
      process: "audit",
      constraint_kind: "BannedPods",
      resource_namespace: "shop",
      resource_labels: { banned: "yes" },
    });
    expect(all.find((line) => line["event_type"] === "audit_progress")).toMatchObject({
      kinds_done: expect.any(Number) as number,
      objects_expected: expect.any(Number) as number,
    });
  });

  it("are incomplete while a template is not in force, and say so; the constraints of others are judged", async () => {
    const broken = template("Broken", "package p\nviolation[{");
    await apply(plane, [broken]);
    const last = async () =>
      ((await (await get("/v1/audit")).json()) as { last: Record<string, unknown> }).last;
    await eventually(last, { errors: 1, incomplete: true, violations: 10 });
    const errors = linesOf(await (await get("/v1/audit/report")).text()).filter(
      ({ type }) => type === "error",
    );
    expect(errors).toEqual([
      {
        type: "error",
        message: expect.stringMatching(
          /^ConstraintTemplate broken is not in force as it is: .*rego_parse_error/s,
        ) as string,
        scope: { constraintKind: "Broken" },
      },
    ]);
    await kubectl(plane, ["delete", "constrainttemplate", "broken"]);
    await eventually(last, { errors: 0, incomplete: false });
  });

  describe("of the command `portcullis audit`", () => {
    beforeAll(() => eventually(() => statusOf("deny-it"), { totalViolations: 5 }));

    const commandLine = (...args: readonly string[]): readonly string[] => [
      process.execPath,
      "--conditions=@portcullis/source",
      "--no-warnings",
      join(repositoryRoot, "server/src/cli/main.ts"),
      "audit",
      "--audit-threads=1",
      ...(args.includes("--kubeconfig") ? [] : ["--kubeconfig", plane.kubeconfig]),
      ...args,
    ];
    const audit = (...args: readonly string[]): Promise<CommandResult> => {
      const [file = "", ...rest] = commandLine(...args);
      return runCommand(file, rest);
    };

    it("are a table, and exit code 1 where something is denied", async () => {
      const { code, stdout, stderr } = await audit();
      expect(stderr).toBe("");
      expect(code).toBe(1);
      expect(stdout).toMatch(/BannedPods\/deny-it +deny +Pod shop\/a/);
      expect(stdout).toMatch(/3 constraints, 10 violations of 2 constraints/);
    });

    it("are JSON with every violation", async () => {
      const { code, stdout } = await audit("--format", "json");
      const result = JSON.parse(stdout) as Record<string, PlainObject[]>;
      expect(code).toBe(1);
      expect(result).toMatchObject({ incomplete: false, errorCount: 0 });
      expect(result["violations"]).toHaveLength(10);
      expect(stdout).toContain('"details":{"big":12345678901234567890}');
      const [first] = await violationsAt("?constraint=deny-it&name=a");
      expect(result["violations"]?.map((violation) => violation["id"])).toContain(first?.["id"]);
    });

    it("are JUnit XML and SARIF for CI", async () => {
      const junit = await audit("--format", "junit");
      expect(junit.code).toBe(1);
      expect(junit.stdout).toMatch(
        /<testsuites name="portcullis audit" tests="11" failures="5" errors="0" skipped="5"/,
      );
      expect(junit.stdout.match(/<failure /g)).toHaveLength(5);
      const sarif = JSON.parse((await audit("--format=sarif")).stdout) as PlainObject;
      const [run] = listAt(sarif, "runs");
      expect(listAt(run, "results")).toHaveLength(10);
    });

    it("are those of one namespace where it is named", async () => {
      const { code, stdout } = await audit("-n", "default");
      expect([code, stdout]).toEqual([0, expect.stringMatching(/3 constraints, 0 violations/)]);
      expect((await audit("-n", "shop")).code).toBe(1);
      const nowhere = await audit("-n", "shpo");
      expect([nowhere.code, nowhere.stderr]).toEqual([2, "portcullis: there is no namespace `shpo`\n"]);
    });

    it("are by policies of files where they are named", async () => {
      const folder = join(plane.folder, "policies");
      mkdirSync(folder);
      const warned = constraint("BannedPods", "from-a-file", {
        ...ON_PODS,
        parameters: { text: "of a file" },
        enforcementAction: "warn",
      });
      writeFileSync(
        join(folder, "policies.json"),
        JSON.stringify({ apiVersion: "v1", kind: "List", items: [BANNED, warned] }),
      );
      const { code, stdout } = await audit("-f", folder);
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/of a file a\n[^]*1 constraint, 5 violations/),
      ]);
      writeFileSync(
        join(folder, "wrong.yaml"),
        `# no template\n${JSON.stringify(constraint("Unknown", "u"))}`,
      );
      const incomplete = await audit("-f", folder);
      expect([incomplete.code, incomplete.stdout]).toEqual([
        2,
        expect.stringMatching(/^incomplete: .*wrong\.yaml:2: Unknown u is not in force: /m),
      ]);
    });

    it("say what is new since an earlier report", async () => {
      const file = join(plane.folder, "command.jsonl");
      await audit("--audit-report", file);
      await apply(plane, [banned("f")]);
      const { stdout } = await audit("--audit-report", file);
      expect(stdout).toMatch(
        /since the last run: 2 new, 0 resolved\n {2}\+ Pod shop\/f: \[BannedPods\/deny-it\]/,
      );
      await kubectl(plane, ["delete", "pod", "-n", "shop", "f", "--force", "--grace-period=0"]);
    });

    it("are incomplete, with exit code 2, where not everything may be read", async () => {
      const role = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "auditor" },
        rules: [
          { apiGroups: ["*"], resources: ["*"], verbs: ["get"] },
          {
            apiGroups: ["templates.gatekeeper.sh", "constraints.gatekeeper.sh", "config.gatekeeper.sh"],
            resources: ["*"],
            verbs: ["list"],
          },
          { apiGroups: [""], resources: ["namespaces", "secrets"], verbs: ["list"] },
        ],
      };
      const binding = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "auditor" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "auditor" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "nobody" }],
      };
      const kubeconfig = join(plane.folder, "nobody");
      writeFileSync(kubeconfig, readFileSync(plane.kubeconfig, "utf8").replace(plane.token, NOBODY_TOKEN));
      const refused = await audit("--kubeconfig", kubeconfig);
      expect([refused.code, refused.stdout]).toEqual([2, ""]);
      expect(refused.stderr).toMatch(
        /^portcullis: could not list ConstraintTemplate\.templates\.gatekeeper\.sh: .*forbidden/,
      );
      await apply(plane, [role, binding]);
      await eventually(async () => ({ code: (await audit("--kubeconfig", kubeconfig)).code }), { code: 2 });
      const { stdout } = await audit("--kubeconfig", kubeconfig);
      expect(stdout).toMatch(/incomplete: could not list Pod: .*forbidden/);
      expect(stdout).toMatch(/3 constraints, 0 violations/);
    });

    it("are none where there is no cluster or the command line is wrong", async () => {
      const nowhere = await audit("--kubeconfig", "/does/not/exist");
      expect([nowhere.code, nowhere.stdout, nowhere.stderr]).toEqual([
        2,
        "",
        expect.stringMatching(/no such file/i),
      ]);
      expect((await audit("--context", "other")).stderr).toMatch(/there is no context `other`, only /);
      expect((await audit("--format", "xml")).code).toBe(2);
    });

    it("are none where somebody stops it, and nothing is left behind", async () => {
      const folder = join(plane.folder, "stopped");
      const slow = ["--kube-api-qps=2", "--kube-api-burst=10", `--audit-report=${join(folder, "r.jsonl")}`];
      const [file = "", ...args] = commandLine(...slow);
      const child = spawn(file, args, { stdio: "ignore" });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await expect.poll(() => existsSync(join(folder, "r.jsonl.part")), { timeout: PATIENCE_MS }).toBe(true);
      child.kill("SIGINT");
      expect(await ended).toBe(130);
      expect(readdirSync(folder)).toEqual([]);
    });

    it("are none where they cannot be written", async () => {
      const folder = join(plane.folder, "a-folder");
      mkdirSync(folder);
      const inFolder = await audit("--audit-report", folder);
      expect([inFolder.code, inFolder.stderr]).toEqual([2, expect.stringMatching(/no regular file/)]);
      // A device that is always full, where there is one.
      if (!existsSync("/dev/full")) return;
      for (const format of ["table", "json"]) {
        const full = ["-c", 'exec "$@" > /dev/full', "sh", ...commandLine("--format", format)];
        const { code, stderr } = await runCommand("sh", full);
        expect([code, stderr]).toEqual([2, expect.stringMatching(/^portcullis: .*ENOSPC.*\n$/)]);
      }
    });
  });
});
