import type { SweepError } from "@portcullis/audit";
import type { GroupVersionKind } from "@portcullis/engine";
import type { DiscoveredResource, Discovery, KubeApi, KubeResult } from "@portcullis/engine/cluster";
import { isExpired, isNotFound, listableKinds } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";

/** What was read of a cluster, and what could not be. */
export interface FoundObjects {
  readonly objects: readonly PlainObject[];
  /** `policies/pods.yaml:12`, of those that come from files. */
  readonly places?: ReadonlyMap<PlainObject, string>;
  readonly errors: readonly SweepError[];
}

const PAGE = 500;
const CONSTRAINTS = "constraints.gatekeeper.sh";
const POLICY_GROUPS: ReadonlySet<string> = new Set([
  "templates.gatekeeper.sh",
  CONSTRAINTS,
  "config.gatekeeper.sh",
  "syncset.gatekeeper.sh",
  "mutations.gatekeeper.sh",
  "expansion.gatekeeper.sh",
]);

/**
 * Lists the policies of a cluster. A kind that cannot be listed is among the errors; rejects where there are no
 * ConstraintTemplates to be had.
 */
export async function clusterPolicies(api: KubeApi, discovery: Discovery): Promise<FoundObjects> {
  const kinds = listableKinds(discovery).filter(({ group }) => POLICY_GROUPS.has(group));
  if (!kinds.some(({ kind }) => kind === "ConstraintTemplate"))
    throw new Error("the cluster has no ConstraintTemplates: name policies with -f, or another --context");
  const objects: PlainObject[] = [];
  const errors: SweepError[] = [];
  for (const resource of kinds) {
    const listed = await listAll(api, resource);
    if (listed.ok) {
      objects.push(...listed.value);
      continue;
    }
    const message = `could not list ${resource.kind}.${resource.group}: ${listed.error.message}`;
    if (resource.kind === "ConstraintTemplate") throw new Error(message);
    errors.push({ message, scope: resource.group === CONSTRAINTS ? { constraintKind: resource.kind } : {} });
  }
  return { objects, errors };
}

/** Lists the objects of these kinds: what `data.inventory` is made of. */
export async function clusterData(
  api: KubeApi,
  discovery: Discovery,
  kinds: readonly GroupVersionKind[],
): Promise<FoundObjects> {
  const objects: PlainObject[] = [];
  const errors: SweepError[] = [];
  for (const { group, version, kind } of kinds) {
    const resource = discovery.resources.find(
      (each) => each.group === group && each.version === version && each.kind === kind,
    );
    const name = `${kind}.${version}${group === "" ? "" : `.${group}`}`;
    const listed = resource && (await listAll(api, resource));
    if (listed?.ok) objects.push(...listed.value);
    else {
      const why = listed ? listed.error.message : "the API server does not serve it";
      errors.push({ message: `data.inventory has no ${name}: ${why}`, scope: {} });
    }
  }
  return { objects, errors };
}

async function listAll(
  api: KubeApi,
  resource: DiscoveredResource,
): Promise<KubeResult<readonly PlainObject[]>> {
  const objects: PlainObject[] = [];
  let next: string | undefined;
  do {
    const page = await api.list(resource, { limit: PAGE, ...(next !== undefined && { continue: next }) });
    if (page.ok) {
      objects.push(...page.value.items);
      next = page.value.continue;
    } else if (isExpired(page.error) && page.error.continue !== undefined) next = page.error.continue;
    // A kind that goes while we look has no objects.
    else if (isNotFound(page.error)) next = undefined;
    else return page;
  } while (next !== undefined);
  return { ok: true, value: objects };
}
