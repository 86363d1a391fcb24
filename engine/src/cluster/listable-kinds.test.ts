import { expect, it } from "vitest";
import type { DiscoveredResource } from "./discovery.ts";
import { listableKinds } from "./listable-kinds.ts";

const resource = (
  version: string,
  plural: string,
  verbs: readonly string[] = ["list"],
): DiscoveredResource => ({
  group: "g",
  version,
  kind: plural.toUpperCase(),
  plural,
  namespaced: true,
  hasStatus: false,
  verbs,
});

it("names each kind once: in the preferred version, else in the first that has it", () => {
  const resources = [
    resource("v1beta1", "both"),
    resource("v1beta1", "young"),
    resource("v1", "both"),
    resource("v1", "old"),
    resource("v1alpha1", "young"),
    resource("v1alpha1", "both"),
    resource("v1", "written-only", ["create"]),
    // What the preferred version does not let anybody list is not listed in another one.
    resource("v1beta1", "written-only"),
  ];
  const kinds = listableKinds({ resources, preferredVersions: new Map([["g", "v1"]]), unavailable: [] });
  expect(kinds.map(({ version, plural }) => `${version} ${plural}`).toSorted()).toEqual([
    "v1 both",
    "v1 old",
    "v1beta1 young",
  ]);
});
