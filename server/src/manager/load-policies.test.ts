import { createKubeApi, operationsOf, plainConnection } from "@portcullis/engine/cluster";
import type { Resource } from "@portcullis/engine/cluster";
import { createFakeApiServer } from "@portcullis/engine/testing";
import type { FakeApiServer } from "@portcullis/engine/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMetrics } from "../observability/metrics.ts";
import { parseGoFlags } from "./go-flags.ts";
import { loadPolicies } from "./load-policies.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";

const CONFIGS: Resource = {
  group: "config.gatekeeper.sh",
  version: "v1alpha1",
  kind: "Config",
  plural: "configs",
  namespaced: true,
};
const SERVICES: Resource = {
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
};

let server: FakeApiServer;
const stopping: (() => Promise<void>)[] = [];
beforeEach(async () => {
  server = await createFakeApiServer({ resources: [CONFIGS, SERVICES] });
});
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  await server.stop();
});

it("a process that reports nothing, as a shard, has the Config and its data all the same", async () => {
  server.put({
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { namespace: "policies", name: "config" },
    spec: { sync: { syncOnly: [{ group: "", version: "v1", kind: "Service" }] } },
  });
  server.put({ apiVersion: "v1", kind: "Service", metadata: { namespace: "shop", name: "db" } });
  const flags = parseGoFlags(MANAGER_FLAGS, []);
  if (flags.ok !== true) throw new Error("no flags are wrong flags");
  const api = createKubeApi({ connection: plainConnection({ server: server.url }) });
  const { policies } = await loadPolicies({
    flags: flags.values,
    env: { POD_NAMESPACE: "policies" },
    log: { debug: () => {}, info: () => {}, error: () => {} },
    api,
    operations: operationsOf(["webhook"]),
    metrics: createMetrics(),
    reports: false,
  });
  stopping.push(async () => {
    await policies.stop();
    await api.close();
  });
  policies.start();
  await expect
    .poll(() => policies.config()?.["metadata"], { timeout: 20_000 })
    .toMatchObject({ name: "config" });
  await expect.poll(() => [...policies.syncedObjects()].length, { timeout: 20_000 }).toBe(1);
});
