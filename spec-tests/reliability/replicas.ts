import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listAt, textAt } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { kubeconfigOf, startControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane, ControlPlaneOptions } from "../testbed/control-plane.ts";
import { apply, installKinds, OWN_NAMESPACE, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { startRelay } from "../testbed/relay.ts";
import type { Relay } from "../testbed/relay.ts";
import { Service } from "../testbed/service.ts";
import { webhookConfigurations } from "../testbed/webhook-configurations.ts";

export const SERVICE_NAME = "gatekeeper-webhook-service";
export const SERVER_NAME = `${SERVICE_NAME}.${OWN_NAMESPACE}.svc`;
export const SECRET_NAME = "gatekeeper-webhook-server-cert";

const admissionResource = (kind: string): Resource => ({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: false,
});

/** Both webhook configurations, as resources and by name. */
export const WEBHOOK_CONFIGURATIONS = [
  {
    resource: admissionResource("ValidatingWebhookConfiguration"),
    name: "gatekeeper-validating-webhook-configuration",
  },
  {
    resource: admissionResource("MutatingWebhookConfiguration"),
    name: "gatekeeper-mutating-webhook-configuration",
  },
] as const;

/** A cluster with the Service that leads to replicas, their Secret, empty, and the webhook configurations. */
export interface ReplicatedCluster {
  readonly plane: ControlPlane;
  /** Without any limit of its own. */
  readonly api: KubeApi;
  readonly service: Service;
  /** Between the replicas and the API server. */
  readonly relay: Relay;
  /** In the order of their pods' names; those that have ended are not here. */
  readonly replicas: readonly Manager[];
  /** Starts a replica, waits until it is ready, and puts it behind the Service. */
  start(podName: string): Promise<Manager>;
  /** Starts several at the same moment. */
  startAll(podNames: readonly string[]): Promise<void>;
  /** kill -9; the Service learns of it by its probe alone. */
  kill(replica: Manager): Promise<void>;
  /** As Kubernetes deletes a Pod: SIGTERM, and a second later the Service lets go of it. Settles when it has ended. */
  terminate(replica: Manager): Promise<void>;
  /** The CA bundles of all webhooks, in PEM. */
  bundles(): Promise<readonly string[]>;
  /** The bundle of the first one as an API server knows it that watches: a quarter of a second late at the most. */
  readonly bundle: () => string;
  stop(): Promise<void>;
}

/** How long the news of a Pod's end takes to the Service. */
const ENDPOINT_DELAY_MS = 1000;

const BUNDLE_LOOK_MS = 250;

export async function startReplicatedCluster(
  options: ControlPlaneOptions & { readonly flags?: readonly string[] } = {},
): Promise<ReplicatedCluster> {
  const plane = await startControlPlane({ ...options, services: true });
  const { server, ca, token } = plane;
  const api = createKubeApi({ connection: plainConnection({ server, ca, token }), qps: 0 });
  const relay = await startRelay(Number(new URL(server).port));
  const service = new Service();
  const replicas: Manager[] = [];
  const kubeconfig = join(plane.folder, "kubeconfig-relay");
  const caFile = join(plane.folder, "ca.crt");
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(`https://127.0.0.1:${relay.port}`, caFile, token)));
  await service.listen(plane.serviceSocket);
  await installKinds(plane);
  await apply(plane, [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: OWN_NAMESPACE, name: SERVICE_NAME },
      spec: { ports: [{ port: 443 }] },
    },
    { apiVersion: "v1", kind: "Secret", metadata: { namespace: OWN_NAMESPACE, name: SECRET_NAME } },
  ]);

  const leave = (replica: Manager): void => {
    const index = replicas.indexOf(replica);
    if (index !== -1) replicas.splice(index, 1);
  };
  const start = async (podName: string): Promise<Manager> => {
    const flags = options.flags ?? [];
    const replica = await startManager(plane, { podName, flags, kubeconfig, ownCertificates: true });
    replicas.push(replica);
    replicas.sort((a, b) => (a.podName < b.podName ? -1 : 1));
    service.add(replica);
    await service.probe();
    return replica;
  };
  const bundles = async (): Promise<readonly string[]> => {
    const all: string[] = [];
    for (const { resource, name } of WEBHOOK_CONFIGURATIONS) {
      const found = await api.get(resource, { name }, { timeoutMs: 2000 });
      if (!found.ok) throw new Error(found.error.message);
      for (const webhook of listAt(found.value, "webhooks"))
        all.push(Buffer.from(textAt(webhook, "clientConfig", "caBundle"), "base64").toString());
    }
    return all;
  };
  let bundle = "";
  const looking = setInterval(() => {
    // An API server that cannot be asked has no news either.
    void bundles().then(
      ([first = ""]) => (bundle = first),
      () => undefined,
    );
  }, BUNDLE_LOOK_MS);
  return {
    plane,
    api,
    service,
    relay,
    replicas,
    start,
    async startAll(podNames) {
      await Promise.all(podNames.map(start));
      const target = { service: { namespace: OWN_NAMESPACE, name: SERVICE_NAME } };
      await apply(plane, webhookConfigurations(target));
    },
    async kill(replica) {
      leave(replica);
      replica.process.signal("SIGKILL");
      await replica.process.stop(0);
      await sleep(ENDPOINT_DELAY_MS);
      service.remove(replica);
    },
    async terminate(replica) {
      leave(replica);
      const ended = replica.process.stop(30_000);
      await sleep(ENDPOINT_DELAY_MS);
      service.remove(replica);
      await ended;
    },
    bundles,
    bundle: () => bundle,
    async stop() {
      clearInterval(looking);
      await Promise.all(replicas.map(({ process }) => process.stop(0)));
      service.close();
      await api.close();
      await relay.close();
      await plane.stop();
    },
  };
}
