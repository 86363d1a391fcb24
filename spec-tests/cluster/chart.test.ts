import { readFileSync } from "node:fs";
import { join } from "node:path";
import { objectAt, textAt, valueAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connection, constraint, modifySet, provider, template } from "../chart/policy.ts";
import { NAMESPACE, objectsIn } from "../chart/chart.ts";
import { repositoryRoot } from "../test-data.ts";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { makeImage } from "../testbed/image.ts";
import type { Image } from "../testbed/image.ts";
import { apply, kubectl } from "../testbed/manager.ts";
import { TestNode } from "../testbed/node.ts";
import { ClusterPolicies, eventually, pause, until } from "./cluster-policies.ts";
import { CONTROLLERS, helmRelease, programsOf, WEBHOOK_SERVICE } from "./helm-release.ts";
import { eventsOf, grantedRights, usageOf } from "./rights.ts";
import { NOT_HERE, noScenarios, runScenario, scenarios } from "./webhook-scenarios.ts";

// A release of the chart from its install to its end: real helm, real API server, the pods as processes of this machine.

/** The roles of the chart, and the user that each is for. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  "gatekeeper-manager-role": `system:serviceaccount:${NAMESPACE}:gatekeeper-admin`,
  "gatekeeper-admin-upgrade-crds": `system:serviceaccount:${NAMESPACE}:gatekeeper-admin-upgrade-crds`,
};

/** Granted though nothing here uses it, and why. */
const UNUSED: Readonly<Record<string, string>> = {
  "get *.*": "audit and data.inventory read every kind",
  "list *.*": "audit and data.inventory read every kind",
  "watch *.*": "audit and data.inventory read every kind",
  "update constrainttemplates/finalizers.templates.gatekeeper.sh":
    "asked of whoever sets blockOwnerDeletion where the plugin OwnerReferencesPermissionEnforcement is on",
};

const skipped = whyNoControlPlane("kube-controller-manager", "helm");
if (skipped !== undefined) console.log(`the chart in a cluster: ${skipped}`);
else if (noScenarios !== undefined) console.log(`webhook scenarios through the chart: ${noScenarios}`);
else for (const [id, why] of Object.entries(NOT_HERE)) console.log(`webhook scenario ${id} left out: ${why}`);

const PODS: Resource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

