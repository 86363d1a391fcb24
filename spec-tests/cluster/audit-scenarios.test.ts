import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { objectMeta, objectAt, valueAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testData } from "../test-data.ts";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies, objectsOf, PATIENCE_MS, policyResource } from "./cluster-policies.ts";

// What an audit must find: the cases of Gatekeeper's own end-to-end tests and of the seeds, through kubectl and a real API
// server. Each case was run against a real Gatekeeper before; with MANAGER_BIN this runs them there again.

interface AuditCase {
  readonly id: string;
  readonly apply: readonly string[];
  readonly cluster: readonly (string | PlainObject)[];
  readonly flags: readonly string[];
  readonly expected: readonly ExpectedStatus[];
}

interface ExpectedStatus {
  readonly constraint: string;
  readonly totalViolations: number;
  /** How many are listed, or what of each is known. */
  readonly violations?: number | readonly PlainObject[];
  readonly violationsCount?: number;
  readonly messageContains?: string;
  readonly enforcementAction?: string;
  readonly enforcementActions?: readonly string[];
}

interface RawCase extends Partial<Omit<AuditCase, "expected">> {
  readonly id: string;
  readonly steps?: readonly { readonly review?: string }[];
  readonly auditStatus?: ExpectedStatus | readonly ExpectedStatus[];
}

function casesOf(source: string, file: string): readonly AuditCase[] {
  const folder = testData(source);
  if (folder === undefined) return [];
  const inFolder = <T>(each: T): T | string => (typeof each === "string" ? join(folder, each) : each);
  return (JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly RawCase[]).flatMap((raw) => {
    if (!raw.auditStatus) return [];
    // An audit looks at what is there: the objects that the steps review among them.
    const reviewed = (raw.steps ?? []).flatMap(({ review }) => (review === undefined ? [] : [review]));
    return {
      id: `${source}/${raw.id}`,
      apply: (raw.apply ?? []).map(inFolder),
      cluster: [...(raw.cluster ?? []), ...reviewed].map(inFolder),
      flags: raw.flags ?? [],
      expected: [raw.auditStatus].flat(),
    };
  });
}

const cases = [...casesOf("gator", "webhook-scenarios.json"), ...casesOf("seeds", "cases.json")];
const skipped = whyNoControlPlane() ?? (cases.length === 0 ? "SKIPPED: no test data" : undefined);
if (skipped !== undefined) console.log(`audits against a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)("audits, against a real API server", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let manager: Manager | undefined;
  let flagsNow = "";
  let api: KubeApi;
  let policies: ClusterPolicies;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    mkdirSync(join(plane.folder, "audit"));
    policies = new ClusterPolicies(plane, api);
  }, 180_000);

  afterEach(() => policies?.removeAll());

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  it.each(cases.map((each) => [each.id, each] as const))("%s", async (_id, each) => {
    await runsWith(each.flags);
    const objects = (await Promise.all(each.cluster.map(objectsOf))).flat();
    await policies.makeNamespaces(each.cluster);
    await onlyTheseNamespaces(objects);
    for (const crd of objects.flatMap(crdOfStranger)) await policies.apply(crd);
    for (const object of each.cluster) await policies.apply(object);
    for (const replicaSet of objects.flatMap(replicaSetOf)) await policies.apply(replicaSet);
    for (const file of each.apply) await policies.apply(file);
    await policies.settled();
    for (const expected of each.expected) {
      await expect
        .poll(() => statusOf(expected, each), { timeout: PATIENCE_MS, interval: 100 })
        .toMatchObject({
          totalViolations: expected.totalViolations,
          auditTimestamp: expect.any(String) as string,
        });
      check(await statusOf(expected, each), expected);
    }
  });

  async function runsWith(flags: readonly string[]): Promise<void> {
    if (manager && flagsNow === flags.join(" ")) return;
    await manager?.stop();
    flagsNow = flags.join(" ");
    manager = await startManager(plane, {
      podName: `gatekeeper-audit-${flags.join("").replaceAll(/[^a-z0-9]+/g, "-")}0`,
      register: false,
      flags: ["--audit-interval=1", `--api-cache-dir=${plane.folder}/audit`, ...flags],
    });
  }

  /** A case counts Namespaces: those that a cluster has besides must satisfy it. */
  async function onlyTheseNamespaces(objects: readonly PlainObject[]): Promise<void> {
    const named = new Set(
      objects.filter(({ kind }) => kind === "Namespace").map((object) => objectMeta(object).name),
    );
    const all = (await kubectl(plane, ["get", "namespaces", "-o", "name"])).trim().split("\n");
    for (const each of all) {
      const label = named.has(each.replace("namespace/", ""))
        ? "gatekeeper-"
        : "gatekeeper=none-of-this-case";
      await kubectl(plane, ["label", "--overwrite", each, label]);
    }
  }

  async function statusOf({ constraint }: ExpectedStatus, { apply }: AuditCase): Promise<PlainObject> {
    const applied = (await Promise.all(apply.map(objectsOf))).flat();
    const found = applied.find(
      (object) =>
        objectMeta(object).name === constraint && objectMeta(object).group === "constraints.gatekeeper.sh",
    );
    const resource = found && policyResource(found);
    if (!resource) throw new Error(`the case applies no constraint ${constraint}`);
    const read = await api.get(resource, { name: constraint });
    return read.ok ? (objectAt(read.value, "status") ?? {}) : {};
  }
});

function check(status: PlainObject, expected: ExpectedStatus): void {
  const violations = (valueAt(status, "violations") ?? []) as readonly Record<string, Value>[];
  const {
    violations: listed,
    violationsCount,
    messageContains,
    enforcementAction,
    enforcementActions,
  } = expected;
  const count = typeof listed === "number" ? listed : (violationsCount ?? listed?.length);
  if (count !== undefined) expect(violations).toHaveLength(count);
  for (const violation of typeof listed === "object" ? listed : [])
    expect(violations).toContainEqual(expect.objectContaining(violation));
  for (const violation of violations) {
    if (messageContains !== undefined) expect(violation["message"]).toContain(messageContains);
    if (enforcementAction !== undefined) expect(violation["enforcementAction"]).toBe(enforcementAction);
    if (enforcementActions) expect(violation["enforcementActions"]).toEqual(enforcementActions);
  }
}

/** What the controllers of a cluster would make of a Deployment. */
function replicaSetOf(object: PlainObject): readonly PlainObject[] {
  if (object["kind"] !== "Deployment" || objectMeta(object).namespace !== "loadbalancers") return [];
  const { name, namespace } = objectMeta(object);
  return [{ ...object, kind: "ReplicaSet", metadata: { name: `${name}-1`, namespace } }];
}

/** The kind of somebody else's object, without a schema. */
function crdOfStranger(object: PlainObject): readonly PlainObject[] {
  const { group, version, kind } = objectMeta(object);
  if (!group.endsWith(".istio.io")) return [];
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return [
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    },
  ];
}
