import { readFileSync } from "node:fs";
import { join } from "node:path";
import { objectMeta } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testData } from "../test-data.ts";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies, objectsOf, PATIENCE_MS } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// The seed cases whose verdict depends on what the cluster holds: through kubectl and a real API server. The audits among
// the cases are no matter of the webhook.

interface SeedCase {
  readonly id: string;
  readonly apply: readonly string[];
  readonly cluster?: readonly string[];
  readonly inventory?: readonly string[];
  readonly request?: { readonly operation: string; readonly object: string };
  readonly expect: { readonly allowed: boolean; readonly messageLines?: readonly string[] };
}

const folder = testData("seeds");
const all =
  folder === undefined ? [] : (JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as SeedCase[]);
const cases = all.filter(({ request, cluster, inventory }) => request && (cluster ?? inventory));
const skipped = whyNoControlPlane() ?? (folder === undefined ? "SKIPPED: no test data" : undefined);
if (skipped !== undefined) console.log(`seeds against a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)("seeds, against a real API server", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let manager: Manager | undefined;
  let api: KubeApi;
  let policies: ClusterPolicies;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }) });
    await installKinds(plane);
    manager = await startManager(plane, { flags: ["--exempt-namespace=kube-system"] });
    policies = new ClusterPolicies(plane, api);
  }, 180_000);

  afterEach(() => policies?.removeAll());

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  it.each(cases.map((seed) => [seed.id, seed] as const))("%s", async (_id, seed) => {
    const path = (file: string) => join(folder as string, file);
    const { operation, object } = seed.request as NonNullable<SeedCase["request"]>;
    await policies.makeNamespaces([...(seed.cluster ?? []), ...(seed.inventory ?? []), object].map(path));
    for (const file of [...(seed.cluster ?? []), ...(seed.inventory ?? [])]) await policies.apply(path(file));
    for (const file of seed.apply) {
      // The webhook configurations are there, with the URL of this manager.
      const objects = await objectsOf(path(file));
      if (!objects.some((object) => objectMeta(object).kind.endsWith("WebhookConfiguration"))) {
        await policies.apply(path(file));
      }
    }
    await policies.settled();
    const command = operation === "UPDATE" ? "apply" : "create";
    const ask = async () => {
      const { verdict, lines } = verdictOf(
        await plane.kubectl([command, "--dry-run=server", "-f", path(object)]),
      );
      return { verdict, lines: lines.toSorted() };
    };
    const { allowed, messageLines = [] } = seed.expect;
    const wanted = { verdict: allowed ? "allow" : "deny", lines: messageLines.toSorted() };
    await expect.poll(ask, { timeout: PATIENCE_MS, interval: 100 }).toEqual(wanted);
  });
});