describe.skipIf(skipped !== undefined)("a release of the chart", { timeout: 240_000 }, () => {
  let plane: ControlPlane;
  let image: Image;
  let node: TestNode;
  let api: KubeApi;
  let policies: ClusterPolicies;

  beforeAll(async () => {
    plane = await startControlPlane({
      controllers: CONTROLLERS,
      services: true,
      audited: [...Object.values(ACCOUNTS), "admin"],
    });
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    policies = new ClusterPolicies(plane, api);
    image = makeImage();
    node = await TestNode.start(plane, { programs: programsOf(image), service: WEBHOOK_SERVICE });
    await apply(plane, [namespace("shop")]);
  }, 180_000);

  afterEach(({ task }) => {
    if (task.result?.state !== "fail") return;
    for (const each of node.processes("")) console.log(`${each.name}:\n${each.output().slice(-3000)}`);
  });

  afterAll(async () => {
    await node?.stop();
    await api?.close();
    await plane?.stop();
    image?.remove();
  }, 120_000);

  it("is installed, and ready when helm says so", async () => {
    await helmRelease(plane, "install", { args: WAIT });
    // The CRDs are new, so there is nothing that a Job would have to upgrade.
    expect(jobsStarted()).toBe(0);
    expect(node.processes("gatekeeper-controller-manager")).toHaveLength(3);
    expect(node.processes("gatekeeper-audit")).toHaveLength(1);
    // At once: what is ready enforces.
    await expect(create(pod("web", "shop"))).resolves.toBe("admitted");
  });

  it("takes a template and its constraint in one go, as GitOps tools apply and try again", async () => {
    const both = [template(), constraint()];
    await until("both to be applied", () => apply(plane, both).then(Boolean, () => false));
    for (const kind of ["constrainttemplate/demandslabel", "demandslabel/demands-owner"])
      await kubectl(plane, ["wait", "--for=condition=Ready", kind, "--timeout=60s"]);
    expect(await create(pod("web", "shop"))).toContain("[demands-owner] no owner");
    await expect(create(pod("web", "shop", { owner: "me" }))).resolves.toBe("admitted");
  });

  it("is upgraded and rolled back without a gap in enforcement, certificates kept", async () => {
    const before = await certificates();
    await makeOld(TEMPLATE_DEFINITION);
    await kubectl(plane, ["delete", "crd", "syncsets.syncset.gatekeeper.sh"]);
    const watch = watchEnforcement();
    await helmRelease(plane, "upgrade", { args: WAIT, values: FOR_SCENARIOS });
    expect(await flagsOf("gatekeeper-audit")).toContain("--audit-interval=2");
    await kubectl(plane, ["get", "syncsets"]);
    const definition = await json("crd", TEMPLATE_DEFINITION);
    expect(JSON.stringify(valueAt(definition, "spec", "versions"))).toContain('"created"');
    expect(objectAt(definition, "metadata", "labels")).toMatchObject({ team: "a" });
    expect(jobsStarted()).toBe(1);
    await helmRelease(plane, "rollback", { args: ["1", ...WAIT] });
    expect(await flagsOf("gatekeeper-audit")).toContain("--audit-interval=60");
    expect(await watch.end()).toEqual({ wrong: [] });
    expect(await certificates()).toEqual(before);
  });

  it("makes its Secret again when somebody deletes it, and puts its CA back", async () => {
    await kubectl(plane, ["delete", "secret", "gatekeeper-webhook-server-cert", "-n", NAMESPACE]);
    await until("a new Secret that the webhooks trust", async () => {
      const { secret, trusted } = await certificates();
      return secret !== undefined && trusted.every((bundle) => bundle === secret);
    });
    await untilTold(pod("web", "shop", { owner: "me" }), "admitted");
    expect(await create(pod("web", "shop"))).toContain("no owner");
  });

  describe.skipIf(noScenarios !== undefined)(
    "as the pods of the chart run, so do the webhook scenarios",
    () => {
      beforeAll(async () => {
        await kubectl(plane, ["delete", "demandslabel", "demands-owner"]);
        await helmRelease(plane, "upgrade", { args: WAIT, values: FOR_SCENARIOS });
      }, 180_000);

      // API servers look only now and then whether a CRD that goes has lost its last object.
      afterEach(() => policies.removeAll(), 180_000);

      it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_id, scenario) => {
        await expect(runScenario({ plane, policies }, scenario)).resolves.toBeUndefined();
      });
    },
  );

  it("enforces through the failures that follow", async () => {
    await apply(plane, [template()]);
    await until("the constraint", () => apply(plane, [constraint()]).then(Boolean, () => false));
    await untilTold(pod("web", "shop"), "no owner");
    expect(await create(pod("web", "shop", { owner: "me" }))).toBe("admitted");
  });

  describe("with every replica killed", () => {
    beforeAll(() => node.down(), 60_000);

    it("refuses what cannot be reviewed", async () => {
      expect(await create(pod("web", "shop"))).toContain("failed calling webhook");
      expect(await create(pod("web", "shop", { owner: "me" }))).toContain("failed calling webhook");
    });

    it.each([
      ["a node's heartbeat", lease("node-1", "kube-node-lease")],
      ["a controller's lease", lease("leader", "shop")],
      ["a Node", { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } }],
      [
        "a CSINode",
        {
          apiVersion: "storage.k8s.io/v1",
          kind: "CSINode",
          metadata: { name: "node-1" },
          spec: { drivers: [] },
        },
      ],
      ["a pod of the control plane", pod("kube-proxy", "kube-system")],
      ["a pod of ours", pod("one-more", NAMESPACE)],
    ])("lets %s be made and changed", async (_, object) => {
      await apply(plane, [object]);
      const labels = { ...objectAt(object, "metadata", "labels"), changed: "yes" };
      const changed = await apply(plane, [
        { ...object, metadata: { ...objectAt(object, "metadata"), labels } },
      ]);
      expect(changed).toContain("configured");
      await plane.kubectl(["delete", "--force", "-f", "-"], JSON.stringify(object));
    });

    it("lets kubelets mirror static pods, and ask who somebody is", async () => {
      const kubelet = ["--as=system:node:node-1", "--as-group=system:nodes", "--as-group=system:masters"];
      const mirror = JSON.stringify(pod("static", "shop"));
      expect(await kubectl(plane, ["create", ...kubelet, "-f", "-"], mirror)).toContain("created");
      await kubectl(plane, ["delete", "--force", "-f", "-"], mirror);
      const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token: "x" } };
      expect(await kubectl(plane, ["create", "-f", "-"], JSON.stringify(review))).toContain("created");
    });

    it("lets an API server start", async () => {
      await plane.restartApiServer();
      expect(await create(pod("web", "shop"))).toContain("failed calling webhook");
    });

    it("lets our pods be made again, and the release be mended", async () => {
      const names = () => kubectl(plane, ["get", "pods", "-n", NAMESPACE, "-o", "name"]);
      const before = (await names()).trim().split("\n");
      await kubectl(plane, ["delete", "-n", NAMESPACE, "--force", ...before]);
      await until("new pods", async () => {
        const now = (await names()).trim().split("\n");
        return now.length === 4 && now.every((name) => !before.includes(name));
      });
      // A changed right is an update of a cluster-wide object.
      const values = { rbac: { readRules: READ_ALL } };
      const told = await helmRelease(plane, "upgrade", { args: ["--no-hooks"], values });
      expect(told).toContain("deployed");
    });

    it("lets everything in unseen where the user says Ignore, or takes the webhook away", async () => {
      // Without --reset-values helm takes no values for those of the release before.
      const args = ["--no-hooks", "--reset-values"];
      const upgrade = (values: PlainObject): Promise<string> =>
        helmRelease(plane, "upgrade", { args, values });
      await upgrade({ validatingWebhookFailurePolicy: "Ignore" });
      await untilTold(pod("web", "shop"), "admitted");
      await upgrade({});
      await untilTold(pod("web", "shop"), "failed calling webhook");
      await kubectl(plane, ["delete", "validatingwebhookconfigurations", VALIDATING]);
      await untilTold(pod("web", "shop"), "admitted");
      await upgrade({});
      await untilTold(pod("web", "shop"), "failed calling webhook");
      expect(await json("validatingwebhookconfiguration", VALIDATING)).toHaveProperty("webhooks");
    });

    it("enforces again as soon as the replicas are back, without anybody's help", async () => {
      node.up();
      await untilTold(pod("web", "shop"), "no owner");
      await untilTold(pod("web", "shop", { owner: "me" }), "admitted");
      expect(node.processes("gatekeeper-controller-manager").length).toBeGreaterThan(0);
    });
  });

  it("has the rights that it needs, and no others", async () => {
    // What no scenario does: a mutator of each kind, a constraint that changes, a template whose schema does, and exports: only a
    // process that exports reports on Connections.
    const exporting = { enableViolationExport: true, exportBackend: "dapr" };
    await helmRelease(plane, "upgrade", { args: WAIT, values: exporting });
    await apply(plane, [modifySet(), constraint("warn")]);
    for (const objects of [
      [provider(), connection()],
      [provider(2), connection(4)],
    ]) {
      await apply(plane, objects);
      for (const kind of ["providers", "connections"])
        await kubectl(plane, [
          "wait",
          "--for=jsonpath={.status.byPod}",
          kind,
          "--all",
          "-A",
          "--timeout=60s",
        ]);
    }
    await kubectl(plane, ["delete", "providers,connections", "--all", "-A"]);
    await apply(plane, [template({ type: "string" })]);
    await until("the CRD to change", async () =>
      (await kubectl(plane, ["get", "crd", "demandslabel.constraints.gatekeeper.sh", "-o", "json"])).includes(
        "label",
      ),
    );
    const golden = readFileSync(join(repositoryRoot, "spec-tests/chart/default-objects.golden.yaml"), "utf8");
    for (const [role, user] of Object.entries(ACCOUNTS)) {
      const granted = grantedRights(objectsIn(golden), role);
      expect(granted.length).toBeGreaterThan(2);
      // Without the scenarios much is left undone.
      if (noScenarios === undefined)
        await eventually(() => Promise.resolve({ unused: unused(granted, user) }), { unused: [] });
      expect(usageOf(plane.auditLog, user).refused).toEqual([]);
    }
  });

  it("is uninstalled, the webhook configurations first, and leaves nothing that blocks", async () => {
    await apply(plane, [template(), constraint()]);
    const status = await statusOfConstraint();
    const before = deletedByHelm().length;
    await helmRelease(plane, "uninstall", { args: ["--wait", "--timeout=90s"] });
    const deleted = deletedByHelm().slice(before);
    expect(deleted.slice(0, 2).sort()).toEqual([
      "mutatingwebhookconfigurations",
      "validatingwebhookconfigurations",
    ]);
    // Pods go once their shutdown delay is over, which Helm does not wait for.
    await until(
      "everything of the release to go",
      async () =>
        (await kubectl(plane, ["get", EVERYTHING, "-A", "-l", "release=gatekeeper", "-o", "name"])) === "",
    );
    // Users' objects stay, with what was found out about them.
    expect(await statusOfConstraint()).toEqual(status);
    await expect(create(pod("web", "shop"))).resolves.toBe("admitted");
    await kubectl(plane, ["delete", "namespace", NAMESPACE, "--timeout=60s"]);
    await kubectl(plane, ["delete", "constrainttemplate", "demandslabel", "--timeout=60s"]);
    await until("the constraint's kind to go with its template", async () => {
      const { stdout } = await plane.kubectl([
        "get",
        "crd",
        "-l",
        "gatekeeper.sh/constraint=yes",
        "-o",
        "name",
      ]);
      return stdout === "";
    });
  });

  /** Rights that nobody has made use of, though nothing says why they are granted. */
  function unused(granted: readonly string[], user: string): readonly string[] {
    const { used } = usageOf(plane.auditLog, user);
    return granted.filter((right) => !used.has(right) && !Object.hasOwn(UNUSED, right));
  }

  /** Asks for an object, to be thrown away; `admitted`, or what the API server says against it. */
  async function create(object: PlainObject): Promise<string> {
    const created = await api.create(PODS, object, { dryRun: true });
    return created.ok ? "admitted" : created.error.message;
  }

  async function untilTold(object: PlainObject, wanted: string): Promise<void> {
    await eventually(() => create(object).then((told) => ({ told })), {
      told: expect.stringContaining(wanted) as string,
    });
  }

  /** Asks for a bad Pod and a good one again and again; `end` answers what went wrong. */
  function watchEnforcement(): { end(): Promise<{ readonly wrong: readonly string[] }> } {
    const wrong: string[] = [];
    let asked = 0;
    const over = new AbortController();
    const loop = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const bad = await create(pod("web", "shop"));
        if (!bad.includes("no owner")) wrong.push(`a bad Pod: ${bad}`);
        const good = await create(pod("web", "shop", { owner: "me" }));
        if (good !== "admitted") wrong.push(`a good Pod: ${good}`);
        asked += 2;
        await pause(20);
      }
    };
    const running = loop();
    return {
      async end() {
        over.abort();
        await running;
        console.log(`upgrade and rollback: ${asked} requests, ${wrong.length} wrong`);
        return { wrong };
      },
    };
  }

  /** How often helm has made the Job that brings CRDs up to date. */
  function jobsStarted(): number {
    return eventsOf(plane.auditLog, "admin").filter(
      (event) =>
        textAt(event, "verb") === "create" &&
        textAt(event, "objectRef", "resource") === "jobs" &&
        textAt(event, "userAgent").startsWith("Helm/"),
    ).length;
  }

  /** Kinds of what helm has deleted so far, in its order. */
  function deletedByHelm(): readonly string[] {
    return eventsOf(plane.auditLog, "admin")
      .filter((event) => textAt(event, "verb") === "delete" && textAt(event, "userAgent").startsWith("Helm/"))
      .map((event) => textAt(event, "objectRef", "resource"));
  }

  /** A CRD as an older version may have had it: it does not know a field, and somebody has put a label on it. */
  async function makeOld(name: string): Promise<void> {
    const field = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/created";
    const patch = JSON.stringify(["/metadata/annotations", field].map((path) => ({ op: "remove", path })));
    await kubectl(plane, ["patch", "crd", name, "--type=json", "-p", patch]);
    await kubectl(plane, ["label", "crd", name, "team=a"]);
  }

  async function certificates(): Promise<{ secret: string | undefined; trusted: readonly string[] }> {
    const secret = await json("secret", "gatekeeper-webhook-server-cert", "-n", NAMESPACE);
    const configurations = await json("validatingwebhookconfigurations,mutatingwebhookconfigurations");
    const trusted = (configurations["items"] as readonly PlainObject[]).flatMap((each) =>
      (each["webhooks"] as readonly PlainObject[]).map((webhook) =>
        textAt(webhook, "clientConfig", "caBundle"),
      ),
    );
    return { secret: valueAt(secret, "data", "ca.crt") as string | undefined, trusted };
  }

  async function json(...args: readonly string[]): Promise<PlainObject> {
    const { stdout } = await plane.kubectl(["get", ...args, "-o", "json"]);
    const parsed = parseJson(stdout);
    return parsed.ok ? (parsed.value as PlainObject) : {};
  }

  async function flagsOf(deployment: string): Promise<string> {
    return kubectl(plane, [
      "get",
      "deployment",
      deployment,
      "-n",
      NAMESPACE,
      "-o",
      "jsonpath={.spec.template.spec.containers[0].args}",
    ]);
  }

  async function statusOfConstraint(): Promise<string> {
    return kubectl(plane, [
      "get",
      "demandslabel",
      "demands-owner",
      "-o",
      "jsonpath={.status.auditTimestamp}",
    ]);
  }
});

