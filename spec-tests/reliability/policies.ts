import type { PlainObject } from "@portcullis/interpreter";
import { OWN_NAMESPACE } from "../testbed/manager.ts";

// What the cluster holds while its parts are broken: policies of every kind whose verdicts are known, and their data.

/** Objects of the namespaces below are judged; `env: prod` is what a namespace selector looks at. */
export const NAMESPACES = { plain: "shop", prod: "shop-prod" } as const;

/** Ingresses `ingress-0` … in the plain namespace hold the hosts `taken-0.example.com` …. */
export const TAKEN_HOSTS = 60;

const template = (kind: string, properties: PlainObject, rego: string): PlainObject => ({
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: kind.toLowerCase() },
  spec: {
    crd: {
      spec: { names: { kind }, validation: { openAPIV3Schema: { type: "object", properties } } },
    },
    targets: [{ target: "admission.k8s.gatekeeper.sh", rego: `package ${kind.toLowerCase()}\n${rego}` }],
  },
});

const TEMPLATES: readonly PlainObject[] = [
  template(
    "ReliableLabels",
    { labels: { type: "array", items: { type: "string" } } },
    `violation[{"msg": msg}] {
  wanted := input.parameters.labels[_]
  not input.review.object.metadata.labels[wanted]
  msg := sprintf("label %v is missing", [wanted])
}`,
  ),
  template(
    "ReliableHosts",
    {},
    `violation[{"msg": msg}] {
  host := input.review.object.spec.rules[_].host
  other := data.inventory.namespace[namespace]["networking.k8s.io/v1"].Ingress[name]
  other.spec.rules[_].host == host
  msg := sprintf("host %v belongs to %v/%v", [host, namespace, name])
}`,
  ),
  template(
    "ReliableServices",
    {},
    `violation[{"msg": msg}] {
  service := input.review.object.data.service
  not data.inventory.namespace[input.review.namespace].v1.Service[service]
  msg := sprintf("there is no service %v", [service])
}`,
  ),
];

export function constraint(kind: string, name: string, spec: PlainObject): PlainObject {
  return { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind, metadata: { name }, spec };
}

const CONFIG_MAP_KIND = { apiGroups: [""], kinds: ["ConfigMap"] };

/** A constraint that nothing has ever violated: refuses ConfigMaps with the label `fresh: NAME`. */
export function freshConstraint(name: string): PlainObject {
  return constraint("ReliableLabels", name, {
    match: { kinds: [CONFIG_MAP_KIND], labelSelector: { matchLabels: { fresh: name } } },
    parameters: { labels: ["refreshed"] },
  });
}

const CONSTRAINTS: readonly PlainObject[] = [
  constraint("ReliableLabels", "owner", {
    match: { kinds: [CONFIG_MAP_KIND], namespaces: [NAMESPACES.plain] },
    parameters: { labels: ["owner"] },
  }),
  constraint("ReliableLabels", "tier", {
    match: { kinds: [CONFIG_MAP_KIND], namespaceSelector: { matchLabels: { env: "prod" } } },
    parameters: { labels: ["tier"] },
  }),
  constraint("ReliableLabels", "advice", {
    enforcementAction: "warn",
    match: { kinds: [CONFIG_MAP_KIND], labelSelector: { matchLabels: { advised: "yes" } } },
    parameters: { labels: ["advice"] },
  }),
  constraint("ReliableHosts", "hosts", {
    match: { kinds: [{ apiGroups: ["networking.k8s.io"], kinds: ["Ingress"] }] },
  }),
  constraint("ReliableServices", "services", {
    match: { kinds: [CONFIG_MAP_KIND], labelSelector: { matchLabels: { needs: "service" } } },
  }),
];

const MUTATOR: PlainObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "stamp" },
  spec: {
    match: { scope: "Namespaced", kinds: [CONFIG_MAP_KIND], namespaces: [NAMESPACES.plain] },
    location: "metadata.labels.stamped",
    parameters: { assign: { value: "yes" } },
  },
};

/** The Config: Ingresses are copied always; the rest is what steps of a test change. */
export function config(
  more: { readonly kinds?: readonly string[]; readonly excluded?: readonly string[] } = {},
): PlainObject {
  const { kinds = ["Service"], excluded = ["kube-*"] } = more;
  const core = kinds.map((kind) => ({ group: "", version: "v1", kind }));
  return {
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { name: "config", namespace: OWN_NAMESPACE },
    spec: {
      match: [{ processes: ["*"], excludedNamespaces: excluded }],
      sync: { syncOnly: [{ group: "networking.k8s.io", version: "v1", kind: "Ingress" }, ...core] },
    },
  };
}

export function ingress(name: string, host: string): PlainObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace: NAMESPACES.plain },
    spec: {
      rules: [
        {
          host,
          http: {
            paths: [
              { path: "/", pathType: "Prefix", backend: { service: { name: "db", port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  };
}

const service: PlainObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "db", namespace: NAMESPACES.plain },
  spec: { ports: [{ port: 80 }] },
};

/** In the order in which they are applied: the second list needs the kinds of the first one. */
export const CLUSTER: readonly (readonly PlainObject[])[] = [
  [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACES.plain } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACES.prod, labels: { env: "prod" } } },
    config(),
    ...TEMPLATES,
    MUTATOR,
    service,
    ...Array.from({ length: TAKEN_HOSTS }, (_, i) => ingress(`ingress-${i}`, `taken-${i}.example.com`)),
  ],
  CONSTRAINTS,
];
