import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { listAt, textAt } from "@portcullis/engine";
import type { Resource } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER, freshConstraint } from "../reliability/policies.ts";
import { configMap } from "../reliability/questions.ts";
import { askReplica } from "../reliability/ask.ts";
import { Load } from "../reliability/load.ts";
import {
  SECRET_NAME,
  SERVER_NAME,
  startReplicatedCluster,
  WEBHOOK_CONFIGURATIONS,
} from "../reliability/replicas.ts";
import type { ReplicatedCluster } from "../reliability/replicas.ts";
import { whyNoControlPlane } from "../testbed/control-plane.ts";
import { apply, applyPatiently, kubectl, OWN_NAMESPACE } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { eventually, pause, until } from "./cluster-policies.ts";

// Three processes against one API server, behind a Service that the API server itself calls.

const PODS = ["gatekeeper-webhook-0", "gatekeeper-webhook-1", "gatekeeper-webhook-2"];
const SECRETS: Resource = { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true };
const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};
const CONSTRAINTS: Resource = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "ReliableLabels",
  plural: "reliablelabels",
  namespaced: false,
};

const skipped = whyNoControlPlane("kube-controller-manager");
if (skipped !== undefined) console.log(`several replicas: ${skipped}`);

describe.skipIf(skipped !== undefined)("several replicas", { timeout: 180_000 }, () => {
  let cluster: ReplicatedCluster;

  beforeAll(async () => {
    cluster = await startReplicatedCluster({
      controllers: ["garbage-collector-controller"],
      // Short-lived certificates: they are renewed while the tests run.
      flags: ["--audit-interval=0", "--shutdown-delay=2", "--cert-validity=60s", "--cert-renew-before=50s"],
    });
    await cluster.startAll(PODS);
    for (const objects of CLUSTER) await applyPatiently(cluster.plane, objects);
  }, 180_000);

  afterAll(() => cluster?.stop(), 60_000);

  it("agree on one certificate, made from nothing by whoever came first, which the API server trusts", async () => {
    const { "tls.crt": leaf = "", "ca.crt": ca = "" } = await secretData();
    const fingerprints = (await served()).map(({ fingerprint256 }) => fingerprint256);
    expect(fingerprints).toEqual(PODS.map(() => new X509Certificate(leaf).fingerprint256));
    await eventually(trusted, [ca]);
    const made = cluster.replicas.flatMap(({ process }) => process.output().match(/made a new CA/g) ?? []);
    expect(made).toHaveLength(1);
    await refusedByApiServer();
  });

  it("enforce a new constraint, each of them", async () => {
    const took: number[] = [];
    for (const name of ["fresh-a", "fresh-b", "fresh-c"]) {
      await apply(cluster.plane, [freshConstraint(name)]);
      const started = performance.now();
      await Promise.all(cluster.replicas.map((replica) => enforced(replica, name)));
      took.push(Math.round(performance.now() - started));
      for (const replica of cluster.replicas)
        expect((await askReplica(replica, fresh(name))).allowed).toBe(false);
    }
    console.log(
      `a new constraint is enforced by all of 3 replicas ${took.join(", ")} ms after kubectl returned`,
    );
  });

  it("report one by one, and the reports of one that is gone are taken away", async () => {
    await eventually(() => reporters("fresh-a"), PODS);
    const [victim] = cluster.replicas as [Manager];
    await cluster.kill(victim);
    // Nothing is lost: the others enforce what there was and what comes.
    await apply(cluster.plane, [freshConstraint("fresh-d")]);
    for (const name of ["fresh-a", "fresh-d"])
      await Promise.all(cluster.replicas.map((replica) => enforced(replica, name)));
    await refusedByApiServer();
    // Its Pod goes, and with it, by the garbage collector, what it reported.
    const where = ["-n", OWN_NAMESPACE, "--grace-period=0", "--force"];
    await kubectl(cluster.plane, ["delete", "pod", victim.podName, ...where]);
    for (const name of ["fresh-a", "fresh-d"]) await eventually(() => reporters(name), PODS.slice(1));
    // It comes back under its name as another Pod, and knows everything.
    const reborn = await cluster.start(victim.podName);
    for (const name of ["fresh-a", "fresh-d"]) {
      expect((await askReplica(reborn, fresh(name))).allowed).toBe(false);
      await eventually(() => reporters(name), PODS);
    }
  });

  it("put the CA back into either webhook configuration when somebody overwrites it", async () => {
    const foreign = Buffer.from(cluster.plane.ca).toString("base64");
    for (const { resource, name } of WEBHOOK_CONFIGURATIONS) {
      const found = await cluster.api.get(resource, { name });
      const object = found.ok ? found.value : {};
      const webhooks = listAt(object, "webhooks").map((webhook) => {
        const fields = webhook as PlainObject;
        return { ...fields, clientConfig: { ...(fields["clientConfig"] as PlainObject), caBundle: foreign } };
      });
      expect(await cluster.api.replace(resource, { ...object, webhooks })).toMatchObject({ ok: true });
      await eventually(trusted, [(await secretData())["ca.crt"]]);
    }
    await until("the API server to trust the replicas again", async () =>
      refusedByApiServer().then(
        () => true,
        () => false,
      ),
    );
  });

  it("renew certificates before their end, and change to another CA, without a failed request", async () => {
    const { service, bundle } = cluster;
    await until("a CA bundle", async () => bundle() !== "");
    const load = new Load({ service, serverName: SERVER_NAME, bundle, perSecond: 40 });
    const first = new Set((await served()).map(({ fingerprint256 }) => fingerprint256));
    await until("certificates that are renewed", async () =>
      (await served()).every(({ fingerprint256 }) => !first.has(fingerprint256)),
    );
    const authority = (await secretData())["ca.crt"] ?? "";
    // An emptied Secret, as it comes from a tool that applies the manifests again.
    const secret = { namespace: OWN_NAMESPACE, name: SECRET_NAME };
    expect(await cluster.api.mergePatch(SECRETS, secret, { data: null })).toMatchObject({ ok: true });
    await until("another CA", async () => {
      const [ca = ""] = await trusted();
      const { publicKey } = new X509Certificate(ca);
      return !ca.startsWith(authority) && (await served()).every((each) => each.verify(publicKey));
    });
    await pause(1000);
    await load.stop();
    const { requests, wrong, unanswered, broken, faults } = load.take();
    expect({ wrong, unanswered, broken, faults }).toEqual({ wrong: 0, unanswered: 0, broken: 0, faults: [] });
    expect(requests).toBeGreaterThan(200);
    await refusedByApiServer();
  });

  const served = () => Promise.all(cluster.replicas.map(servedCertificate));
  /** What the webhooks trust, each bundle once. */
  const trusted = async () => [...new Set(await cluster.bundles())];
  const fresh = (name: string) => configMap({ owner: "a", fresh: name });

  async function enforced(replica: Manager, name: string): Promise<void> {
    await until(
      `${replica.podName} to enforce ${name}`,
      async () =>
        (await askReplica(replica, fresh(name))).status.message === `[${name}] label refreshed is missing`,
    );
  }

  async function reporters(name: string): Promise<readonly string[]> {
    const found = await cluster.api.get(CONSTRAINTS, { name });
    if (!found.ok) throw new Error(found.error.message);
    return listAt(found.value, "status", "byPod").map((status) => textAt(status, "id"));
  }

  async function secretData(): Promise<Readonly<Record<string, string>>> {
    const found = await cluster.api.get(SECRETS, { namespace: OWN_NAMESPACE, name: SECRET_NAME });
    if (!found.ok) throw new Error(found.error.message);
    const data = found.value["data"] as Readonly<Record<string, string>>;
    return Object.fromEntries(
      Object.entries(data).map(([name, text]) => [name, Buffer.from(text, "base64").toString()]),
    );
  }

  /** The API server itself calls the Service, and trusts what it finds there. */
  async function refusedByApiServer(): Promise<void> {
    const asked = await cluster.api.create(CONFIG_MAPS, configMap({}), { dryRun: true });
    const message = asked.ok ? "allowed" : asked.error.message;
    expect(message).toBe(
      'admission webhook "validation.gatekeeper.sh" denied the request: [owner] label owner is missing',
    );
  }
});

function servedCertificate({ port }: Manager): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, servername: SERVER_NAME, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(socket.getPeerX509Certificate() as X509Certificate);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