const VALIDATING = "gatekeeper-validating-webhook-configuration";
const TEMPLATE_DEFINITION = "constrainttemplates.templates.gatekeeper.sh";

const WAIT = ["--wait", "--timeout=120s"];

/** What scenarios expect beyond the defaults. A broken template must get in: they look for its error in the status. */
const FOR_SCENARIOS: PlainObject = {
  auditInterval: 2,
  mutationAnnotations: true,
  refuseBrokenTemplates: false,
};

const READ_ALL: readonly PlainObject[] = [
  { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] },
];

/** Whatever kind of object a release may leave behind. */
const EVERYTHING = [
  "deployments,replicasets,pods,jobs,services,secrets,serviceaccounts,roles,rolebindings,poddisruptionbudgets",
  "resourcequotas,networkpolicies,clusterroles,clusterrolebindings",
  "validatingwebhookconfigurations,mutatingwebhookconfigurations",
].join(",");

function namespace(name: string): PlainObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function pod(name: string, in_: string, labels: PlainObject = {}): PlainObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: in_, labels },
    spec: { containers: [{ name: "c", image: "example.com/c" }], nodeName: "elsewhere" },
  };
}

function lease(name: string, in_: string): PlainObject {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, namespace: in_ },
    spec: { holderIdentity: name },
  };
}
