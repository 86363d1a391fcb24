import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies, PATIENCE_MS } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// Ways in which users of admission webhooks got past them: here a policy that forbids some values wherever they stand must
// see each of them.

const TEMPLATE: PlainObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "k8sforbiddenvalues" },
  spec: {
    crd: {
      spec: {
        names: { kind: "K8sForbiddenValues" },
        validation: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              values: { type: "array", items: { "x-kubernetes-preserve-unknown-fields": true } },
            },
          },
        },
      },
    },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: `package k8sforbiddenvalues

violation[{"msg": msg}] {
  walk(input.review.object, [_, value])
  value == input.parameters.values[_]
  msg := sprintf("%v holds %v", [input.review.operation, value])
}

violation[{"msg": "DELETE of something precious"}] {
  input.review.operation == "DELETE"
  walk(input.review.oldObject, [_, "precious"])
}
`,
      },
    ],
  },
};

/** As text: an integer of it is beyond what JavaScript's numbers hold. */
const CONSTRAINT = `{
  "apiVersion": "constraints.gatekeeper.sh/v1beta1",
  "kind": "K8sForbiddenValues",
  "metadata": { "name": "forbidden" },
  "spec": {
    "match": { "kinds": [{ "apiGroups": ["*"], "kinds": ["*"] }] },
    "parameters": { "values": ["forbidden", "/forbidden", "777m", 777, 9007199254740993] }
  }
}`;

const WIDGETS: PlainObject = {
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

const meta = (name: string, more: PlainObject = {}) => ({ name, namespace: "default", ...more });
const configMap = (name: string, data: PlainObject, more: PlainObject = {}): PlainObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: meta(name, more),
  data,
});
const podSpec: PlainObject = {
  containers: [
    { name: "main", image: "nginx", resources: { requests: { cpu: "1m" }, limits: { cpu: "2m" } } },
  ],
};
const HUGE = "x".repeat(1_000_000);

/** What is there before the policy is. */
const EXISTING: readonly PlainObject[] = [
  { apiVersion: "v1", kind: "Pod", metadata: meta("pod"), spec: podSpec },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: meta("deployment"),
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: podSpec },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: meta("service"),
    spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
  },
  configMap("clean", { a: "b" }),
  configMap("precious", { a: "precious" }),
];

const annotated = { annotations: { a: "forbidden" } };
const raw = (path: string): readonly string[] => ["create", "--raw", path, "-f", "-"];
const connect = (path: string): readonly string[] => ["get", "--raw", `/api/v1/namespaces/default/${path}`];
const create = ["create", "--dry-run=server", "-f", "-"];

/** A trick, the arguments of kubectl, and what is sent on its standard input. */
type Trick = readonly [name: string, args: readonly string[], input?: PlainObject | string];

