import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { listAt, textAt, valueAt } from "@portcullis/engine";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, OWN_NAMESPACE, startManager } from "../testbed/manager.ts";
import type { Manager, ManagerOptions } from "../testbed/manager.ts";
import { findPart } from "../testbed/parts.ts";
import { ClusterPolicies, eventually, PATIENCE_MS } from "./cluster-policies.ts";

// Violations that are exported to a Connection, against a real API server, beside the real Gatekeeper where it is there.

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`exports against a real API server: ${skipped}`);
const gatekeeper = findPart("gatekeeper");
if (skipped === undefined && gatekeeper === undefined)
  console.log("exports are not compared with Gatekeeper's: GATEKEEPER_BIN is not set");

const CHANNEL = "violations";
const RULES = template(
  "BannedPods",
  `package banned
   violation[{"msg": msg, "details": {"labels": input.review.object.metadata.labels, "<&>": 1.5, "a": [1, null]}}] {
     input.review.object.metadata.labels.banned
     msg := sprintf("%v <%v>", [input.parameters.text, input.review.object.metadata.name])
   }
   violation[{"msg": "no details"}] { input.review.object.metadata.name == "plain" }`,
  { parameters: { type: "object", properties: { text: { type: "string" } } } },
);
const MATCH = { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }], namespaces: ["shop"] };
const annotated = (object: PlainObject): PlainObject => ({
  ...object,
  metadata: { ...(object["metadata"] as PlainObject), annotations: { owner: "platform" } },
});
const CONSTRAINTS = [
  annotated(
    constraint("BannedPods", "deny-it", { match: MATCH, parameters: { text: "ä".repeat(200).slice(3) } }),
  ),
  constraint("BannedPods", "warn-of-it", {
    match: MATCH,
    parameters: { text: "careful" },
    enforcementAction: "warn",
  }),
  constraint("BannedPods", "scoped", {
    match: MATCH,
    parameters: { text: "x" },
    enforcementAction: "scoped",
    scopedEnforcementActions: [{ action: "deny", enforcementPoints: [{ name: "audit.gatekeeper.sh" }] }],
  }),
];
const configMap = (name: string, labels?: PlainObject): PlainObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop", ...(labels && { labels }) },
});
const connection = (path: string, name = "audit-connection", maxAuditResults = 2): PlainObject => ({
  apiVersion: "connection.gatekeeper.sh/v1alpha1",
  kind: "Connection",
  metadata: { name, namespace: OWN_NAMESPACE },
  spec: { driver: "disk", config: { path, maxAuditResults } },
});

type Exported = Readonly<Record<string, unknown>>;

/** The whole results of audits below a folder, by file. */
function results(folder: string): ReadonlyMap<string, readonly Exported[]> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".log")) : [];
  return new Map(
    names.sort().flatMap((name): readonly [string, readonly Exported[]][] => {
      try {
        return [[name, linesOf(readFileSync(join(folder, name), "utf8"))]];
      } catch {
        // Taken away meanwhile.
        return [];
      }
    }),
  );
}

function linesOf(text: string): readonly Exported[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Exported);
}

/**
 * What both have to say of the same cluster, in an order: the records as they are written, without their ids. Gatekeeper shortens
 * a message in the midst of a character, whose rest is no text.
 */
