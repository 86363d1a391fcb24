import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOBODY_TOKEN, startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies, eventually, until } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// Tricks that go for the process, for the data or for what a policy can be made to do; bypass.test.ts has those that hide an
// object from the webhook. docs/reference/bypasses.md tells the outcome of each.

const inNamespace = (
  name: string,
  namespace: string,
  kinds: readonly string[],
  more: PlainObject = {},
): PlainObject =>
  constraint(name, name.toLowerCase(), {
    match: { namespaces: [namespace], kinds: [{ apiGroups: ["*"], kinds }] },
    ...more,
  });

const BOMBS: Readonly<Record<string, string>> = {
  "a range of a billion": "xs := numbers.range(1, 1000000000)\n  count(xs) > 0",
  "loops in loops": "xs := numbers.range(1, 3000)\n  count([1 | xs[_] + xs[_] + xs[_] == -1]) > 0",
  "a text that doubles":
    's1 := sprintf("%v%v", [input.review.object, input.review.object])\n  xs := numbers.range(1, 30000)\n  count(concat(s1, [sprintf("%v", [x]) | x := xs[_]; xs[_] > 0])) > 0',
};

const ALLOWED = template(
  "K8sAllowed",
  `package x
violation[{"msg": msg}] {
  value := input.review.object.data[_]
  not allowed(value)
  msg := sprintf("%v (%v characters) is not allowed", [value, count(value)])
}
allowed(value) { startswith(value, "myregistry.io/") }
allowed(value) { regex.match("^(a+)+$", value) }`,
  {},
);
const UNIQUE = template(
  "K8sUnique",
  `package x
violation[{"msg": msg}] {
  host := input.review.object.data.host
  other := data.inventory.namespace[_]["v1"]["ConfigMap"][name]
  other.data.host == host
  name != input.review.object.metadata.name
  msg := sprintf("%v has %v", [name, host])
}`,
);
const NO_HOST_NETWORK = template(
  "K8sNoHostNetwork",
  'package x\nviolation[{"msg": "no host network"}] { input.review.object.spec.hostNetwork }',
);
const EXPANSION: PlainObject = {
  apiVersion: "expansion.gatekeeper.sh/v1beta1",
  kind: "ExpansionTemplate",
  metadata: { name: "pods" },
  spec: {
    applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
    templateSource: "spec.template",
    generatedGVK: { group: "", version: "v1", kind: "Pod" },
  },
};
const SYNC: PlainObject = {
  apiVersion: "config.gatekeeper.sh/v1alpha1",
  kind: "Config",
  metadata: { name: "config", namespace: "gatekeeper-system" },
  spec: { sync: { syncOnly: [{ group: "", version: "v1", kind: "ConfigMap" }] } },
};
const sends = (port: number) =>
  template(
    "K8sSends",
    `package x
violation[{"msg": "sent"}] {
  http.send({"method": "GET", "url": "http://127.0.0.1:${port}/latest/meta-data", "raise_error": false}).status_code == 200
}
violation[{"msg": "looked up"}] {
  count(net.lookup_ip_addr("attacker.example")) > 0
}
violation[{"msg": "fetched a schema"}] {
  json.match_schema({}, {"$ref": "http://127.0.0.1:${port}/schema.json"})[0]
}`,
  );

