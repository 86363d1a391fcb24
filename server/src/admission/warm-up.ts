import type { Client } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";

/** How long the warm-up may take in all, and each of its reviews. */
const WHOLE_MS = 300;
const REVIEW_MS = 50;
const ROUNDS = 5;

/**
 * Reviews requests that nobody has made, so that the policies are assembled and their code is warm when the first real one comes.
 * Changes nothing: no answer, log line or count comes of it, and calls of the world outside are not made. Leaves the event
 * loop to others between reviews.
 */
export async function warmUp(client: Pick<Client, "review">): Promise<void> {
  const deadline = performance.now() + WHOLE_MS;
  for (let round = 0; round < ROUNDS; round++) {
    for (const request of REQUESTS) {
      if (performance.now() > deadline) return;
      client.review(
        { request, source: "Original" },
        {
          enforcementPoint: "validation.gatekeeper.sh",
          honourOperations: true,
          timeoutMs: REVIEW_MS,
        },
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const CONTAINER: PlainObject = {
  name: "warm-up",
  image: "registry.example/warm-up:1",
  ports: [{ containerPort: 8080, protocol: "TCP" }],
  resources: { limits: { cpu: "100m", memory: "64Mi" }, requests: { cpu: "50m", memory: "32Mi" } },
  securityContext: { privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  livenessProbe: { httpGet: { path: "/", port: 8080 } },
  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
};
const POD: PlainObject = {
  containers: [CONTAINER],
  initContainers: [CONTAINER],
  volumes: [{ name: "tmp", emptyDir: {} }],
  securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
};
const LABELS: PlainObject = { app: "warm-up" };

/** Of the kinds that most policies are about. */
const REQUESTS: readonly PlainObject[] = [
  request("", "Pod", "pods", { spec: POD }),
  request("apps", "Deployment", "deployments", {
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: POD },
    },
  }),
  request("", "Service", "services", { spec: { type: "ClusterIP", ports: [{ port: 80 }] } }),
  request("networking.k8s.io", "Ingress", "ingresses", {
    spec: {
      rules: [{ host: "warm-up.example", http: { paths: [] } }],
      tls: [{ hosts: ["warm-up.example"] }],
    },
  }),
];

function request(group: string, kind: string, resource: string, rest: PlainObject): PlainObject {
  const apiVersion = group === "" ? "v1" : `${group}/v1`;
  const metadata = { name: "warm-up", namespace: "default", labels: LABELS, annotations: {} };
  return {
    uid: "warm-up",
    kind: { group, version: "v1", kind },
    resource: { group, version: "v1", resource },
    name: "warm-up",
    namespace: "default",
    operation: "CREATE",
    userInfo: { username: "warm-up", groups: [] },
    object: { apiVersion, kind, metadata, ...rest },
  };
}
