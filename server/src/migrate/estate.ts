import { isExpansionTemplate, isMutator, objectMeta } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { isGenerated } from "./check-admission-policies.ts";
import { runsManager } from "./check-deployments.ts";
import { UNUSED } from "./check-objects.ts";
import type { Sourced } from "./remark.ts";

/** All that belongs to a Gatekeeper, by the part it plays. */
export interface Estate {
  readonly templates: readonly Sourced[];
  readonly constraints: readonly Sourced[];
  readonly mutators: readonly Sourced[];
  readonly expansionTemplates: readonly Sourced[];
  readonly configs: readonly Sourced[];
  readonly syncSets: readonly Sourced[];
  readonly connections: readonly Sourced[];
  /** Providers. */
  readonly unused: readonly Sourced[];
  readonly webhooks: readonly Sourced[];
  readonly deployments: readonly Sourced[];
  readonly admissionPolicies: readonly Sourced[];
  readonly definitions: readonly Sourced[];
}

const PARTS: Readonly<Record<keyof Estate, (object: PlainObject) => boolean>> = {
  templates: isOf("templates.gatekeeper.sh", "ConstraintTemplate"),
  constraints: (object) => objectMeta(object).group === "constraints.gatekeeper.sh",
  mutators: isMutator,
  expansionTemplates: isExpansionTemplate,
  configs: isOf("config.gatekeeper.sh", "Config"),
  syncSets: isOf("syncset.gatekeeper.sh", "SyncSet"),
  connections: isOf("connection.gatekeeper.sh", "Connection"),
  unused: (object) => {
    const { group, kind } = objectMeta(object);
    return group.endsWith(".gatekeeper.sh") && Object.hasOwn(UNUSED, kind);
  },
  webhooks: (object) => {
    const { group, kind } = objectMeta(object);
    return group === "admissionregistration.k8s.io" && kind.endsWith("WebhookConfiguration");
  },
  deployments: runsManager,
  admissionPolicies: isGenerated,
  definitions: (object) => {
    const { kind, name } = objectMeta(object);
    return kind === "CustomResourceDefinition" && name.endsWith(".gatekeeper.sh");
  },
};

/** Picks what is Gatekeeper's; everything else is left out. */
export function estateOf(objects: readonly Sourced[]): Estate {
  const pick = (part: keyof Estate): readonly Sourced[] =>
    objects.filter(({ object }) => PARTS[part](object));
  const parts = Object.keys(PARTS) as (keyof Estate)[];
  return Object.fromEntries(parts.map((part) => [part, pick(part)])) as Record<
    keyof Estate,
    readonly Sourced[]
  >;
}

function isOf(group: string, kind: string): (object: PlainObject) => boolean {
  return (object) => {
    const meta = objectMeta(object);
    return meta.group === group && meta.kind === kind;
  };
}
