import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import type { Resource } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { OWN_NAMESPACE } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { askReplica } from "./ask.ts";
import type { Load } from "./load.ts";
import { config, freshConstraint } from "./policies.ts";
import { configMap, SERVICE_QUESTION, serviceIsUnknown } from "./questions.ts";
import { SECRET_NAME, SERVER_NAME } from "./replicas.ts";
import type { ReplicatedCluster } from "./replicas.ts";

export interface Scene {
  readonly cluster: ReplicatedCluster;
  readonly load: Load;
}

/** Something that goes wrong, or is done, in a cluster at work. */
export interface Fault {
  readonly name: string;
  /** What is measured as the time to recover. */
  readonly measures: string;
  /** It breaks connections under requests: those may be sent once more. */
  readonly breaksConnections?: boolean;
  /** Does it, waits until all is well again, and answers how many milliseconds that took. */
  run(scene: Scene): Promise<number>;
}

export const SECRETS: Resource = {
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
};
const CONSTRAINTS: Resource = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "ReliableLabels",
  plural: "reliablelabels",
  namespaced: false,
};
const CONFIGS: Resource = {
  group: "config.gatekeeper.sh",
  version: "v1alpha1",
  kind: "Config",
  plural: "configs",
  namespaced: true,
};

const FRESH = "a constraint made after it is enforced by every replica";
/** Nothing here takes as long when it works. */
const PATIENCE_MS = 120_000;

export const FAULTS: readonly Fault[] = [
  { name: "nothing", measures: FRESH, run: newConstraintEnforced },
  {
    name: "kill -9 of a replica",
    measures: "another one in its place is ready",
    breaksConnections: true,
    async run({ cluster }) {
      const [victim] = cluster.replicas as [Manager];
      const started = performance.now();
      await cluster.kill(victim);
      await cluster.start(victim.podName);
      return performance.now() - started;
    },
  },
  {
    name: "API server restart",
    measures: FRESH,
    async run(scene) {
      await scene.cluster.plane.restartApiServer();
      return newConstraintEnforced(scene);
    },
  },
  {
    name: "etcd pause of 8 s",
    measures: FRESH,
    async run(scene) {
      const { etcd } = scene.cluster.plane;
      etcd.signal("SIGSTOP");
      await sleep(8000);
      etcd.signal("SIGCONT");
      return newConstraintEnforced(scene);
    },
  },
  {
    name: "watch connections cut, 5 times",
    measures: FRESH,
    async run(scene) {
      for (let i = 0; i < 5; i++) {
        scene.cluster.relay.cut();
        await sleep(300);
      }
      return newConstraintEnforced(scene);
    },
  },
  {
    name: "network to the API server hangs for 8 s",
    measures: FRESH,
    async run(scene) {
      scene.cluster.relay.hang();
      await sleep(8000);
      scene.cluster.relay.resume();
      return newConstraintEnforced(scene);
    },
  },
  {
    name: "certificate renewed",
    measures: "every replica serves the new one",
    run: ({ cluster }) => rotated(cluster, { "tls.crt": null, "tls.key": null }),
  },
  {
    name: "CA and certificate lost",
    measures: "every replica serves those of a new CA",
    run: ({ cluster }) => rotated(cluster, null),
  },
  {
    name: "rolling restart of all replicas",
    measures: "the last one is replaced",
    async run({ cluster }) {
      const started = performance.now();
      // Those of the start, not those that take their places.
      for (const old of cluster.replicas.slice()) {
        const number = Number(/\d+$/.exec(old.podName)?.[0] ?? 0) + cluster.replicas.length;
        // As a Deployment does it: the new one is ready before the old one is told to go.
        await cluster.start(old.podName.replace(/\d+$/, String(number)));
        await cluster.terminate(old);
      }
      return performance.now() - started;
    },
  },
  {
    name: "Config: other exclusions and more kinds",
    measures: "every replica has the Config and decides on all of the data",
    async run(scene) {
      // Gatekeeper wipes its data and loads them anew for this; nothing that is judged here may notice.
      for (const kinds of [["Service", "Pod", "Secret"], ["Service", "ConfigMap"], ["Service"]]) {
        await replaceConfig(scene.cluster, config({ kinds, excluded: ["kube-*", `no-${kinds.length}-*`] }));
        await sleep(1500);
      }
      return newConstraintEnforced(scene);
    },
  },
  {
    name: "Config: data wiped and loaded again",
    measures: "every replica knows the data again",
    async run({ cluster, load }) {
      load.alsoAccept(SERVICE_QUESTION, serviceIsUnknown);
      await replaceConfig(cluster, config({ kinds: [] }));
      await everyReplica(cluster, async (replica) => {
        const answer = await askReplica(replica, SERVICE_QUESTION.object);
        return serviceIsUnknown(answer) === undefined;
      });
      await replaceConfig(cluster, config());
      const started = performance.now();
      await everyReplica(cluster, async (replica) => {
        const answer = await askReplica(replica, SERVICE_QUESTION.object);
        return SERVICE_QUESTION.fault(answer, 0) === undefined;
      });
      const took = performance.now() - started;
      load.alsoAccept();
      return took;
    },
  },
];

let made = 0;

/** How long it takes until a new constraint is stored and every replica enforces it. */
async function newConstraintEnforced({ cluster }: Scene): Promise<number> {
  const name = `fresh-${made++}`;
  const started = performance.now();
  await until("the API server takes a constraint", async () => {
    const created = await cluster.api.create(CONSTRAINTS, freshConstraint(name), { timeoutMs: 2000 });
    return created.ok || created.error.reason === "AlreadyExists";
  });
  const object = configMap({ owner: "a", fresh: name });
  await everyReplica(cluster, async (replica) => {
    const { status } = await askReplica(replica, object);
    return status.message === `[${name}] label refreshed is missing`;
  });
  return performance.now() - started;
}

/** Takes something out of the Secret and waits until other certificates are served. */
async function rotated(cluster: ReplicatedCluster, data: PlainObject | null): Promise<number> {
  const before = new Set(await Promise.all(cluster.replicas.map(servedCertificate)));
  const started = performance.now();
  const name = { namespace: OWN_NAMESPACE, name: SECRET_NAME };
  await until("the Secret to be changed", async () => {
    const changed = await cluster.api.mergePatch(SECRETS, name, { data });
    return changed.ok;
  });
  await everyReplica(cluster, async (replica) => !before.has(await servedCertificate(replica)));
  return performance.now() - started;
}

async function replaceConfig(cluster: ReplicatedCluster, wanted: PlainObject): Promise<void> {
  const name = { namespace: OWN_NAMESPACE, name: "config" };
  await until("the Config to be changed", async () => {
    const changed = await cluster.api.mergePatch(CONFIGS, name, { spec: wanted["spec"] ?? null });
    return changed.ok;
  });
}

async function everyReplica(
  { replicas }: ReplicatedCluster,
  check: (replica: Manager) => Promise<boolean>,
): Promise<void> {
  await Promise.all(replicas.map((replica) => until(`${replica.podName} to follow`, () => check(replica))));
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms in vain for ${what}`);
    await sleep(10);
  }
}

/** The fingerprint of the certificate that a replica shows. */
export function servedCertificate({ port }: Manager): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, servername: SERVER_NAME, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(new X509Certificate(socket.getPeerX509Certificate()?.raw ?? "").fingerprint256);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
