import type { DiscoveredResource, Discovery } from "./discovery.ts";

/**
 * Every kind that can be listed, once: in the version that its group prefers, or, where it is in none of that version (as
 * `AssignImage` of `mutations.gatekeeper.sh/v1alpha1`), in the first other one that has it.
 */
export function listableKinds({ resources, preferredVersions }: Discovery): readonly DiscoveredResource[] {
  const chosen = new Map<string, DiscoveredResource>();
  for (const resource of resources) {
    const { group, version, plural } = resource;
    const key = `${group}/${plural}`;
    if (!chosen.has(key) || preferredVersions.get(group) === version) chosen.set(key, resource);
  }
  return [...chosen.values()].filter(({ verbs }) => verbs.includes("list"));
}
