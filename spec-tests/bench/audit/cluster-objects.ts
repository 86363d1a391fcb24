import type { FakeResource } from "@portcullis/engine/testing";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** A kind of the generated cluster, and how many of a hundred objects are of it. */
export interface GeneratedKind {
  readonly resource: FakeResource;
  readonly percent: number;
  readonly make: (index: number) => PlainObject;
}

export const NAMESPACE: FakeResource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

/** As many objects of each kind as a cluster of that size has, the same each time; `change` numbers their states. */
export function clusterObjects(kind: GeneratedKind, clusterSize: number, change = 0): readonly PlainObject[] {
  const count = countOf(kind, clusterSize);
  return Array.from({ length: count }, (_, index) => objectAt(kind, index, change));
}

/** One object of a hundred of a kind, spread over all Namespaces, in another state. */
export function changedObjects(
  kind: GeneratedKind,
  clusterSize: number,
  change: number,
): readonly PlainObject[] {
  const count = Math.floor(countOf(kind, clusterSize) / 100);
  return Array.from({ length: count }, (_, index) => objectAt(kind, index * 100 + (index % 100), change));
}

function countOf({ percent }: GeneratedKind, clusterSize: number): number {
  return Math.floor((clusterSize * percent) / 100);
}

function objectAt({ make, resource }: GeneratedKind, index: number, change: number): PlainObject {
  const { metadata, ...rest } = make(index);
  const { name, labels, annotations } = metadata as PlainObject;
  return {
    apiVersion: resource.group === "" ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: {
      name: name as string,
      namespace: namespaceOf(index),
      labels: (labels ?? {}) as Value,
      annotations: { ...((annotations ?? {}) as PlainObject), "example.com/change": String(change) },
      managedFields: MANAGED_FIELDS,
    },
    ...rest,
  };
}

/** Fifty Namespaces; every tenth of them lacks the label that a policy asks for. */
export function clusterNamespaces(): readonly PlainObject[] {
  return Array.from({ length: NAMESPACES }, (_, index) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespaceOf(index), labels: index % 10 === 0 ? {} : { owner: "team.agilebank.demo" } },
  }));
}

const NAMESPACES = 50;

function namespaceOf(index: number): string {
  return `team-${index % NAMESPACES}`;
}

/** What servers and controllers write into every object of a real cluster, and nobody reads. */
const MANAGED_FIELDS: Value = ["kubectl-client-side-apply", "kube-controller-manager"].map((manager) => ({
  manager,
  operation: "Update",
  apiVersion: "v1",
  time: "2026-01-02T03:04:05Z",
  fieldsType: "FieldsV1",
  fieldsV1: {
    "f:metadata": { "f:labels": { ".": {}, "f:app": {}, "f:tier": {} }, "f:annotations": { ".": {} } },
    "f:spec": Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f:field${i}`, {}])),
  },
}));

function labelsOf(index: number): PlainObject {
  return { app: `app-${index % 400}`, tier: index % 3 === 0 ? "front" : "back", release: "stable" };
}

/** Nine of ten follow the rules; the others break one or two of them, each in its own way. */
function isGood(index: number, rule: number): boolean {
  return (index + rule * 3) % 10 !== 0;
}

function container(index: number, name: string): PlainObject {
  const limits: PlainObject = { cpu: "200m", memory: "512Mi", "ephemeral-storage": "500Mi" };
  return {
    name,
    image: isGood(index, 1) ? `openpolicyagent/app-${index % 50}:1.${index % 30}.0` : "nginx:latest",
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/app", "serve", "--port=8080"],
    ports: [{ containerPort: 8080, protocol: "TCP", name: "http" }],
    env: Array.from({ length: 8 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${index}-${i}` })),
    resources: isGood(index, 2) ? { limits, requests: limits } : { limits: { memory: "4Gi" } },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
    securityContext: {
      allowPrivilegeEscalation: !isGood(index, 3),
      privileged: !isGood(index, 3),
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(isGood(index, 4) && {
      livenessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 10 },
      readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 10 },
    }),
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  };
}

