import { ClusterAudit, EvaluatorPool, sweep } from "@portcullis/audit";
import type { ClusterAuditOptions, SweepReport } from "@portcullis/audit";
import { createClient, ExpansionSystem, MutationSystem, processExcluder } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, kubectl } from "../testbed/manager.ts";

// What happens to a real API server while it is audited: nothing is lost, nothing is counted twice.

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`robust audits against a real API server: ${skipped}`);

const COUNT = 200;
const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};
const WIDGETS = "widgets.example.com";

describe.skipIf(skipped !== undefined)("an audit of a real API server", { timeout: 180_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  const pool = new EvaluatorPool({
    threads: 2,
    referentialRules: true,
    disabledBuiltins: [],
    allowNet: [],
    reviewTimeoutMs: 60_000,
  });

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await apply(plane, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
      ...named("v1", "ConfigMap"),
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: WIDGETS },
        spec: {
          group: "example.com",
          scope: "Namespaced",
          names: { kind: "Widget", plural: "widgets" },
          versions: [
            { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
          ],
        },
      },
    ]);
    await kubectl(plane, ["wait", "--for=condition=Established", `crd/${WIDGETS}`]);
    await apply(plane, named("example.com/v1", "Widget"));
  }, 180_000);

  afterAll(async () => {
    await pool.close();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  function named(apiVersion: string, kind: string): readonly PlainObject[] {
    return Array.from({ length: COUNT }, (_, i) => ({
      apiVersion,
      kind,
      metadata: { name: `object-${i}`, namespace: "shop", labels: { audited: "yes" } },
    }));
  }

  /** An audit whose one policy all the objects above break. */
  function auditOf(kinds: readonly string[], options: Partial<ClusterAuditOptions> = {}): ClusterAudit {
    const client = createClient();
    client.addTemplate(
      template(
        "Audited",
        'package p\nviolation[{"msg": "found"}] { input.review.object.metadata.labels.audited }',
      ),
    );
    client.addConstraint(constraint("Audited", "all", { match: { kinds: [{ apiGroups: ["*"], kinds }] } }));
    const mutation = new MutationSystem({ newId: () => "" });
    return new ClusterAudit({
      api,
      pool,
      policies: {
        client,
        mutation,
        expansion: new ExpansionSystem(mutation),
        config: () => undefined,
        excluder: () => processExcluder(),
        namespace: (name) => Promise.resolve({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
        syncedObjects: () => [],
      },
      pageSize: 10,
      fromCache: false,
      fullEvery: 0,
      memoryBytes: 10_000_000,
      ...options,
    });
  }

  /** One sweep; `meanwhile` happens once, when the first violations have come. */
  async function swept(audit: ClusterAudit, meanwhile?: () => Promise<unknown>): Promise<SweepReport> {
    let happening: Promise<unknown> | undefined;
    const onViolations = (): void => {
      happening ??= meanwhile?.();
    };
    const report = await sweep(
      { ...audit.prepare(), onViolations },
      new Date(),
      new AbortController().signal,
    );
    await happening;
    return report;
  }

  const total = ({ constraints }: SweepReport) => constraints.map(({ totalViolations }) => totalViolations);

  it("finds everything, and again from versions alone", async () => {
    const audit = auditOf(["ConfigMap", "Widget"]);
    for (const isFull of [true, false]) {
      const report = await swept(audit);
      expect([report.errors, total(report), audit.cost.isFull]).toEqual([[], [2 * COUNT], isFull]);
    }
    expect(audit.remembered.objects).toBeGreaterThanOrEqual(2 * COUNT);
  });

  it("fetches what has changed between two sweeps, built-in kinds and custom ones", async () => {
    const audit = auditOf(["ConfigMap", "Widget"]);
    await swept(audit);
    for (const kind of ["configmap", "widget"]) {
      await kubectl(plane, ["label", kind, "-n", "shop", "object-1", "audited-"]);
      await kubectl(plane, ["label", kind, "-n", "shop", "object-2", "other=yes"]);
    }
    expect(total(await swept(audit))).toEqual([2 * COUNT - 2]);
    for (const kind of ["configmap", "widget"]) {
      await kubectl(plane, ["label", kind, "-n", "shop", "object-1", "audited=yes"]);
    }
    expect(total(await swept(audit))).toEqual([2 * COUNT]);
  });

  it("waits for an API server that is killed and started again", async () => {
    const report = await swept(auditOf(["ConfigMap"]), () => plane.restartApiServer());
    expect([report.errors, total(report)]).toEqual([[], [COUNT]]);
  });

  it("goes on where the state of the list is forgotten", async () => {
    const report = await swept(auditOf(["ConfigMap"]), async () => {
      await api.mergePatch(
        CONFIG_MAPS,
        { namespace: "shop", name: "object-3" },
        { metadata: { annotations: { changed: "yes" } } },
      );
      await plane.compactEtcd();
      // A fresh API server has nothing of the past in its own memory either.
      await plane.restartApiServer();
    });
    expect([report.errors, total(report)]).toEqual([[], [COUNT]]);
  });

  it("takes a kind for gone that is deleted while it is listed", async () => {
    const report = await swept(auditOf(["Widget"]), () =>
      kubectl(plane, ["delete", "crd", WIDGETS, "--wait=false"]),
    );
    expect(report.errors).toEqual([]);
    expect(total(report)[0]).toBeLessThanOrEqual(COUNT);
  });
});
