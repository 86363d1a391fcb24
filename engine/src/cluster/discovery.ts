import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, objectAt, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { answered, isNotFound } from "./kube-error.ts";
import type { KubeResult } from "./kube-error.ts";
import type { Resource } from "./resource.ts";

export interface DiscoveredResource extends Resource {
  readonly verbs: readonly string[];
  readonly hasStatus: boolean;
}

export interface Discovery {
  /** Every version of every kind, without subresources. */
  readonly resources: readonly DiscoveredResource[];
  /** The version that the server prefers, by group. */
  readonly preferredVersions: ReadonlyMap<string, string>;
  /** Group versions (`metrics.k8s.io/v1beta1`) whose server does not answer: their kinds are unknown, not gone. */
  readonly unavailable: readonly string[];
}

type Get = (path: string, accept?: string) => Promise<KubeResult<PlainObject>>;

interface Found {
  readonly resources: DiscoveredResource[];
  readonly preferredVersions: Map<string, string>;
  readonly unavailable: string[];
}

/** One answer for all groups (Kubernetes 1.26 and newer); older servers answer with the list of groups. */
const AGGREGATED = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat("application/json")
  .join(",");

/** Asks for everything that the server serves: two calls, or one for each group version on old servers. */
export async function discover(get: Get): Promise<KubeResult<Discovery>> {
  const found: Found = { resources: [], preferredVersions: new Map(), unavailable: [] };
  for (const path of ["/api", "/apis"]) {
    const answer = await get(path, AGGREGATED);
    if (!answer.ok) return answer;
    if (textAt(answer.value, "kind") === "APIGroupDiscoveryList") addAggregated(found, answer.value);
    else await addOneByOne(found, answer.value, get);
  }
  return answered(found);
}

export async function resourcesIn(
  get: Get,
  group: string,
  version: string,
): Promise<KubeResult<readonly DiscoveredResource[]>> {
  const answer = await get(group === "" ? `/api/${version}` : `/apis/${group}/${version}`);
  return answer.ok ? answered(resourcesOf(answer.value, group, version)) : answer;
}

function addAggregated(found: Found, list: PlainObject): void {
  for (const item of listAt(list, "items")) {
    const group = textAt(item, "metadata", "name");
    for (const entry of listAt(item, "versions")) {
      const version = textAt(entry, "version");
      // The first one is the preferred one.
      if (!found.preferredVersions.has(group)) found.preferredVersions.set(group, version);
      const resources = listAt(entry, "resources");
      if (textAt(entry, "freshness") === "Stale" && resources.length === 0) {
        found.unavailable.push(`${group}/${version}`);
      }
      for (const resource of resources) found.resources.push(fromAggregated(resource, group, version));
    }
  }
}

function fromAggregated(resource: Value, group: string, version: string): DiscoveredResource {
  const subresources = listAt(resource, "subresources").map((each) => textAt(each, "subresource"));
  return {
    group,
    version,
    kind: textAt(resource, "responseKind", "kind"),
    plural: textAt(resource, "resource"),
    namespaced: textAt(resource, "scope") === "Namespaced",
    verbs: texts(listAt(resource, "verbs")),
    hasStatus: subresources.includes("status"),
  };
}

async function addOneByOne(found: Found, list: PlainObject, get: Get): Promise<void> {
  // /api names versions of the core group, /apis groups with their versions.
  for (const version of texts(listAt(list, "versions"))) await addVersion(found, get, "", version);
  for (const item of listAt(list, "groups")) {
    const group = textAt(item, "name");
    found.preferredVersions.set(group, textAt(item, "preferredVersion", "version"));
    for (const entry of listAt(item, "versions"))
      await addVersion(found, get, group, textAt(entry, "version"));
  }
}

async function addVersion(found: Found, get: Get, group: string, version: string): Promise<void> {
  if (group === "" && !found.preferredVersions.has("")) found.preferredVersions.set("", version);
  const answer = await resourcesIn(get, group, version);
  if (answer.ok) found.resources.push(...answer.value);
  // A group that went away between the two calls is gone, not unavailable.
  else if (!isNotFound(answer.error)) found.unavailable.push(group === "" ? version : `${group}/${version}`);
}

function resourcesOf(list: PlainObject, group: string, version: string): readonly DiscoveredResource[] {
  const entries = listAt(list, "resources");
  const names = new Set(entries.map((entry) => textAt(entry, "name")));
  return entries
    .filter((entry) => !textAt(entry, "name").includes("/") && objectAt(entry) !== undefined)
    .map((entry) => ({
      group,
      version,
      kind: textAt(entry, "kind"),
      plural: textAt(entry, "name"),
      namespaced: valueAt(entry, "namespaced") === true,
      verbs: texts(listAt(entry, "verbs")),
      hasStatus: names.has(`${textAt(entry, "name")}/status`),
    }));
}

function texts(values: readonly Value[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}