function comparable(path: string): readonly string[] {
  const folder = join(path, CHANNEL);
  const [file = ""] = results(folder).keys();
  const lines = readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
  return lines.map((line) => line.replace(/^\{"id":"[^"]*",/, "{").replace(/\\ufffd\.\.\./, "...")).sort();
}

describe.skipIf(skipped !== undefined)("exports", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let manager: Manager | undefined;
  const folder = (name: string): string => join(plane.folder, name, "topics");

  const start = (options: ManagerOptions = {}, ...flags: readonly string[]): Promise<Manager> =>
    startManager(plane, {
      register: false,
      ...options,
      flags: [
        "--operation=audit,status,generate",
        "--shutdown-delay=0",
        "--audit-interval=1",
        "--enable-violation-export",
        `--audit-channel=${CHANNEL}`,
        ...flags,
      ],
    });
  const byPod = async (name = "audit-connection"): Promise<readonly PlainObject[]> => {
    const found = await kubectl(plane, ["get", "connection", "-n", OWN_NAMESPACE, name, "-o", "json"]);
    return listAt(JSON.parse(found) as PlainObject, "status", "byPod") as readonly PlainObject[];
  };
  const statusOf = async (name?: string): Promise<PlainObject> => (await byPod(name))[0] ?? {};
  const lastResult = async (path: string, violations: number): Promise<readonly Exported[]> => {
    await expect
      .poll(() => [...results(join(path, CHANNEL)).values()].at(-1)?.length, { timeout: PATIENCE_MS })
      .toBe(violations + 2);
    return [...results(join(path, CHANNEL)).values()].at(-1) ?? [];
  };
  /** Of the six violations that there are. */
  const ALL = 6;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    // It serves a webhook, too: so it audits in a process of its own.
    manager = await start({}, "--operation=webhook");
    await apply(plane, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
      configMap("a", { banned: "yes", app: "x" }),
      configMap("plain"),
    ]);
    const policies = new ClusterPolicies(plane, api);
    for (const policy of [RULES, ...CONSTRAINTS]) await policies.apply(policy);
    await policies.settled();
  }, 180_000);

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  it("are said to be missing as long as there is no Connection, and cost the audit nothing else", async () => {
    const said = () => manager?.process.output() ?? "";
    await expect
      .poll(said, { timeout: PATIENCE_MS })
      .toMatch(
        /6 of 6 violations were not exported to Connection audit-connection: there is no usable Connection/,
      );
    const found = await kubectl(plane, ["get", "bannedpods", "deny-it", "-o", "json"]);
    expect(valueAt(JSON.parse(found) as PlainObject, "status", "totalViolations")).toBe(2);
  });

  it("are a file a run, of which the newest are kept", async () => {
    await apply(plane, [connection(folder("ours"))]);
    const records = await lastResult(folder("ours"), ALL);
    const { id } = records[0] ?? {};
    expect(records[0]).toEqual({ id, message: "audit is started" });
    expect(records.at(-1)).toEqual({ id, message: "audit is completed" });
    const violation = records.find(({ name, message }) => name === "deny-it" && message !== "no details");
    expect(violation).toEqual({
      id,
      details: { labels: { banned: "yes", app: "x" }, "<&>": 1.5, a: [1, null] },
      eventType: "violation_audited",
      group: "constraints.gatekeeper.sh",
      version: "v1beta1",
      kind: "BannedPods",
      name: "deny-it",
      message: expect.stringMatching(/^ä{126}\.\.\.$/) as string,
      enforcementAction: "deny",
      constraintAnnotations: { owner: "platform" },
      resourceAPIVersion: "v1",
      resourceKind: "ConfigMap",
      resourceNamespace: "shop",
      resourceName: "a",
      resourceLabels: { banned: "yes", app: "x" },
    });
    const first = [...results(join(folder("ours"), CHANNEL)).keys()][0] ?? "";
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d_\d\d_\d\dZ\.log$/);
    await expect
      .poll(() => results(join(folder("ours"), CHANNEL)).has(first), { timeout: PATIENCE_MS })
      .toBe(false);
    expect(results(join(folder("ours"), CHANNEL)).size).toBeLessThanOrEqual(2);
  });

  it("are in the status of the Connection; one of another name has an error there", async () => {
    await eventually(() => statusOf(), {
      id: "gatekeeper-webhook-0",
      active: true,
      observedGeneration: 1,
      publishStatuses: [{ source: "audit", active: true }],
    });
    await apply(plane, [connection(folder("another"), "another")]);
    const message =
      "error unsupported connection name another. Connection name should align with flag --audit-connection set or " +
      "defaulted to 'audit-connection'";
    const errors = [{ type: "UpsertConnection", message }];
    await eventually(() => statusOf("another"), { errors, connectionErrors: errors });
    await kubectl(plane, ["delete", "connection", "-n", OWN_NAMESPACE, "another"]);
  });

  it("go on to the former folder where the Connection is wrong, which its status says", async () => {
    await apply(plane, [connection("../elsewhere")]);
    await eventually(() => statusOf(), {
      connectionErrors: [{ type: "UpsertConnection", message: expect.stringContaining("'..'") as string }],
    });
    const before = new Set(results(join(folder("ours"), CHANNEL)).keys());
    await expect
      .poll(() => [...results(join(folder("ours"), CHANNEL)).keys()].some((name) => !before.has(name)), {
        timeout: PATIENCE_MS,
      })
      .toBe(true);
  });

  it("leave the former folder when the Connection names another one; what others put there stays", async () => {
    writeFileSync(join(folder("ours"), CHANNEL, "mine.log"), "");
    await apply(plane, [connection(folder("moved"))]);
    await lastResult(folder("moved"), ALL);
    await expect
      .poll(() => readdirSync(join(folder("ours"), CHANNEL)), { timeout: PATIENCE_MS })
      .toEqual(["mine.log"]);
  });

  it("say in the status what keeps them from being written", async () => {
    mkdirSync(folder("blocked"), { recursive: true });
    writeFileSync(join(folder("blocked"), CHANNEL), "");
    await apply(plane, [connection(folder("blocked"))]);
    await eventually(() => statusOf(), {
      errors: [{ type: "Publish" }, { type: "Publish" }, { type: "Publish" }],
    });
    writeFileSync(join(plane.folder, "file"), "");
    await apply(plane, [connection(join(plane.folder, "file", "x"))]);
    const message = expect.stringContaining("failed to create directory: ENOTDIR") as string;
    await eventually(() => statusOf(), { connectionErrors: [{ type: "UpsertConnection", message }] });
    await apply(plane, [connection(folder("moved"))]);
    await lastResult(folder("moved"), ALL);
    await eventually(() => statusOf(), {
      active: true,
      publishStatuses: [{ source: "audit", active: true }],
    });
  });

  it("of admission requests are in segments of their own, whichever process answered", async () => {
    const webhook = await startManager(plane, {
      podName: "gatekeeper-webhook-1",
      flags: [
        "--operation=webhook,mutation-webhook",
        "--shards=2",
        "--shutdown-delay=0",
        "--enable-admission-violation-export",
        `--audit-channel=${CHANNEL}`,
      ],
    });
    const names = Array.from({ length: 6 }, (_none, i) => `denied-${i}`);
    const segments = () =>
      readdirSync(join(folder("moved"), CHANNEL)).filter((name) => name.startsWith("admission-"));
    const records = (): readonly Exported[] =>
      segments().flatMap((name) => linesOf(readFileSync(join(folder("moved"), CHANNEL, name), "utf8")));
    try {
      await Promise.all(
        names.map((name) =>
          expect(apply(plane, [configMap(name, { banned: "yes" })])).rejects.toThrow("denied"),
        ),
      );
      await expect.poll(() => records().length, { timeout: PATIENCE_MS }).toBe(2 * names.length);
      const record = records().find(
        ({ resourceName, name }) => resourceName === "denied-0" && name === "deny-it",
      );
      expect(record).toMatchObject({
        eventType: "violation_admission",
        message: expect.stringMatching(/^ä{197} <denied-0>$/) as string,
        details: { labels: { banned: "yes" }, "<&>": 1.5, a: [1, null] },
        constraintAnnotations: { owner: "platform" },
        operation: "CREATE",
        requestResource: "configmaps",
        requestUsername: expect.any(String) as string,
        requestUserGroups: expect.arrayContaining(["system:masters"]) as string[],
        dryRun: false,
      });
      expect(await webhook.metrics()).toMatch(/^gatekeeper_admission_export_published_count_total 12$/m);
      await expect
        .poll(async () => (await byPod()).find((each) => textAt(each, "id") === "gatekeeper-webhook-1"), {
          timeout: PATIENCE_MS,
        })
        .toMatchObject({ active: true, publishStatuses: [{ source: "webhook", active: true }] });
    } finally {
      await webhook.stop();
      await kubectl(plane, [
        "delete",
        "validatingwebhookconfigurations,mutatingwebhookconfigurations",
        "--all",
      ]);
    }
    expect(segments().filter((name) => !name.endsWith(".log"))).toEqual([]);
    // As a reader does, and as Kubernetes does with what a Pod owns.
    for (const name of segments()) rmSync(join(folder("moved"), CHANNEL, name));
    const owned = ["-l", "internal.gatekeeper.sh/pod=gatekeeper-webhook-1"];
    await kubectl(plane, ["delete", "connectionpodstatuses", "-n", OWN_NAMESPACE, ...owned]);
  });

  it("end with the Connection", async () => {
    await kubectl(plane, ["delete", "connection", "-n", OWN_NAMESPACE, "audit-connection"]);
    await expect.poll(() => existsSync(folder("moved")), { timeout: PATIENCE_MS }).toBe(false);
    const statuses = await kubectl(plane, [
      "get",
      "connectionpodstatuses",
      "-n",
      OWN_NAMESPACE,
      "-o",
      "name",
    ]);
    expect(statuses).toBe("");
  });

  it.skipIf(gatekeeper === undefined)("hold what Gatekeeper's hold", async () => {
    await manager?.stop();
    manager = await start();
    await apply(plane, [connection(folder("compared"))]);
    await lastResult(folder("compared"), ALL);
    await manager?.stop();
    manager = undefined;
    await apply(plane, [connection(folder("theirs"))]);
    // Pages of its audits go there.
    mkdirSync(join(plane.folder, "cache"));
    manager = await start(
      { podName: "gatekeeper-audit-0", program: [gatekeeper as string] },
      `--api-cache-dir=${plane.folder}/cache`,
    );
    await lastResult(folder("theirs"), ALL);
    await expect
      .poll(async () => (await byPod()).find((each) => textAt(each, "id") === "gatekeeper-audit-0"), {
        timeout: PATIENCE_MS,
      })
      .toMatchObject({ active: true });
    await manager.stop();
    expect(comparable(folder("compared"))).toEqual(comparable(folder("theirs")));
    const [name = ""] = results(join(folder("theirs"), CHANNEL)).keys();
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d_\d\d_\d\dZ\.log$/);
  });
});
