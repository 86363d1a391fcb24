import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies } from "./cluster-policies.ts";
import { NOT_HERE, noScenarios, runScenario, scenarios } from "./webhook-scenarios.ts";

// Real `kubectl`, real API server, the webhook configurations installed.

const skipped = whyNoControlPlane() ?? noScenarios;
if (skipped !== undefined) console.log(`webhook scenarios against a real API server: ${skipped}`);
else for (const [id, why] of Object.entries(NOT_HERE)) console.log(`webhook scenario ${id} left out: ${why}`);

describe.skipIf(skipped !== undefined)(
  "webhook scenarios, against a real API server",
  { timeout: 180_000 },
  () => {
    let plane: ControlPlane;
    let manager: Manager | undefined;
    let api: KubeApi;
    let policies: ClusterPolicies;

    beforeAll(async () => {
      plane = await startControlPlane();
      api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
      await installKinds(plane);
      manager = await startManager(plane, {
        flags: [
          "--mutation-annotations",
          "--disable-opa-builtin=http.send",
          // Beyond Gatekeeper, which admits such templates and says so in their status: a scenario looks there.
          ...(process.env["MANAGER_BIN"] ? [] : ["--refuse-broken-templates=false"]),
          "--audit-interval=0",
          `--api-cache-dir=${plane.folder}/audit`,
        ],
      });
      policies = new ClusterPolicies(plane, api);
    }, 180_000);

    afterEach(() => policies?.removeAll(), 180_000);

    afterAll(async () => {
      await manager?.stop();
      await api?.close();
      await plane?.stop();
    }, 60_000);

    it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_id, scenario) => {
      await expect(runScenario({ plane, policies }, scenario)).resolves.toBeUndefined();
    });
  },
);
