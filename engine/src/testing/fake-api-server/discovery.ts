import type { PlainObject } from "@portcullis/interpreter";
import type { FakeResource } from "./store.ts";

/** What `/api`, `/apis` and the paths of group versions answer, in the old form that every client knows. */
export function discoveryAnswer(path: string, resources: readonly FakeResource[]): PlainObject | undefined {
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const groups = new Map<string, Set<string>>();
    for (const { group, version } of resources) {
      if (group !== "") groups.set(group, (groups.get(group) ?? new Set()).add(version));
    }
    return {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: [...groups].map(([name, versions]) => {
        const entries = [...versions].map((version) => ({ groupVersion: `${name}/${version}`, version }));
        return { name, versions: entries, preferredVersion: entries[0] as PlainObject };
      }),
    };
  }
  const [, core, group, version] = /^\/(?:api\/([^/]+)|apis\/([^/]+)\/([^/]+))$/.exec(path) ?? [];
  const served = resources.filter(
    (each) => each.group === (group ?? "") && each.version === (version ?? core),
  );
  if (served.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: core ?? `${group}/${version}`,
    resources: served.flatMap(({ plural, namespaced, kind, hasStatus }) => [
      { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: VERBS },
      ...(hasStatus === true
        ? [
            {
              name: `${plural}/status`,
              singularName: "",
              namespaced,
              kind,
              verbs: ["get", "patch", "update"],
            },
          ]
        : []),
    ]),
  };
}

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];
