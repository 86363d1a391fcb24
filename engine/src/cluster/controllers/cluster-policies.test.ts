import { rootCertificates } from "node:tls";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../../create-client.ts";
import { listAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import { constraint } from "../../testing/constraint.ts";
import { createFakeApiServer } from "../../testing/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../../testing/fake-api-server/fake-api-server.ts";
import { namespace } from "../../testing/objects.ts";
import { template } from "../../testing/template.ts";
import { createKubeApi } from "../api.ts";
import { plainConnection } from "../plain-connection.ts";
import type { Resource } from "../resource.ts";
import { ClusterPolicies } from "./cluster-policies.ts";
import type { ClusterPoliciesOptions } from "./cluster-policies.ts";
import { operationsOf } from "./operations.ts";
import type { Operation } from "./operations.ts";
import {
  CONFIGS,
  CONNECTIONS,
  CONSTRAINT_TEMPLATES,
  constraintResource,
  EXPANSION_TEMPLATES,
  MUTATORS,
  NAMESPACES,
  PODS,
  podStatusResource,
  PROVIDERS,
  SYNC_SETS,
} from "./own-kinds.ts";

const SERVICES = { group: "", version: "v1", kind: "Service", plural: "services", namespaced: true };
const statusKinds = [
  "ConstraintTemplate",
  "Constraint",
  "Config",
  "Mutator",
  "ExpansionTemplate",
  "Provider",
];
const resources: readonly Resource[] = [
  CONSTRAINT_TEMPLATES,
  CONFIGS,
  SYNC_SETS,
  EXPANSION_TEMPLATES,
  ...MUTATORS,
  NAMESPACES,
  PODS,
  SERVICES,
  PROVIDERS,
  CONNECTIONS,
  podStatusResource("ConnectionPodStatus", "v1alpha1"),
  ...statusKinds.map((kind) => podStatusResource(`${kind}PodStatus`)),
];

let server: FakeApiServer;
const stopping: (() => Promise<void>)[] = [];
beforeEach(async () => {
  server = await createFakeApiServer({ resources });
});
afterEach(async () => {
  for (const stop of stopping.splice(0).toReversed()) await stop();
  await server.stop();
});

interface Pod {
  readonly policies: ClusterPolicies;
  readonly logged: readonly string[];
  /** Copied objects by kind: how many are there, and how many failed. */
  readonly synced: ReadonlyMap<string, readonly [active: number, failed: number]>;
}

function pod(
  name = "manager-1",
  operations: readonly Operation[] = [],
  options: Partial<ClusterPoliciesOptions> = {},
): Pod {
  const logged: string[] = [];
  const synced = new Map<string, readonly [number, number]>();
  const api = createKubeApi({ connection: plainConnection({ server: server.url }) });
  const chosen = operationsOf(operations);
  const policies = new ClusterPolicies({
    api,
    client: createClient(),
    operations: chosen,
    pod: { name, namespace: "gatekeeper-system", uid: `uid-of-${name}`, operations: chosen.list },
    log: { info: (line) => void logged.push(line), error: (line) => void logged.push(line) },
    observer: {
      countIngestion: () => {},
      countMutatorIngestion: () => {},
      countSync: () => {},
      setSynced: (kind, ...counts) => void synced.set(kind, counts),
      setTemplates: () => {},
      setConstraints: () => {},
      setProviders: () => {},
      countProviderError: () => {},
      setMutators: () => {},
      setExpansionTemplates: () => {},
    },
    newId: () => "id",
    ...options,
    timing: { backoffMs: 1, maxBackoffMs: 5, absentAfterMs: 20 },
  });
  stopping.push(
    () => api.close(),
    () => policies.stop(),
  );
  policies.start();
  return { policies, logged, synced };
}

/** Waits for as long as a busy machine may need. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

const denyAll = template("DenyAll", 'package p\nviolation[{"msg": "no"}] { true }');
const deny = constraint("DenyAll", "deny");

function denied({ policies }: Pod): readonly string[] {
  const object = { apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "shop" } };
  const kind = { group: "", version: "v1", kind: "Service" };
  const request = { uid: "", kind, name: "s", namespace: "shop", operation: "CREATE", object };
  const options = { enforcementPoint: "validation.gatekeeper.sh" } as const;
  return policies.client.review({ request, source: "Original" }, options).results.map(({ msg }) => msg);
}

const byPodOf = (resource: Resource, name: string, in_?: string): readonly string[] =>
  listAt(
    server.get(resource, { name, ...(in_ === undefined ? {} : { namespace: in_ }) }),
    "status",
    "byPod",
  ).map(
    (report) =>
      `${textAt(report, "id")}: ${listAt(report, "errors")
        .map((error) => textAt(error, "message"))
        .join("; ")}`,
  );

describe("policies of a cluster", () => {
  it("are in force before the process says that it is ready", async () => {
    server.put(denyAll);
    const first = pod("manager-1");
    await eventually(() => expect(server.get(constraintCrd, { name: crdName })).toBeDefined());
    await eventually(() => server.put(deny));
    await eventually(() => expect(denied(first)).toEqual(["no"]));

    const second = pod("manager-2");
    expect(second.policies.missing()).not.toEqual([]);
    await eventually(() => expect(second.policies.missing()).toEqual([]));
    expect(denied(second)).toEqual(["no"]);
  });

  it("leave with their objects", async () => {
    server.put(denyAll);
    const one = pod();
    await eventually(() => server.put(deny));
    await eventually(() => expect(denied(one)).toEqual(["no"]));
    server.remove(constraintResource("DenyAll"), { name: "deny" });
    await eventually(() => expect(denied(one)).toEqual([]));
    server.put(deny);
    await eventually(() => expect(denied(one)).toEqual(["no"]));
    server.remove(CONSTRAINT_TEMPLATES, { name: "denyall" });
    await eventually(() => expect(denied(one)).toEqual([]));
    await eventually(() =>
      expect(server.objects(podStatusResource("ConstraintTemplatePodStatus")).size).toBe(0),
    );
  });

  it("have a CRD of the template's, owned by it, that is put back", async () => {
    server.put(denyAll);
    pod();
    const crd = () => server.get(constraintCrd, { name: crdName });
    await eventually(() => expect(crd()).toBeDefined());
    expect(listAt(crd(), "metadata", "ownerReferences")).toMatchObject([
      { kind: "ConstraintTemplate", name: "denyall", controller: true },
    ]);
    server.remove(constraintCrd, { name: crdName });
    await eventually(() => expect(crd()).toBeDefined());
  });

  it("without the operation generate make no CRD", async () => {
    server.put(denyAll);
    const one = pod("manager-1", ["webhook"]);
    await eventually(() => expect(one.policies.missing()).toEqual([]));
    expect(server.get(constraintCrd, { name: crdName })).toBeUndefined();
  });

  it("are reported on by every pod; status puts the reports together", async () => {
    server.put(denyAll);
    pod("audit-1", ["audit", "status", "generate"]);
    pod("manager-1", ["webhook"]);
    await eventually(() => server.put(deny));
    await eventually(() => {
      expect(byPodOf(CONSTRAINT_TEMPLATES, "denyall")).toEqual(["audit-1: ", "manager-1: "]);
      expect(byPodOf(constraintResource("DenyAll"), "deny")).toEqual(["audit-1: ", "manager-1: "]);
    });
    expect(valueAt(server.get(CONSTRAINT_TEMPLATES, { name: "denyall" }), "status", "created")).toBe(true);
    // A pod that is gone loses its statuses by garbage collection.
    const gone = server.objects(podStatusResource("ConstraintPodStatus"));
    for (const [key, object] of gone) {
      if (!key.includes("manager")) continue;
      const name = textAt(object, "metadata", "name");
      server.remove(podStatusResource("ConstraintPodStatus"), { namespace: "gatekeeper-system", name });
    }
    // It is still there, so it says it again.
    await eventually(() =>
      expect(byPodOf(constraintResource("DenyAll"), "deny")).toEqual(["audit-1: ", "manager-1: "]),
    );
  });

  it("are ready once their kind is served and every pod that judges by them has them in force", async () => {
    const condition = (resource: Resource, name: string): string => {
      const [ready] = listAt(server.get(resource, { name }), "status", "conditions");
      return `${textAt(ready, "status")}: ${textAt(ready, "message")}`;
    };
    server.put(managerPod("audit-1", ["--operation=audit", "--operation=status"]));
    server.put(managerPod("manager-1", ["--operation=webhook"]));
    server.put(managerPod("mutates-only", ["--operation=mutation-webhook"]));
    server.put(managerPod("manager-2", ["--operation=webhook"], "False"));
    server.put(denyAll);
    pod("audit-1", ["audit", "status", "generate"]);
    await eventually(() => server.put(deny));
    for (const [resource, name] of [
      [CONSTRAINT_TEMPLATES, "denyall"],
      [constraintResource("DenyAll"), "deny"],
    ] as const)
      await eventually(() =>
        expect(condition(resource, name)).toBe("False: waits for a report of manager-1"),
      );
    pod("manager-1", ["webhook"]);
    for (const [resource, name] of [
      [CONSTRAINT_TEMPLATES, "denyall"],
      [constraintResource("DenyAll"), "deny"],
    ] as const)
      await eventually(() =>
        expect(condition(resource, name)).toBe("True: loaded by every pod that reports on it"),
      );
    server.put(managerPod("manager-2", ["--operation=webhook"]));
    await eventually(() =>
      expect(condition(CONSTRAINT_TEMPLATES, "denyall")).toBe("False: waits for a report of manager-2"),
    );
  });

  it("that are broken leave the former version in force and are reported", async () => {
    server.put(denyAll);
    const one = pod();
    await eventually(() => server.put(deny));
    await eventually(() => expect(denied(one)).toEqual(["no"]));
    server.put(template("DenyAll", "package p\nviolation[{"));
    await eventually(() => expect(byPodOf(CONSTRAINT_TEMPLATES, "denyall")[0]).toContain("rego_parse_error"));
    expect(denied(one)).toEqual(["no"]);
    const refused = one.policies
      .refused()
      .map(({ kind, name, constraintKind }) => [kind, name, constraintKind]);
    expect(refused).toEqual([["ConstraintTemplate", "denyall", "DenyAll"]]);
    server.put(template("DenyAll", 'package p\nviolation[{"msg": "new"}] { true }'));
    await eventually(() => expect(denied(one)).toEqual(["new"]));
    await eventually(() => expect(byPodOf(CONSTRAINT_TEMPLATES, "denyall")).toEqual(["manager-1: "]));
    expect(one.policies.refused()).toEqual([]);
    server.put({ ...deny, spec: { enforcementAction: "explode" } });
    await eventually(() =>
      expect(one.policies.refused()).toEqual([
        {
          kind: "DenyAll",
          name: "deny",
          constraintKind: "DenyAll",
          message: expect.stringContaining("explode") as string,
        },
      ]),
    );
  });

  it("copy the kinds that Config and SyncSets ask for, without what Config excludes", async () => {
    const services = { group: "", version: "v1", kind: "Service" };
    const service = (name: string, in_: string) =>
      server.put({ apiVersion: "v1", kind: "Service", metadata: { name, namespace: in_ } });
    service("a", "shop");
    service("b", "kube-system");
    const one = pod();
    const names = () =>
      [...one.policies.syncedObjects()].map((each) => textAt(each, "metadata", "name")).sort();
    server.put({
      apiVersion: "syncset.gatekeeper.sh/v1alpha1",
      kind: "SyncSet",
      metadata: { name: "s" },
      spec: { gvks: [services] },
    });
    await eventually(() => expect(names()).toEqual(["a", "b"]));
    await eventually(() => expect(one.synced.get("Service")).toEqual([2, 0]));
    expect(one.policies.watches()).toEqual({ intended: 1, watched: 1 });
    server.put(config({ match: [{ excludedNamespaces: ["kube-*"], processes: ["sync"] }] }));
    await eventually(() => expect(names()).toEqual(["a"]));
    expect(one.synced.get("Service")).toEqual([1, 0]);
    expect(JSON.stringify(one.policies.client.dump())).not.toContain("kube-system");
    server.put(config({ sync: { syncOnly: [services] } }));
    server.remove(SYNC_SETS, { name: "s" });
    await eventually(() => expect(names()).toEqual(["a", "b"]));
    server.remove(CONFIGS, { namespace: "gatekeeper-system", name: "config" });
    await eventually(() => expect(names()).toEqual([]));
    await eventually(() => expect(one.synced.get("Service")).toEqual([0, 0]));
    expect(one.policies.watches()).toEqual({ intended: 0, watched: 0 });
    expect(JSON.stringify(one.policies.client.dump())).not.toContain("shop");
  });

  it("mutate, and say which mutators are in conflict", async () => {
    const mutator = (name: string, location: string): PlainObject => ({
      apiVersion: "mutations.gatekeeper.sh/v1",
      kind: "Assign",
      metadata: { name },
      spec: {
        applyTo: [{ groups: [""], versions: ["v1"], kinds: ["Service"] }],
        location,
        parameters: { assign: { value: 1 } },
      },
    });
    const one = pod();
    server.put(mutator("a", "spec.ports[port: 80].weight"));
    const assigns = MUTATORS[0] as Resource;
    await eventually(() => expect(byPodOf(assigns, "a")).toEqual(["manager-1: "]));
    expect(one.policies.mutation.size).toBe(1);
    server.put(mutator("b", "spec.ports.weight"));
    await eventually(() => {
      expect(byPodOf(assigns, "a")[0]).toContain("conflicting schemas");
      expect(byPodOf(assigns, "b")[0]).toContain("conflicting schemas");
    });
    server.remove(assigns, { name: "b" });
    await eventually(() => expect(byPodOf(assigns, "a")).toEqual(["manager-1: "]));
  });

  it("report on Providers that nobody uses them, and what is wrong with them", async () => {
    const provider = (name: string, url: string): PlainObject => ({
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "Provider",
      metadata: { name },
      spec: { url, caBundle: Buffer.from(rootCertificates[0] as string).toString("base64") },
    });
    server.put(provider("good", "https://a.example"));
    server.put(provider("bad", "http://a.example"));
    pod();
    await eventually(() => {
      expect(byPodOf(PROVIDERS, "good")).toEqual([expect.stringContaining("external data is not supported")]);
      expect(byPodOf(PROVIDERS, "bad")).toEqual([expect.stringContaining("only HTTPS scheme is supported")]);
    });
    const [report] = listAt(server.get(PROVIDERS, { name: "good" }), "status", "byPod");
    expect(report).toMatchObject({ id: "manager-1", providerUID: expect.any(String) });
    expect(valueAt(report, "active")).toBeUndefined();
    server.remove(PROVIDERS, { name: "bad" });
    await eventually(() => expect(server.objects(podStatusResource("ProviderPodStatus")).size).toBe(1));
  });

  describe("that export violations", () => {
    const connection = (name: string, config: PlainObject, namespace = "gatekeeper-system"): PlainObject => ({
      apiVersion: "connection.gatekeeper.sh/v1alpha1",
      kind: "Connection",
      metadata: { name, namespace },
      spec: { driver: "dapr", config },
    });
    const reports = (name: string): readonly Value[] =>
      listAt(server.get(CONNECTIONS, { namespace: "gatekeeper-system", name }), "status", "byPod");
    const exporting = (name = "manager-1"): Pod => pod(name, [], { exportConnection: "ours" });
    const refused = (message: unknown) => ({ errors: [{ type: "UpsertConnection", message }] });

    it("go by the Connection of the name and namespace that they are told, and refuse others", async () => {
      for (const name of ["ours", "another"]) server.put(connection(name, { component: "c" }));
      server.put(connection("ours", { component: "d" }, "shop"));
      const { policies } = exporting();
      await eventually(() => expect(policies.exports.target()).toEqual({ driver: "dapr", component: "c" }));
      await eventually(() => {
        expect(reports("ours")).toMatchObject([
          { id: "manager-1", connectionUID: expect.any(String) as string },
        ]);
        expect(valueAt(reports("ours")[0], "errors")).toBeUndefined();
        expect(reports("another")).toMatchObject([
          refused(expect.stringContaining("error unsupported connection name another.")),
        ]);
      });
      server.remove(CONNECTIONS, { namespace: "gatekeeper-system", name: "ours" });
      await eventually(() => expect(policies.exports.target()).toBeUndefined());
    });

    it("keep what a Connection said before it became wrong, and say what is wrong with it", async () => {
      server.put(connection("ours", { component: "c" }));
      const { policies } = exporting();
      await eventually(() => expect(policies.exports.target()).toBeDefined());
      server.put(connection("ours", {}));
      const message = "error creating connection ours: failed to get value of component";
      await eventually(() => expect(reports("ours")).toMatchObject([refused(message)]));
      expect(policies.exports.target()).toEqual({ driver: "dapr", component: "c" });
    });

    it("tell how publishing went, as long as the Connection stays what it is", async () => {
      server.put(connection("ours", { component: "c" }));
      const { policies } = exporting();
      await eventually(() => expect(reports("ours")).toHaveLength(1));
      const lastAttemptTime = "2026-01-02T03:04:05Z";
      policies.exports.published({ source: "audit", active: true, lastAttemptTime, errors: ["full"] });
      await eventually(() =>
        expect(reports("ours")).toMatchObject([
          { active: true, publishStatuses: [{ source: "audit", active: true, lastAttemptTime }] },
        ]),
      );
      server.put(connection("ours", { component: "d" }));
      await eventually(() => {
        expect(policies.exports.target()).toMatchObject({ component: "d" });
        expect(valueAt(reports("ours")[0], "publishStatuses")).toBeUndefined();
      });
    });

    it("are silent about Connections where they export nothing", async () => {
      server.put(connection("ours", { component: "c" }));
      const { policies } = pod("manager-1");
      exporting("manager-2");
      await eventually(() => expect(reports("ours")).toMatchObject([{ id: "manager-2" }]));
      expect(policies.exports.target()).toBeUndefined();
    });
  });

  it("look Namespaces up that the cache has not heard of, and know when there is none", async () => {
    server.put(namespace("shop", { team: "a" }));
    const one = pod();
    expect(textAt(await one.policies.namespace("shop"), "metadata", "labels", "team")).toBe("a");
    expect(await one.policies.namespace("nowhere")).toBeUndefined();
  });
});

const constraintCrd: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};
const crdName = "denyall.constraints.gatekeeper.sh";

function config(spec: PlainObject): PlainObject {
  const metadata = { name: "config", namespace: "gatekeeper-system" };
  return { apiVersion: "config.gatekeeper.sh/v1alpha1", kind: "Config", metadata, spec };
}

/** A Pod as the chart makes it. */
function managerPod(name: string, args: readonly string[], ready = "True"): PlainObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "gatekeeper-system", labels: { "gatekeeper.sh/system": "yes" } },
    spec: { containers: [{ name: "manager", args }] },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}
