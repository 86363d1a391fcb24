import { listableKinds } from "@portcullis/engine/cluster";
import type { DiscoveredResource, KubeApi, Resource } from "@portcullis/engine/cluster";
import type { Sourced } from "./remark.ts";

const PAGE = 500;

/**
 * Reads all that may belong to a Gatekeeper, page by page. Only lists; rejects with what the API server says where it
 * refuses one, since a check of half of it would promise too much.
 */
export async function readCluster(api: KubeApi): Promise<readonly Sourced[]> {
  const found = await api.discover();
  if (!found.ok) throw new Error(`cannot ask the API server what it serves: ${found.error.message}`);
  const { unavailable } = found.value;
  const missing = unavailable.filter((version) => version.includes("gatekeeper.sh/"));
  if (missing.length > 0) throw new Error(`the API server cannot serve ${missing.join(", ")} now`);
  const wanted = listableKinds(found.value).filter(isWanted);
  const objects: Sourced[] = [];
  for (const resource of wanted) objects.push(...(await listAll(api, resource)));
  return objects;
}

const OTHERS: ReadonlySet<string> = new Set([
  "apps/Deployment",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
]);

function isWanted({ group, kind }: DiscoveredResource): boolean {
  return (
    (group.endsWith(".gatekeeper.sh") && group !== "status.gatekeeper.sh") || OTHERS.has(`${group}/${kind}`)
  );
}

async function listAll(api: KubeApi, resource: Resource): Promise<readonly Sourced[]> {
  const objects: Sourced[] = [];
  let next: string | undefined;
  do {
    const page = await api.list(resource, { limit: PAGE, ...(next !== undefined && { continue: next }) });
    if (!page.ok) throw new Error(`cannot list ${resource.plural}.${resource.group}: ${page.error.message}`);
    for (const object of page.value.items) objects.push({ object, place: "" });
    next = page.value.continue;
  } while (next !== undefined);
  return objects;
}