function podSpec(index: number): PlainObject {
  return {
    containers: [container(index, "main"), container(index + 5, "sidecar")],
    volumes: [
      { name: "data", emptyDir: {} },
      isGood(index, 5)
        ? { name: "config", configMap: { name: `config-${index % 400}` } }
        : { name: "host", hostPath: { path: "/var/lib" } },
    ],
    automountServiceAccountToken: false,
    hostNetwork: false,
    serviceAccountName: "default",
    nodeName: `node-${index % 200}`,
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    dnsPolicy: "ClusterFirst",
    terminationGracePeriodSeconds: 30,
    securityContext: { fsGroup: 100 },
    tolerations: [
      {
        key: "node.kubernetes.io/not-ready",
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      },
    ],
  };
}

function pod(index: number): PlainObject {
  return {
    metadata: { name: `app-${index % 400}-7d9f8b6c5-${index}`, labels: labelsOf(index) },
    spec: podSpec(index),
    status: {
      phase: "Running",
      hostIP: `10.0.0.${index % 250}`,
      podIP: `10.1.${index % 200}.${index % 250}`,
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
        type,
        status: "True",
        lastTransitionTime: "2026-01-02T03:04:05Z",
      })),
      containerStatuses: ["main", "sidecar"].map((name) => ({
        name,
        ready: true,
        restartCount: 0,
        image: "openpolicyagent/app",
        imageID: `sha256:${String(index).padStart(64, "0")}`,
        state: { running: { startedAt: "2026-01-02T03:04:05Z" } },
      })),
    },
  };
}

function deployment(index: number): PlainObject {
  const labels = labelsOf(index);
  return {
    metadata: { name: `app-${index}`, labels },
    spec: {
      replicas: isGood(index, 1) ? 3 : 100,
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      template: { metadata: { labels }, spec: podSpec(index) },
    },
    status: { replicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 4 },
  };
}

function service(index: number): PlainObject {
  const annotations = isGood(index, 1)
    ? { "a8r.io/owner": "team.agilebank.demo", "a8r.io/runbook": "https://example.com/runbook" }
    : {};
  return {
    metadata: { name: `service-${index}`, labels: labelsOf(index), annotations },
    spec: {
      // A real API server has few addresses to give away.
      ...(isGood(index, 2) ? { type: "ClusterIP", clusterIP: "None" } : { type: "NodePort" }),
      selector: { app: `app-${index % 400}` },
      ports: [{ name: "http", port: 80, targetPort: 8080, protocol: "TCP" }],
    },
    status: { loadBalancer: {} },
  };
}

function ingress(index: number): PlainObject {
  const host = isGood(index, 1) ? `host-${index}.example.com` : `*.host-${index}.example.com`;
  return {
    metadata: {
      name: `ingress-${index}`,
      labels: labelsOf(index),
      annotations: isGood(index, 2) ? { "kubernetes.io/ingress.allow-http": "false" } : {},
    },
    spec: {
      tls: [{ hosts: [host], secretName: "tls" }],
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: `service-${index}`, port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
    status: { loadBalancer: {} },
  };
}

function configMap(index: number): PlainObject {
  const lines = Array.from({ length: 30 }, (_, i) => `setting.number.${i} = value-${index}-${i}`);
  return {
    metadata: { name: `config-${index}`, labels: labelsOf(index) },
    data: { "app.properties": lines.join("\n"), "log.level": "info" },
  };
}

export const GENERATED_KINDS: readonly GeneratedKind[] = [
  kind("", "Pod", "pods", 50, pod),
  kind("apps", "Deployment", "deployments", 10, deployment),
  kind("", "Service", "services", 15, service),
  kind("networking.k8s.io", "Ingress", "ingresses", 10, ingress),
  kind("", "ConfigMap", "configmaps", 15, configMap),
];

function kind(
  group: string,
  name: string,
  plural: string,
  percent: number,
  make: GeneratedKind["make"],
): GeneratedKind {
  return { resource: { group, version: "v1", kind: name, plural, namespaced: true }, percent, make };
}
