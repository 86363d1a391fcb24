import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  connectToCluster,
  createKubeApi,
  createListWatch,
  isAlreadyExists,
  isConflict,
  isExpired,
  isForbidden,
  isNotFound,
  plainConnection,
} from "@portcullis/engine/cluster";
import type { Change, KubeApi, KubeResult, Resource } from "@portcullis/engine/cluster";
import { listAt, textAt, valueAt } from "@portcullis/engine";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOBODY_TOKEN, startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";

const CONFIG_MAPS = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const CRDS = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};
const SELF_SUBJECT_REVIEWS = {
  group: "authentication.k8s.io",
  version: "v1",
  kind: "SelfSubjectReview",
  plural: "selfsubjectreviews",
  namespaced: false,
};
const WIDGETS = { group: "example.com", version: "v1", kind: "Widget", plural: "widgets", namespaced: true };

const WIDGET_CRD: PlainObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

const configMap = (name: string, data: PlainObject = {}): PlainObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "default", name },
  data,
});

/** How long to wait for what must come. */
const PATIENCE = { timeout: 60_000, interval: 20 };

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`Kubernetes access against a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)(
  "Kubernetes access, against a real API server",
  { timeout: 120_000 },
  () => {
    let plane: ControlPlane;
    let api: KubeApi;

    beforeAll(async () => {
      plane = await startControlPlane();
      api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    }, 120_000);

    afterAll(async () => {
      await api?.close();
      await plane?.stop();
    });

    async function kubectl(args: readonly string[], input?: string): Promise<string> {
      const { code, stdout, stderr } = await plane.kubectl(args, input);
      if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
      return stdout;
    }

    /** A list-watch with all that it told. */
    function follow(resource: Resource) {
      const changes: Change[] = [];
      const listWatch = createListWatch({
        api,
        resource,
        onChange: (change) => changes.push(change),
        pageSize: 3,
        timing: { backoffMs: 20, maxBackoffMs: 500 },
      });
      listWatch.start();
      return { listWatch, changes };
    }

    it("makes kinds, and sees what kubectl applies of them", async () => {
      const { listWatch, changes } = follow(WIDGETS);
      await listWatch.whenSettled();
      expect(listWatch.absent).toBe(true);
      valueOf(await api.create(CRDS, WIDGET_CRD));
      await expect.poll(() => establishedIn(api), PATIENCE).toBe("True");
      listWatch.wake();
      await kubectl(["wait", "--for=condition=Established", "crd/widgets.example.com"]);
      await kubectl(["apply", "-f", "-"], JSON.stringify(widget("w", { size: 1 })));
      await expect.poll(() => changes.map(({ key }) => key), PATIENCE).toEqual(["default/w"]);
      await kubectl(["apply", "-f", "-"], JSON.stringify(widget("w", { size: 2 })));
      await expect.poll(() => valueAt(listWatch.cache.get("default/w"), "spec", "size"), PATIENCE).toBe(2);
      await kubectl(["delete", "widget", "w", "--wait=false"]);
      await expect.poll(() => listWatch.cache.size, PATIENCE).toBe(0);
      await listWatch.stop();
    });

    it("keeps every digit and every field, through create, get, list and watch", async () => {
      const text = '{"big":9007199254740993,"__proto__":{"x":1},"nested":{"unknown":[1.5]}}';
      const parsed = parseJson(text);
      const spec = parsed.ok ? (parsed.value as PlainObject) : {};
      valueOf(await api.apply(CRDS, WIDGET_CRD, { fieldManager: "test", force: true }));
      await expect.poll(() => establishedIn(api), PATIENCE).toBe("True");
      await expect.poll(async () => (await api.list(WIDGETS)).ok, PATIENCE).toBe(true);
      const { listWatch } = follow(WIDGETS);
      await listWatch.whenSettled();
      const made = valueOf(await api.create(WIDGETS, { ...widget("exact"), spec }));
      expect(made["spec"]).toEqual(spec);
      await expect.poll(() => listWatch.cache.get("default/exact")?.["spec"], PATIENCE).toEqual(spec);
      const name = { namespace: "default", name: "exact" };
      expect(valueOf(await api.get(WIDGETS, name))["spec"]).toEqual(spec);
      expect(valueOf(await api.list(WIDGETS)).items.map((item) => item["spec"])).toEqual([spec]);
      expect(await kubectl(["get", "widget", "exact", "-o", "json"])).toContain("9007199254740993");
      valueOf(await api.delete(WIDGETS, name));
      await listWatch.stop();
    });

    it("names what the server refuses", async () => {
      const made = valueOf(await api.create(CONFIG_MAPS, configMap("refused")));
      valueOf(await api.replace(CONFIG_MAPS, { ...made, data: { a: "1" } }));
      expect(isConflict(errorOf(await api.replace(CONFIG_MAPS, { ...made, data: { a: "2" } })))).toBe(true);
      expect(isAlreadyExists(errorOf(await api.create(CONFIG_MAPS, configMap("refused"))))).toBe(true);
      expect(isNotFound(errorOf(await api.get(CONFIG_MAPS, { namespace: "default", name: "none" })))).toBe(
        true,
      );
      const { server, ca } = plane;
      const nobody = createKubeApi({ connection: plainConnection({ server, ca, token: NOBODY_TOKEN }) });
      expect(isForbidden(errorOf(await nobody.list(CONFIG_MAPS)))).toBe(true);
      await nobody.close();
      const stranger = createKubeApi({ connection: plainConnection({ server, ca, token: "unknown" }) });
      expect(errorOf(await stranger.list(CONFIG_MAPS)).code).toBe(401);
      await stranger.close();
    });

    it("says that a version is too old, as a server does that was started anew", async () => {
      const { resourceVersion } = valueOf(await api.list(CONFIG_MAPS));
      valueOf(await api.create(CONFIG_MAPS, configMap("newer")));
      await plane.restartApiServer();
      const opened = await api.watch(CONFIG_MAPS, { resourceVersion });
      const error = opened.ok ? await firstError(opened.value) : opened.error;
      expect(error && isExpired(error)).toBe(true);
    });

    it("is a pod with a service account, whose token is written anew before the old one ends", async () => {
      const namespace = "default";
      await kubectl(["create", "serviceaccount", "manager", "-n", namespace]);
      await kubectl([
        "create",
        "clusterrolebinding",
        "manager",
        "--clusterrole=cluster-admin",
        "--serviceaccount=default:manager",
      ]);
      const secrets = ["first", "second"];
      for (const name of secrets) await kubectl(["create", "secret", "generic", name]);
      const tokens = await Promise.all(
        secrets.map(async (name) =>
          (
            await kubectl([
              "create",
              "token",
              "manager",
              "--bound-object-kind=Secret",
              `--bound-object-name=${name}`,
            ])
          ).trim(),
        ),
      );
      const account = join(plane.folder, "var/run/secrets/kubernetes.io/serviceaccount");
      mkdirSync(account, { recursive: true });
      writeFileSync(join(account, "ca.crt"), plane.ca);
      writeFileSync(join(account, "namespace"), namespace);
      writeFileSync(join(account, "token"), `${tokens[0]}\n`);
      const { hostname, port } = new URL(plane.server);
      const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const connection = await connectToCluster({ podRoot: plane.folder, env });
      expect([connection.server, connection.namespace]).toEqual([plane.server, namespace]);
      const pod = createKubeApi({ connection, qps: 0 });
      const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
      const who = valueOf(await pod.create(SELF_SUBJECT_REVIEWS, review));
      expect(textAt(who, "status", "userInfo", "username")).toBe("system:serviceaccount:default:manager");
      const listWatch = createListWatch({ api: pod, resource: CONFIG_MAPS, onChange: () => undefined });
      listWatch.start();
      await listWatch.whenSettled();

      writeFileSync(join(account, "token"), `${tokens[1]}\n`);
      await kubectl(["delete", "secret", "first"]);
      const { server, ca } = plane;
      const stale = createKubeApi({
        connection: plainConnection({ server, ca, token: tokens[0] as string }),
      });
      // The server remembers for a while whom it believed.
      await expect.poll(async () => (await stale.list(CONFIG_MAPS)).ok, PATIENCE).toBe(false);
      expect(errorOf(await stale.list(CONFIG_MAPS)).code).toBe(401);
      await stale.close();
      for (let i = 0; i < 3; i++) valueOf(await pod.list(CONFIG_MAPS));
      valueOf(await pod.create(CONFIG_MAPS, configMap("after-rotation")));
      await expect
        .poll(() => listWatch.cache.get("default/after-rotation") !== undefined, PATIENCE)
        .toBe(true);
      await listWatch.stop();
      await pod.close();
    });

    it("discovers the kinds that the server has, aggregated or one by one", async () => {
      const found = valueOf(await api.discover());
      const widgets = found.resources.filter(({ kind }) => kind === "Widget");
      expect(widgets).toMatchObject([{ ...WIDGETS, hasStatus: false }]);
      expect(found.preferredVersions.get("apps")).toBe("v1");
      expect(found.unavailable).toEqual([]);
      const apps = valueOf(await api.resourcesIn("apps", "v1"));
      expect(apps).toContainEqual(
        found.resources.find(({ kind, group }) => kind === "Deployment" && group === "apps"),
      );
    });

    it("misses nothing and doubles nothing while the server is killed and started anew, again and again", async () => {
      const { listWatch, changes } = follow(CONFIG_MAPS);
      await listWatch.whenSettled();
      let writing = true;
      const writer = writeWithoutEnd(api, () => writing);
      for (let round = 0; round < 2; round++) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await plane.restartApiServer();
      }
      // The whole cluster stands still: the server cannot answer.
      plane.etcd.signal("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 1500));
      plane.etcd.signal("SIGCONT");
      await new Promise((resolve) => setTimeout(resolve, 500));
      writing = false;
      expect(await writer).toBeGreaterThan(20);
      await expect
        .poll(async () => sameVersions(listWatch.cache.values(), await all(api)), PATIENCE)
        .toBe(true);
      expect(sameVersions(replayed(changes), listWatch.cache.values())).toBe(true);
      await listWatch.stop();
    });
  },
);

function widget(name: string, spec: PlainObject = {}): PlainObject {
  return { apiVersion: "example.com/v1", kind: "Widget", metadata: { namespace: "default", name }, spec };
}

async function establishedIn(api: KubeApi): Promise<string> {
  const crd = valueOf(await api.get(CRDS, { name: "widgets.example.com" }));
  const condition = listAt(crd, "status", "conditions").find(
    (each) => textAt(each, "type") === "Established",
  );
  return textAt(condition, "status");
}

/** Makes, changes and deletes objects until told to end; answers how many writes the server has taken. */
async function writeWithoutEnd(api: KubeApi, goesOn: () => boolean): Promise<number> {
  let taken = 0;
  for (let i = 0; goesOn(); i++) {
    const name = `busy-${i % 7}`;
    const outcome =
      i % 5 === 4
        ? await api.delete(CONFIG_MAPS, { namespace: "default", name }, { timeoutMs: 1000 })
        : await api.apply(CONFIG_MAPS, configMap(name, { i: `${i}` }), {
            fieldManager: "test",
            timeoutMs: 1000,
          });
    if (outcome.ok) taken++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return taken;
}

async function all(api: KubeApi): Promise<readonly PlainObject[]> {
  return valueOf(await api.list(CONFIG_MAPS)).items;
}

function sameVersions(a: Iterable<PlainObject>, b: Iterable<PlainObject>): boolean {
  const versions = (objects: Iterable<PlainObject>) =>
    [...objects].map(
      (object) => `${textAt(object, "metadata", "uid")}@${textAt(object, "metadata", "resourceVersion")}`,
    );
  return JSON.stringify(versions(a).toSorted()) === JSON.stringify(versions(b).toSorted());
}

/** What somebody knows who was told of the changes alone; each must begin where the one before it ended, and be newer. */
function replayed(changes: readonly Change[]): Iterable<PlainObject> {
  const known = new Map<string, PlainObject>();
  const newest = new Map<string, number>();
  for (const { key, object, previous } of changes) {
    expect(previous).toEqual(known.get(key));
    if (object === undefined) {
      known.delete(key);
      continue;
    }
    const version = Number(textAt(object, "metadata", "resourceVersion"));
    expect(version).toBeGreaterThan(newest.get(key) ?? 0);
    newest.set(key, version);
    known.set(key, object);
  }
  return known.values();
}

async function firstError(watch: AsyncIterable<{ readonly type: string; readonly error?: unknown }>) {
  for await (const event of watch) {
    if (event.type === "ERROR") return (event as { error: Parameters<typeof isExpired>[0] }).error;
  }
  return undefined;
}

function valueOf<T>(result: KubeResult<T>): T {
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.message}`);
  return result.value;
}

function errorOf(result: KubeResult<unknown>) {
  if (result.ok) throw new Error("the call succeeded");
  return result.error;
}
