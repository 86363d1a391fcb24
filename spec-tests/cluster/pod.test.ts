import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { listAt, objectAt, textAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { constraint, template } from "../chart/policy.ts";
import { objectsIn, render, whyNoHelm } from "../chart/chart.ts";
import { WEBHOOK_CONFIGURATIONS } from "../reliability/replicas.ts";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import {
  answerOf,
  apply,
  applyPatiently,
  installKinds,
  kubectl,
  launchManager,
  OWN_NAMESPACE,
} from "../testbed/manager.ts";
import type { LaunchedManager } from "../testbed/manager.ts";
import { podAccount, whyNoPodAccount } from "../testbed/pod-account.ts";
import type { PodAccount } from "../testbed/pod-account.ts";
import { Service } from "../testbed/service.ts";
import { webhookConfigurations } from "../testbed/webhook-configurations.ts";
import { eventually, PATIENCE_MS, pause } from "./cluster-policies.ts";
import { WEBHOOK_SERVICE } from "./helm-release.ts";
import { verdictOf } from "./kubectl-verdict.ts";
import { usageOf } from "./rights.ts";

// A manager as a kubelet starts it: no kubeconfig, but the token of the chart's service account, with the rights that the chart
// grants it and no others.

const ACCOUNT = { namespace: OWN_NAMESPACE, name: "gatekeeper-admin" };
const OPERATIONS = ["webhook", "mutation-webhook", "status", "mutation-status", "generate", "audit"].map(
  (name) => `--operation=${name}`,
);

const skipped = whyNoControlPlane() ?? whyNoHelm() ?? whyNoPodAccount();
if (skipped !== undefined) console.log(`a manager in a Pod: ${skipped}`);

describe.skipIf(skipped !== undefined)("a manager in a Pod", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let service: Service;
  let account: PodAccount;
  let manager: LaunchedManager | undefined;

  beforeAll(async () => {
    const user = `system:serviceaccount:${ACCOUNT.namespace}:${ACCOUNT.name}`;
    plane = await startControlPlane({ services: true, audited: [user] });
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    await apply(plane, (await rolesOfChart()).map(inOwnNamespace));
    service = new Service();
    await service.listen(plane.serviceSocket);
    const { name, namespace } = WEBHOOK_SERVICE;
    const ports = [{ port: 443, targetPort: 8443 }];
    await apply(plane, [
      { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { ports } },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    ]);
    account = await podAccount(plane, ACCOUNT);
    expect(account.user).toBe(user);
  }, 120_000);

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") console.log(manager?.process.output().slice(-3000));
  });

  afterAll(async () => {
    await stop();
    service?.close();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  describe("is ready with a certificate that both webhook configurations trust", () => {
    afterEach(stop);

    it.each([
      ["when they name another CA", { foreign: true, shards: 1 }],
      ["when they name none, and it is served by several processes", { foreign: false, shards: 2 }],
    ] as const)("%s", async (_, { foreign, shards }) => {
      await install(foreign ? { caBundle: Buffer.from(plane.ca).toString("base64") } : {});
      await launch([`--shards=${shards}`]);
      await untilReady();
      expect(await trust()).toEqual([true, true, true]);
    });

    it("and not before it may put its CA into one of them, which it says by name", async () => {
      await install();
      const granted = await kubectl(plane, ["get", "clusterrole", ROLE, "-o", "json"]);
      await apply(plane, [withoutRightOn("mutatingwebhookconfigurations", granted)]);
      await launch([]);
      const told = await eventuallyTold(/MutatingWebhookConfiguration .* forbidden/);
      expect(told.status).toBe(500);
      await pause(500);
      expect((await readyz()).status).toBe(500);
      await apply(plane, (await rolesOfChart()).map(inOwnNamespace));
      await untilReady();
      expect(await trust()).toEqual([true, true, true]);
    });
  });

  describe("with its own token and the rights of the chart", () => {
    beforeAll(async () => {
      await install();
      await launch([]);
      await untilReady();
      service.add(running());
      await service.probe();
    });

    it("enforces what is applied", async () => {
      await applyPatiently(plane, [template(), constraint()]);
      await eventually(() => verdict("web"), ["[demands-owner] no owner"]);
      await kubectl(plane, READY);
    });

    it("goes on, its reports included, when its token is written anew and the old one ends", async () => {
      await kubectl(plane, ["delete", "demandslabel", "demands-owner"]);
      await eventually(() => verdict("web"), []);
      await account.renewToken();
      await apply(plane, [constraint()]);
      await eventually(() => verdict("web"), ["[demands-owner] no owner"]);
      await kubectl(plane, READY);
    });

    it("was nobody else, and was refused nothing", async () => {
      const { used, refused } = usageOf(plane.auditLog, account.user);
      const statuses = "create constraintpodstatuses.status.gatekeeper.sh";
      expect([...used]).toEqual(expect.arrayContaining(["list namespaces", "update secrets", statuses]));
      // But for the right that a test above took away.
      expect(refused.filter((each) => !each.includes("mutatingwebhookconfigurations"))).toEqual([]);
    });
  });

  const running = (): LaunchedManager => {
    if (!manager) throw new Error("no manager runs");
    return manager;
  };

  async function launch(flags: readonly string[]): Promise<void> {
    manager = await launchManager(plane, {
      account,
      ownCertificates: true,
      flags: [...OPERATIONS, "--shutdown-delay=0", ...flags],
    });
  }

  async function stop(): Promise<void> {
    await manager?.stop();
    manager = undefined;
  }

  const readyz = () => answerOf(running().healthPort, "/readyz");

  /** Asks without a pause, so that what is looked at next is how things stand when it is ready first. */
  async function untilReady(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS * 2;
    for (;;) {
      const { status, text } = await readyz();
      if (status === 200) return;
      if (running().process.ended !== undefined || performance.now() > deadline)
        throw new Error(`not ready: ${text}`);
      if (status === 0) await pause(5);
    }
  }

  async function eventuallyTold(wanted: RegExp) {
    let told = await readyz();
    for (const deadline = performance.now() + PATIENCE_MS; !wanted.test(told.text); told = await readyz()) {
      if (performance.now() > deadline) throw new Error(`told: ${told.text}`);
      await pause(20);
    }
    return told;
  }

  /** Connects as the API server does: whether what is shown is of the CA that it is told to trust, for each webhook. */
  async function trust(): Promise<readonly boolean[]> {
    const shown = await certificateAt(running().port);
    const bundles: string[] = [];
    for (const { resource, name } of WEBHOOK_CONFIGURATIONS) {
      const found = await api.get(resource, { name });
      if (!found.ok) throw new Error(found.error.message);
      for (const webhook of listAt(found.value, "webhooks"))
        bundles.push(Buffer.from(textAt(webhook, "clientConfig", "caBundle"), "base64").toString());
    }
    return bundles.map((bundle) => bundle !== "" && shown.verify(new X509Certificate(bundle).publicKey));
  }

  /** The webhook configurations, new, and no certificate of an earlier start. */
  async function install(clientConfig: PlainObject = {}): Promise<void> {
    const secret = "gatekeeper-webhook-server-cert";
    for (const [kind, name] of [
      ["validatingwebhookconfiguration", "gatekeeper-validating-webhook-configuration"],
      ["mutatingwebhookconfiguration", "gatekeeper-mutating-webhook-configuration"],
      ["secret", secret],
    ] as const)
      await kubectl(plane, ["delete", kind, name, "-n", OWN_NAMESPACE, "--ignore-not-found"]);
    await kubectl(plane, ["create", "secret", "generic", secret, "-n", OWN_NAMESPACE]);
    const made = webhookConfigurations({ service: WEBHOOK_SERVICE }).map((configuration) => ({
      ...configuration,
      webhooks: listAt(configuration, "webhooks").map((webhook) => ({
        ...objectAt(webhook),
        // As in the chart: the cluster goes on while nobody is ready.
        failurePolicy: "Ignore",
        clientConfig: { ...objectAt(webhook, "clientConfig"), ...clientConfig },
      })),
    }));
    await apply(plane, made);
  }

  async function verdict(name: string): Promise<readonly string[]> {
    const args = ["run", name, "--image=nginx", "-n", "shop", "--dry-run=server"];
    return verdictOf(await plane.kubectl(args)).lines;
  }
});

const READY = ["wait", "--for=condition=Ready", "demandslabel/demands-owner", "--timeout=30s"];
const ROLE = "gatekeeper-manager-role";
const KINDS = new Set(["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);

/** The service account and its rights, without what hooks of the chart use. */
async function rolesOfChart(): Promise<readonly PlainObject[]> {
  return objectsIn(await render()).filter(
    (object) =>
      KINDS.has(textAt(object, "kind")) && textAt(object, "metadata", "annotations", "helm.sh/hook") === "",
  );
}

/** As helm does, which knows the release's namespace. */
function inOwnNamespace(object: PlainObject): PlainObject {
  if (textAt(object, "kind").startsWith("Cluster")) return object;
  return { ...object, metadata: { ...objectAt(object, "metadata"), namespace: OWN_NAMESPACE } };
}

function withoutRightOn(plural: string, role: string): PlainObject {
  const { rules, ...rest } = JSON.parse(role) as PlainObject & { rules: { resources: string[] }[] };
  const others = rules.flatMap((rule) => {
    const resources = rule.resources.filter((name) => name !== plural);
    return resources.length === 0 ? [] : [{ ...rule, resources }];
  });
  return { ...rest, rules: others };
}

/** What the port shows to whoever connects. */
function certificateAt(port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
