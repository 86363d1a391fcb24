import { createClient, listAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi, isNotFound } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { customResourceDefinitions } from "@portcullis/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, OWN_NAMESPACE, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { eventually, PATIENCE_MS, policyResource, until } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// The controllers of two pods, split as Gatekeeper's chart splits them, beside the garbage collector of Kubernetes.

/** Gatekeeper's own manager in our place: it has no such flag. */
const OTHER_MANAGER = process.env["MANAGER_BIN"] !== undefined;

const AUDIT = "gatekeeper-audit-0";
const WEBHOOK = "gatekeeper-webhook-0";

const AUDIT_OPERATIONS = ["audit", "generate", "mutation-status", "status"];
const WEBHOOK_OPERATIONS = ["mutation-webhook", "webhook"];

const forbids = (name: string, word: string) =>
  template(name, `package x\nviolation[{"msg": "no ${word}"}] { input.review.object.data[_] == "${word}" }`);
const onConfigMaps = { match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }] } };

const own = (group: string, version: string, kind: string, name: string, spec: PlainObject): PlainObject => ({
  apiVersion: `${group}.gatekeeper.sh/${version}`,
  kind,
  metadata: { name, ...(kind === "Config" || kind === "Connection" ? { namespace: OWN_NAMESPACE } : {}) },
  spec,
});

const LABELLER = own("mutations", "v1", "AssignMetadata", "label-it", {
  match: onConfigMaps.match,
  location: "metadata.labels.owner",
  parameters: { assign: { value: "somebody" } },
});
const PODS_OF_DEPLOYMENTS = own("expansion", "v1beta1", "ExpansionTemplate", "pods-of-deployments", {
  applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
  templateSource: "spec.template",
  generatedGVK: { group: "", version: "v1", kind: "Pod" },
});
const CONFIG = own("config", "v1alpha1", "Config", "config", {
  sync: { syncOnly: [{ group: "", version: "v1", kind: "ConfigMap" }] },
});
const SYNC_SET = own("syncset", "v1alpha1", "SyncSet", "services", {
  gvks: [{ group: "", version: "v1", kind: "Service" }],
});
const PROVIDER = (ca: string) =>
  own("externaldata", "v1beta1", "Provider", "provider", {
    url: "https://127.0.0.1:1",
    timeout: 3,
    caBundle: Buffer.from(ca).toString("base64"),
  });
const CONNECTION = own("connection", "v1alpha1", "Connection", "audit-connection", {
  driver: "disk",
  config: { path: "/tmp/violations" },
});

const configMap = (name: string, word: string): PlainObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data: { word },
});