const NAMESPACES = ["allowed", "unique", "pods", "bombs", "sends"];
const configMap = (namespace: string, name: string, data: PlainObject): PlainObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});
const dry = ["create", "--dry-run=server", "-f", "-"];

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`hostile input, on a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)("against a process that is attacked", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let manager: Manager;
  let policies: ClusterPolicies;
  let bait: Server;
  const visits: string[] = [];

  beforeAll(async () => {
    bait = createServer((request, answer) => {
      visits.push(request.url ?? "");
      answer.end("{}");
    });
    await new Promise<void>((resolve) => bait.listen(0, "127.0.0.1", resolve));
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    await apply(
      plane,
      NAMESPACES.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    );
    manager = await startManager(plane, { flags: ["--audit-interval=0", "--log-denies"] });
    policies = new ClusterPolicies(plane, api);
    const bombs = Object.values(BOMBS).map((body, i) =>
      template(
        `K8sBomb${i}`,
        `package x\nviolation[{"msg": "boom"}] {\n  input.review.object.data.bomb == "${i}"\n  ${body}\n}`,
      ),
    );
    for (const one of [
      ALLOWED,
      UNIQUE,
      NO_HOST_NETWORK,
      EXPANSION,
      SYNC,
      sends((bait.address() as AddressInfo).port),
      ...bombs,
    ])
      await policies.apply(one);
    for (const one of [
      inNamespace("K8sAllowed", "allowed", ["ConfigMap"]),
      inNamespace("K8sUnique", "unique", ["ConfigMap"]),
      inNamespace("K8sNoHostNetwork", "pods", ["Pod"]),
      inNamespace("K8sSends", "sends", ["ConfigMap"]),
      ...bombs.map((_, i) => inNamespace(`K8sBomb${i}`, "bombs", ["ConfigMap"])),
    ])
      await policies.apply(one);
    await policies.settled();
    await kubectl(plane, ["delete", "mutatingwebhookconfiguration", "--all"]);
    // Bombs are to end within a part of this.
    await setWebhook({ timeoutSeconds: 3 });
  }, 240_000);

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
    bait?.close();
  }, 60_000);

  const ask = async (args: readonly string[], input: PlainObject | string = "") =>
    verdictOf(await plane.kubectl(args, typeof input === "string" ? input : JSON.stringify(input)));
  const setWebhook = (change: PlainObject) =>
    kubectl(plane, [
      "patch",
      "validatingwebhookconfiguration",
      "gatekeeper-validating-webhook-configuration",
      "--type=json",
      "-p",
      JSON.stringify(
        Object.entries(change).map(([field, value]) => ({
          op: "replace",
          path: `/webhooks/0/${field}`,
          value,
        })),
      ),
    ]);
  const isAlive = async () =>
    (await ask(dry, configMap("allowed", "alive", { a: "myregistry.io/x" }))).verdict === "allow";

  describe("values that are nearly the allowed ones", () => {
    it.each([
      ["a longer host", "myregistry.io.evil.com/x"],
      ["another case", "MyRegistry.io/x"],
      ["a look-alike letter", "myregistrу.io/x"],
      ["a letter that takes no room", "my\u200bregistry.io/x"],
      ["half a character", "\ud83dmyregistry.io/x"],
      ["a text beyond the first plane of Unicode", "😀😀"],
    ])("%s is refused", async (_what, value) => {
      const { verdict, stderr } = await ask(dry, JSON.stringify(configMap("allowed", "c", { a: value })));
      expect(verdict).toBe("deny");
      // Characters are counted as Go counts them.
      if (value === "😀😀") expect(stderr).toContain("(2 characters)");
    });

    it("the allowed one is not", async () => {
      expect(await isAlive()).toBe(true);
    });
  });

  it("a regular expression that makes others think for ever is answered", async () => {
    const value = `${"a".repeat(100_000)}!`;
    expect(await ask(dry, configMap("allowed", "redos", { a: value }))).toMatchObject({ verdict: "deny" });
  });

  it.each([
    [
      "the last of two equal keys, which is the one that is stored",
      '{"a":"myregistry.io/x","a":"evil"}',
      "deny+warn",
    ],
    ["an earlier one, which nobody ever sees", '{"a":"evil","a":"myregistry.io/x"}', "warn"],
  ])("%s, is judged", async (_what, data, verdict) => {
    // The warning is the API server's.
    const text = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice","namespace":"allowed"},"data":${data}}`;
    const path = "/api/v1/namespaces/allowed/configmaps?dryRun=All";
    expect(await ask(["create", "--raw", path, "-f", "-"], text)).toMatchObject({ verdict });
  });

  it("a field in another case is none: nothing of it is stored", async () => {
    const text =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"case","namespace":"allowed"},"DATA":{"a":"evil"}}';
    const path = "/api/v1/namespaces/allowed/configmaps?dryRun=All";
    const { code, stdout } = await plane.kubectl(["create", "--raw", path, "-f", "-"], text);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty("data");
  });

  it("a controller that makes what is refused is refused itself, and so is what it would make", async () => {
    const spec = { hostNetwork: true, containers: [{ name: "c", image: "i" }] };
    const meta = { name: "d", namespace: "pods" };
    const deployment: PlainObject = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: meta,
      spec: { selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec } },
    };
    expect((await ask(dry, deployment)).lines).toEqual([
      "[k8snohostnetwork] [Implied by pods] no host network",
    ]);
    expect((await ask(dry, { apiVersion: "v1", kind: "Pod", metadata: meta, spec })).lines).toEqual([
      "[k8snohostnetwork] no host network",
    ]);
  });

  describe("a policy that never ends", () => {
    it.each(Object.keys(BOMBS).map((what, i) => [what, i] as const))(
      "%s: the request is refused, the process lives",
      async (_what, i) => {
        const { verdict, stderr } = await ask(dry, configMap("bombs", "bomb", { bomb: `${i}` }));
        expect(verdict).toBe("deny");
        expect(stderr).toMatch(/eval_cancel_error|eval_builtin_error|limit|used up/);
        await until("an answer", isAlive);
        expect(manager.process.ended).toBeUndefined();
      },
    );
  });

  it("a policy that asks the network reaches nobody", async () => {
    const { lines } = await ask(dry, configMap("sends", "c", { a: "b" }));
    expect(lines).toEqual([]);
    expect(visits).toEqual([]);
  });

  describe("uniqueness by the inventory", () => {
    it("is blind to what is created at the same time, and sees it right after", async () => {
      const one = (n: number) => configMap("unique", `racer-${n}`, { host: "shop.example" });
      const raced = await Promise.all(
        [1, 2, 3, 4].map((n) => plane.kubectl(["create", "-f", "-"], JSON.stringify(one(n)))),
      );
      // Gatekeeper's outcome as well: how many win is a matter of luck. The audit finds them all.
      expect(raced.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
      await eventually(() => ask(dry, one(9)), { verdict: "deny" });
    });
  });

  it("text of an object forges no line of the log", async () => {
    const value = 'x\u001b[2J\n{"level":"info","msg":"all is well"}';
    await ask(dry, configMap("allowed", "forger", { a: value }));
    const lines = () => manager.process.output().split("\n");
    await until("the line", () => Promise.resolve(lines().some((line) => line.includes('"forger"'))));
    expect(lines().filter((line) => line.startsWith('{"level":"info","msg":"all is well"}'))).toEqual([]);
    expect(manager.process.output()).not.toContain("\u001b");
  });

  it("whoever has no rights cannot change policies, nor the webhook's configuration", async () => {
    const may = async (verb: string, what: string) =>
      (await plane.kubectl([`--token=${NOBODY_TOKEN}`, "auth", "can-i", verb, what])).stdout.trim();
    for (const what of [
      "constrainttemplates.templates.gatekeeper.sh",
      "k8sallowed.constraints.gatekeeper.sh",
      "configs.config.gatekeeper.sh",
      "validatingwebhookconfigurations.admissionregistration.k8s.io",
    ]) {
      expect([what, await may("update", what), await may("delete", what)]).toEqual([what, "no", "no"]);
    }
  });

  describe("while the process hangs", () => {
    it.each([
      ["Fail", "nothing is let through", false],
      ["Ignore", "everything is: Kubernetes' rule, which the chart lets one choose", true],
    ])("and the failure policy is %s, %s", async (failurePolicy, _what, passes) => {
      await setWebhook({ failurePolicy, timeoutSeconds: 1 });
      const bad = configMap("allowed", "hanging", { a: "evil" });
      // The API server learns of the change a little later.
      manager.process.signal("SIGSTOP");
      try {
        await until("the failure policy", async () => {
          const { code } = await plane.kubectl(dry, JSON.stringify(bad));
          return (code === 0) === passes;
        });
      } finally {
        manager.process.signal("SIGCONT");
      }
      await setWebhook({ failurePolicy: "Fail", timeoutSeconds: 3 });
      await eventually(() => ask(dry, bad), { verdict: "deny" });
    });
  });
});