const TRICKS: readonly Trick[] = [
  ["an ephemeral container", ["debug", "pod", "--image=forbidden", "-c", "debugger"]],
  ["a command in a container (CONNECT)", ["exec", "pod", "--", "forbidden"]],
  ["attaching to a container (CONNECT)", connect("pods/pod/attach?container=forbidden")],
  ["forwarding a port (CONNECT)", connect("pods/pod/portforward?ports=777")],
  ["a proxy to a pod (CONNECT)", connect("pods/pod/proxy/forbidden")],
  ["a proxy to a service (CONNECT)", connect("services/service/proxy/forbidden")],
  ["a proxy to a node (CONNECT)", ["get", "--raw", "/api/v1/nodes/node/proxy/forbidden"]],
  ["scaling, which has an object of its own", ["scale", "deployment/deployment", "--replicas=777"]],
  [
    "an eviction",
    raw("/api/v1/namespaces/default/pods/pod/eviction"),
    { apiVersion: "policy/v1", kind: "Eviction", metadata: meta("pod", annotated) },
  ],
  [
    "a binding to a node",
    raw("/api/v1/namespaces/default/pods/pod/binding"),
    { apiVersion: "v1", kind: "Binding", metadata: meta("pod"), target: { kind: "Node", name: "forbidden" } },
  ],
  [
    "a resize in place",
    [
      "patch",
      "pod",
      "pod",
      "--subresource=resize",
      "--type=merge",
      "-p",
      '{"spec":{"containers":[{"name":"main","image":"nginx","resources":{"requests":{"cpu":"1m"},"limits":{"cpu":"777m"}}}]}}',
    ],
  ],
  [
    "a status",
    [
      "patch",
      "service",
      "service",
      "--subresource=status",
      "--type=merge",
      "-p",
      '{"status":{"loadBalancer":{"ingress":[{"hostname":"forbidden"}]}}}',
    ],
  ],
  [
    "an update of what was created clean",
    ["patch", "configmap", "clean", "-p", '{"data":{"a":"forbidden"}}'],
  ],
  ["server-side apply", ["apply", "--server-side", "-f", "-"], configMap("applied", { a: "forbidden" })],
  ["a deletion", ["delete", "configmap", "precious"]],
  ["a deletion of all at once, without names", ["delete", "--raw", "/api/v1/namespaces/default/configmaps"]],
  [
    "a name that the server is to make",
    create,
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { generateName: "g-", namespace: "default" },
      data: { a: "forbidden" },
    },
  ],
  [
    "an object that leaves its namespace to the URL",
    raw("/api/v1/namespaces/default/configmaps"),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "bare" }, data: { a: "forbidden" } },
  ],
  [
    "another version of the kind",
    raw("/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers"),
    {
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: meta("hpa", annotated),
      spec: {
        maxReplicas: 2,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "deployment" },
      },
    },
  ],
  [
    "a key named __proto__",
    create,
    JSON.stringify(configMap("k", {})).replace('"data":{}', '"data":{"__proto__":"forbidden"}'),
  ],
  ["a key named constructor", create, configMap("constructor", { constructor: "forbidden", prototype: "x" })],
  ["an object of a megabyte", create, configMap("huge", { a: HUGE.slice(0, 900_000), b: "forbidden" })],
  [
    "an integer that only an exact reader tells from its neighbour",
    create,
    '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","namespace":"default"},"spec":{"size":9007199254740993}}',
  ],
];

function constraintFile({ folder }: ControlPlane): string {
  const file = join(folder, "constraint.json");
  writeFileSync(file, CONSTRAINT);
  return file;
}

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`tricks against the webhook, on a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)("tricks against the webhook", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let manager: Manager | undefined;
  let api: KubeApi;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }) });
    await installKinds(plane);
    await apply(plane, [WIDGETS, ...EXISTING]);
    manager = await startManager(plane);
    const policies = new ClusterPolicies(plane, api);
    await policies.apply(TEMPLATE);
    await policies.apply(constraintFile(plane));
    await policies.settled();
  }, 180_000);

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  const ask = async (args: readonly string[], input: PlainObject | string = "") =>
    verdictOf(await plane.kubectl(args, typeof input === "string" ? input : JSON.stringify(input)));

  it.each(TRICKS.map(([name, args, input]) => ({ name, args, input: input ?? "" })))(
    "$name is seen",
    async ({ args, input }) => {
      await expect.poll(async () => (await ask(args, input)).verdict, { timeout: PATIENCE_MS }).toBe("deny");
    },
  );

  it("an update of an object of a megabyte, which the review holds twice, is seen", async () => {
    const huge = configMap("huge", { a: HUGE.slice(0, 900_000) });
    await kubectl(plane, ["create", "-f", "-"], JSON.stringify(huge));
    const dirty = configMap("huge", { a: HUGE.slice(0, 900_000), b: "forbidden" });
    expect(await ask(["replace", "-f", "-"], dirty)).toMatchObject({ verdict: "deny" });
  });

  it("the neighbour of a forbidden integer is let through", async () => {
    const widget =
      '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","namespace":"default"},"spec":{"size":9007199254740992}}';
    expect(await ask(create, widget)).toMatchObject({ verdict: "allow" });
  });

  it("a Namespace may not exempt itself by the ignore label", async () => {
    const label = ["label", "namespace", "default", "admission.gatekeeper.sh/ignore=yes"];
    const verdict = await ask(label);
    expect(verdict).toMatchObject({ verdict: "deny" });
    expect(verdict.stderr).toContain(
      "Only exempt namespace can have the admission.gatekeeper.sh/ignore label",
    );
  });
});