const skipped = whyNoControlPlane("kube-controller-manager");
if (skipped !== undefined) console.log(`controllers against a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)("controllers", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let audit: Manager | undefined;
  let webhook: Manager | undefined;

  beforeAll(async () => {
    plane = await startControlPlane({
      controllers: ["garbage-collector-controller", "namespace-controller"],
    });
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    const operations = (names: readonly string[]) => names.map((name) => `--operation=${name}`);
    [audit, webhook] = await Promise.all([
      startManager(plane, {
        podName: AUDIT,
        flags: [
          ...operations(AUDIT_OPERATIONS),
          "--audit-interval=0",
          "--enable-violation-export",
          `--api-cache-dir=${plane.folder}/cache`,
        ],
        register: false,
      }),
      startManager(plane, {
        podName: WEBHOOK,
        // Broken templates are let through, as Gatekeeper does it: their status tells.
        flags: [
          ...operations(WEBHOOK_OPERATIONS),
          "--enable-violation-export",
          ...(OTHER_MANAGER ? [] : ["--refuse-broken-templates=false"]),
        ],
      }),
    ]);
  }, 180_000);

  afterAll(async () => {
    await Promise.all([audit?.stop(), webhook?.stop()]);
    await api?.close();
    await plane?.stop();
  }, 60_000);

  const get = async (resource: Resource, name: string): Promise<PlainObject | undefined> => {
    const found = await api.get(resource, { name, namespace: resource.namespaced ? OWN_NAMESPACE : "" });
    if (found.ok) return found.value;
    if (isNotFound(found.error)) return undefined;
    throw new Error(found.error.message);
  };
  const read = async (object: PlainObject): Promise<PlainObject | undefined> =>
    get(policyResource(object) as Resource, objectMeta(object).name);
  const byPod = async (object: PlainObject) => listAt(await read(object), "status", "byPod");
  const reporters = async (object: PlainObject) =>
    (await byPod(object)).map((report) => textAt(report, "id"));
  const create = async (object: PlainObject, ...args: readonly string[]) =>
    verdictOf(
      await plane.kubectl(["create", "--dry-run=server", ...args, "-f", "-"], JSON.stringify(object)),
    );

  /** Somebody creates a constraint as soon as its kind is served, as Helm, Argo CD and Flux do. */
  const createWhenServed = (object: PlainObject) =>
    until(`the kind ${objectMeta(object).kind}`, async () => {
      const { code, stderr } = await plane.kubectl(["apply", "-f", "-"], JSON.stringify(object));
      if (code !== 0 && !/no matches for kind|could not find the requested/.test(stderr))
        throw new Error(stderr);
      return code === 0;
    });

  describe("templates, constraints, Config and SyncSets", () => {
    const parts = (n: number) => ({
      template: forbids(`K8sOrder${n}`, `word${n}`),
      constraint: constraint(`K8sOrder${n}`, `order-${n}`, onConfigMaps),
    });

    it.each<readonly [n: number, what: string, (one: ReturnType<typeof parts>) => readonly PlainObject[]]>([
      [1, "the constraint first", (one) => [one.constraint, CONFIG, SYNC_SET, one.template]],
      [2, "the template first", (one) => [one.template, one.constraint, SYNC_SET, CONFIG]],
      [3, "the Config first", (one) => [CONFIG, SYNC_SET, one.constraint, one.template]],
    ])("in one apply (%s: %s) are in force without a second one", async (n, _what, order) => {
      const one = parts(n);
      // The kind's CRD from the template alone, as a pipeline renders it: kubectl knows no kind that is not served.
      const client = createClient();
      client.addTemplate(one.template);
      const crd = client.templates()[0]?.crd as PlainObject;
      await apply(plane, [crd]);
      const name = objectMeta(crd).name;
      await kubectl(plane, ["wait", "--for=condition=Established", `crd/${name}`, "--timeout=30s"]);
      await apply(plane, order(one));
      await eventually(() => create(configMap("c", `word${n}`)), {
        verdict: "deny",
        lines: [`[order-${n}] no word${n}`],
      });
      // The template has taken its CRD over.
      const owner = async () =>
        listAt(
          JSON.parse(await kubectl(plane, ["get", "crd", name, "-o", "json"])) as PlainObject,
          "metadata",
          "ownerReferences",
        );
      await eventually(async () => ({ owner: await owner() }), {
        owner: [
          { kind: "ConstraintTemplate", name: `k8sorder${n}`, controller: true, blockOwnerDeletion: true },
        ],
      });
    });

    it("whose constraint waits for its kind are in force, too", async () => {
      const one = parts(4);
      await Promise.all([createWhenServed(one.constraint), apply(plane, [one.template])]);
      await eventually(() => create(configMap("c", "word4")), { verdict: "deny" });
    });
  });

  describe("pod statuses", () => {
    const OTHERS = {
      template: forbids("K8sStatus", "status"),
      constraint: constraint("K8sStatus", "a-b", onConfigMaps),
    };

    beforeAll(async () => {
      await apply(plane, [
        OTHERS.template,
        CONFIG,
        LABELLER,
        PODS_OF_DEPLOYMENTS,
        PROVIDER(plane.ca),
        CONNECTION,
      ]);
      await createWhenServed(OTHERS.constraint);
    }, 60_000);

    interface Row {
      readonly about: PlainObject | ((ca: string) => PlainObject);
      readonly kind: string;
      readonly version?: string;
      readonly name: string;
      readonly labels: PlainObject;
      readonly uidField: string;
      readonly says: PlainObject;
    }
    const label = (name: string) => `internal.gatekeeper.sh/${name}`;
    const ROWS: readonly Row[] = [
      {
        about: OTHERS.template,
        kind: "ConstraintTemplatePodStatus",
        name: "gatekeeper--webhook--0-k8sstatus",
        labels: { [label("constrainttemplate-name")]: "k8sstatus" },
        uidField: "templateUID",
        says: {},
      },
      {
        about: OTHERS.constraint,
        kind: "ConstraintPodStatus",
        name: "gatekeeper--webhook--0-k8sstatus-a--b",
        labels: {
          [label("constraint-name")]: "a-b",
          [label("constraint-kind")]: "K8sStatus",
          [label("constrainttemplate-name")]: "k8sstatus",
        },
        uidField: "constraintUID",
        says: { enforced: true },
      },
      {
        about: CONFIG,
        kind: "ConfigPodStatus",
        name: "gatekeeper--webhook--0-gatekeeper--system-config",
        labels: { [label("config-name")]: "config" },
        uidField: "configUID",
        says: {},
      },
      {
        about: LABELLER,
        kind: "MutatorPodStatus",
        name: "gatekeeper--webhook--0-assignmetadata-label--it",
        labels: { [label("mutator-name")]: "label-it", [label("mutator-kind")]: "AssignMetadata" },
        uidField: "mutatorUID",
        says: { enforced: true },
      },
      {
        about: PODS_OF_DEPLOYMENTS,
        kind: "ExpansionTemplatePodStatus",
        name: "gatekeeper--webhook--0-pods--of--deployments",
        labels: { [label("expansiontemplate-name")]: "pods-of-deployments" },
        uidField: "templateUID",
        says: {},
      },
      {
        about: PROVIDER,
        kind: "ProviderPodStatus",
        name: "gatekeeper--webhook--0-provider",
        labels: { [label("provider-name")]: "provider" },
        uidField: "providerUID",
        says: {
          errors: [
            { type: "UpsertCache", message: expect.stringContaining("not supported"), retryable: false },
          ],
        },
      },
      {
        about: CONNECTION,
        kind: "ConnectionPodStatus",
        version: "v1alpha1",
        name: "gatekeeper--webhook--0-gatekeeper--system-audit--connection",
        labels: { [label("connection-name")]: "audit-connection" },
        uidField: "connectionUID",
        says: {
          errors: [
            { type: "UpsertConnection", message: expect.stringContaining("'maxAuditResults'") as string },
          ],
        },
      },
    ];

    it.each(ROWS.map((row) => [row.kind, row] as const))(
      "%s has Gatekeeper's name, labels, owner and fields; byPod repeats it",
      async (kind, { about, version = "v1beta1", name, labels, uidField, says }) => {
        const object = typeof about === "function" ? about(plane.ca) : about;
        const plural = `${kind.toLowerCase()}es`;
        const resource = { group: "status.gatekeeper.sh", version, kind, plural, namespaced: true };
        const subject = async () => (await read(object)) as PlainObject;
        await until(name, async () => (await get(resource, name)) !== undefined);
        const { uid, generation } = (await subject())["metadata"] as PlainObject;
        const pod = JSON.parse(
          await kubectl(plane, ["get", "pod", "-n", OWN_NAMESPACE, WEBHOOK, "-o", "json"]),
        ) as PlainObject;
        const status = {
          id: WEBHOOK,
          [uidField]: uid,
          operations: WEBHOOK_OPERATIONS,
          observedGeneration: generation,
          ...says,
        };
        await eventually(async () => (await get(resource, name)) ?? {}, {
          metadata: {
            name,
            namespace: OWN_NAMESPACE,
            labels: { ...labels, [label("pod")]: WEBHOOK },
            ownerReferences: [
              { apiVersion: "v1", kind: "Pod", name: WEBHOOK, uid: textAt(pod, "metadata", "uid") },
            ],
          },
          status,
        });
        await eventually(async () => ({ ids: await reporters(object) }), { ids: [AUDIT, WEBHOOK] });
        expect((await byPod(object)).at(-1)).toMatchObject(status);
      },
    );

    it("make a template `created`", async () => {
      await eventually(async () => (await read(OTHERS.template)) ?? {}, { status: { created: true } });
    });

    it("that somebody deletes come back", async () => {
      const name = "gatekeeper--webhook--0-k8sstatus-a--b";
      const args = ["-n", OWN_NAMESPACE, "constraintpodstatus", name];
      await kubectl(plane, ["delete", ...args]);
      await until("the status", async () => (await plane.kubectl(["get", ...args])).code === 0);
      await eventually(async () => ({ ids: await reporters(OTHERS.constraint) }), { ids: [AUDIT, WEBHOOK] });
    });

    it("tell what is wrong with a template, which keeps its `created` and its former version", async () => {
      const about = OTHERS.template;
      const broken = template("K8sStatus", "package x\nviolation[{");
      await kubectl(plane, ["apply", "-f", "-"], JSON.stringify(forbids("K8sStatus", "status")));
      await kubectl(plane, ["apply", "-f", "-"], JSON.stringify(broken));
      await eventually(async () => ({ reports: await byPod(about) }), {
        reports: [
          {
            id: AUDIT,
            errors: [{ code: "ingest_error", message: expect.stringContaining("rego_parse_error") }],
          },
          {
            id: WEBHOOK,
            errors: [{ code: "ingest_error", message: expect.stringContaining("rego_parse_error") }],
          },
        ],
      });
      expect(valueAt(await read(about), "status", "created")).toBe(true);
      await eventually(() => create(configMap("c", "status")), { verdict: "deny" });
      await kubectl(plane, ["apply", "-f", "-"], JSON.stringify(about));
      await eventually(async () => ({ reports: await byPod(about) }), {
        reports: [{ id: AUDIT }, { id: WEBHOOK }],
      });
    });
  });

  it("mutators and ExpansionTemplates work", async () => {
    await apply(plane, [
      template(
        "K8sNoRoot",
        'package x\nviolation[{"msg": "no root"}] { input.review.object.spec.hostNetwork }',
      ),
      PODS_OF_DEPLOYMENTS,
      LABELLER,
    ]);
    await createWhenServed(
      constraint("K8sNoRoot", "no-root", { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } }),
    );
    const deployment: PlainObject = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "d", namespace: "default" },
      spec: {
        selector: { matchLabels: { a: "b" } },
        template: {
          metadata: { labels: { a: "b" } },
          spec: { hostNetwork: true, containers: [{ name: "c", image: "i" }] },
        },
      },
    };
    await eventually(() => create(deployment), {
      verdict: "deny",
      lines: ["[no-root] [Implied by pods-of-deployments] no root"],
    });
    const mutated = async () =>
      JSON.parse(
        await kubectl(
          plane,
          ["create", "--dry-run=server", "-o", "json", "-f", "-"],
          JSON.stringify(configMap("m", "x")),
        ),
      ) as PlainObject;
    await eventually(mutated, { metadata: { labels: { owner: "somebody" } } });
  });

  it("deleting a template removes its CRD, its constraints and what was reported on them", async () => {
    const one = {
      template: forbids("K8sGone", "gone"),
      constraint: constraint("K8sGone", "gone", onConfigMaps),
    };
    await apply(plane, [one.template]);
    await createWhenServed(one.constraint);
    await eventually(() => create(configMap("c", "gone")), { verdict: "deny" });
    await kubectl(plane, ["delete", "constrainttemplate", "k8sgone"]);
    const crd = ["get", "crd", "k8sgone.constraints.gatekeeper.sh"];
    await until("the end of the CRD", async () => (await plane.kubectl(crd)).code !== 0);
    await eventually(() => create(configMap("c", "gone")), { verdict: "allow" });
    const left = async () =>
      (await kubectl(plane, ["get", "constrainttemplatepodstatuses,constraintpodstatuses", "-A"])).match(
        /gone/g,
      ) ?? [];
    await until("the end of the statuses", async () => (await left()).length === 0);
    // And it can come back.
    await apply(plane, [one.template]);
    await createWhenServed(one.constraint);
    await eventually(() => create(configMap("c", "gone")), { verdict: "deny" });
  });

  it("what a dead pod reported goes with it", async () => {
    const podName = "gatekeeper-webhook-1";
    const second = await startManager(plane, { podName, flags: ["--operation=webhook"], register: false });
    await eventually(async () => ({ ids: await reporters(CONFIG) }), { ids: [AUDIT, WEBHOOK, podName] });
    second.process.signal("SIGKILL");
    await kubectl(plane, ["delete", "pod", "-n", OWN_NAMESPACE, podName, "--force", "--grace-period=0"]);
    await eventually(async () => ({ ids: await reporters(CONFIG) }), { ids: [AUDIT, WEBHOOK] });
    const left = async () =>
      customResourceDefinitions()
        .map((each) => textAt(each, "metadata", "name"))
        .filter((name) => name.endsWith(".status.gatekeeper.sh"))
        .join(",");
    const statuses = async () =>
      kubectl(plane, [
        "get",
        await left(),
        "-A",
        "-l",
        `internal.gatekeeper.sh/pod=${podName}`,
        "-o",
        "name",
      ]);
    await until("the end of its statuses", async () => (await statuses()).trim() === "", PATIENCE_MS * 2);
  });
});
