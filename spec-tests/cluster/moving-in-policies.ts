import type { PlainObject } from "@portcullis/interpreter";

// What a user of Gatekeeper has: policies of every action, one that looks at other objects, parameters, a mutator, settings.

const template = (kind: string, rego: string, properties: PlainObject = {}): PlainObject => ({
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: kind.toLowerCase() },
  spec: {
    crd: { spec: { names: { kind }, validation: { openAPIV3Schema: { type: "object", properties } } } },
    targets: [{ target: "admission.k8s.gatekeeper.sh", rego }],
  },
});

const constraint = (kind: string, name: string, spec: PlainObject): PlainObject => ({
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind,
  metadata: { name },
  spec: { match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }], namespaces: ["shop"] }, ...spec },
});

export const TEMPLATES: readonly PlainObject[] = [
  template(
    "MovedLabels",
    `package movedlabels
violation[{"msg": msg, "details": {"missing": missing}}] {
  given := {label | input.review.object.metadata.labels[label]}
  missing := {label | label := input.parameters.labels[_]} - given
  count(missing) > 0
  msg := sprintf("%v misses %v", [input.review.object.metadata.name, missing])
}`,
    { labels: { type: "array", items: { type: "string" } } },
  ),
  template(
    "MovedUnique",
    `package movedunique
violation[{"msg": msg}] {
  input.review.operation
  role := input.review.object.metadata.labels.role
  other := data.inventory.namespace[ns]["v1"]["ConfigMap"][name]
  other.metadata.labels.role == role
  name != input.review.object.metadata.name
  msg := sprintf("%v/%v has the role %v already", [ns, name, role])
}`,
  ),
];

export const CONSTRAINTS: readonly PlainObject[] = [
  constraint("MovedLabels", "owned", { parameters: { labels: ["owner", "team"] } }),
  constraint("MovedLabels", "advised", { enforcementAction: "warn", parameters: { labels: ["docs"] } }),
  constraint("MovedLabels", "watched", { enforcementAction: "dryrun", parameters: { labels: ["cost"] } }),
  constraint("MovedUnique", "one-a-role", {}),
];

export const SETTINGS: readonly PlainObject[] = [
  {
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { name: "config", namespace: "gatekeeper-system" },
    spec: {
      match: [{ excludedNamespaces: ["kube-*"], processes: ["*"] }],
      sync: { syncOnly: [{ group: "", version: "v1", kind: "Namespace" }] },
    },
  },
  {
    apiVersion: "syncset.gatekeeper.sh/v1alpha1",
    kind: "SyncSet",
    metadata: { name: "config-maps" },
    spec: { gvks: [{ group: "", version: "v1", kind: "ConfigMap" }] },
  },
  {
    apiVersion: "mutations.gatekeeper.sh/v1",
    kind: "AssignMetadata",
    metadata: { name: "moved" },
    spec: {
      match: { scope: "Namespaced", namespaces: ["shop"] },
      location: "metadata.annotations.moved",
      parameters: { assign: { value: "in" } },
    },
  },
];

/** Made before there is any policy: what the audit finds. */
export const OBJECTS: readonly PlainObject[] = [
  configMap("taken", { owner: "a", team: "b", docs: "d", cost: "e", role: "cashier" }),
  configMap("nobodys", {}),
  configMap("half", { owner: "a" }),
];

/** What is asked of the webhook, each time without making anything. */
export const QUESTIONS: readonly PlainObject[] = [
  configMap("fine", { owner: "a", team: "b", docs: "d", cost: "e" }),
  configMap("undocumented", { owner: "a", team: "b" }),
  configMap("unowned", { docs: "d" }),
  configMap("second", { owner: "a", team: "b", docs: "d", role: "cashier" }),
  { ...configMap("elsewhere", {}), metadata: { name: "elsewhere", namespace: "default" } },
];

function configMap(name: string, labels: PlainObject): PlainObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop", labels } };
}
