import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import type { Resource } from "../resource.ts";

// The versions are those that Gatekeeper's manifests serve in every release since 3.14 (contract 1.0).

export const CONSTRAINT_TEMPLATES = clusterScoped("templates", "v1", "ConstraintTemplate");
export const CONFIGS = namespaced("config", "v1alpha1", "Config");
export const SYNC_SETS = clusterScoped("syncset", "v1alpha1", "SyncSet");
export const EXPANSION_TEMPLATES = clusterScoped(
  "expansion",
  "v1beta1",
  "ExpansionTemplate",
  "expansiontemplate",
);

export const PROVIDERS = clusterScoped("externaldata", "v1beta1", "Provider");
export const CONNECTIONS = namespaced("connection", "v1alpha1", "Connection");

/** The plural of a mutator is its singular. */
export const MUTATORS: readonly Resource[] = [
  clusterScoped("mutations", "v1", "Assign", "assign"),
  clusterScoped("mutations", "v1", "AssignMetadata", "assignmetadata"),
  clusterScoped("mutations", "v1", "ModifySet", "modifyset"),
  clusterScoped("mutations", "v1alpha1", "AssignImage", "assignimage"),
];

export const NAMESPACES: Resource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

export const PODS: Resource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

export const EVENTS: Resource = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
};

export const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};

/** The kind that a template brings. */
export function constraintResource(kind: string): Resource {
  return { group: CONSTRAINT_GROUP, version: "v1beta1", kind, plural: kind.toLowerCase(), namespaced: false };
}

/** A kind of `status.gatekeeper.sh`. */
export function podStatusResource(kind: string, version = "v1beta1"): Resource {
  return namespaced("status", version, kind, `${kind.toLowerCase()}es`);
}

function clusterScoped(prefix: string, version: string, kind: string, plural?: string): Resource {
  return {
    group: `${prefix}.gatekeeper.sh`,
    version,
    kind,
    plural: plural ?? `${kind.toLowerCase()}s`,
    namespaced: false,
  };
}

function namespaced(prefix: string, version: string, kind: string, plural?: string): Resource {
  return { ...clusterScoped(prefix, version, kind, plural), namespaced: true };
}
