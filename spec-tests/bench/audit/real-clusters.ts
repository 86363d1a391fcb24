import { objectMeta } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi, KubeResult, Resource } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { startControlPlane, whyNoControlPlane } from "../../testbed/control-plane.ts";
import { admissionDuringAudit } from "./admission.ts";
import { compareWithGatekeeper, installPolicies, OURS } from "./against-gatekeeper.ts";
import { twoSweeps } from "./audited-process.ts";
import type { Limit } from "./audited-process.ts";
import {
  changedObjects,
  clusterNamespaces,
  clusterObjects,
  GENERATED_KINDS,
  NAMESPACE,
} from "./cluster-objects.ts";

/** Objects of the cluster that both audits look at. */
const COMPARED = 2_000;

/** Generated clusters of a real API server: what an audit costs there, and what Gatekeeper's own does. */
export async function realClusters(size: number, limit: Limit): Promise<void> {
  const missing = whyNoControlPlane();
  if (missing !== undefined) return console.log(`\nreal API server: ${missing}`);
  const plane = await startControlPlane();
  const api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
  try {
    await create(api, NAMESPACE, clusterNamespaces());
    await fill(api, COMPARED);
    await installPolicies(plane);
    await compareWithGatekeeper(plane, COMPARED, limit);
    await fill(api, size);
    console.log(`\n${size} objects on a real API server, 36 policies`);
    await twoSweeps(plane.kubeconfig, () => change(api, size), limit);
    await admissionDuringAudit(plane, OURS, limit);
  } finally {
    await api.close();
    await plane.stop();
  }
}

async function fill(api: KubeApi, size: number): Promise<void> {
  for (const kind of GENERATED_KINDS) await create(api, kind.resource, clusterObjects(kind, size));
}

const CALLS_AT_ONCE = 16;

/** Those that are there already stay as they are. */
async function create(api: KubeApi, resource: Resource, objects: readonly PlainObject[]): Promise<void> {
  await forEach(objects, async (object) => {
    const { managedFields: _managedFields, ...metadata } = object["metadata"] as PlainObject;
    const made = await api.create(resource, { ...object, metadata });
    if (!made.ok && made.error.reason !== "AlreadyExists") throw new Error(made.error.message);
  });
}

async function change(api: KubeApi, size: number): Promise<void> {
  for (const kind of GENERATED_KINDS) {
    await forEach(changedObjects(kind, size, 1), async (object) => {
      const { namespace, name } = objectMeta(object);
      const { annotations } = object["metadata"] as { readonly annotations: PlainObject };
      const changed: KubeResult<PlainObject> = await api.mergePatch(
        kind.resource,
        { namespace, name },
        { metadata: { annotations } },
      );
      if (!changed.ok) throw new Error(changed.error.message);
    });
  }
}

async function forEach(
  objects: readonly PlainObject[],
  work: (object: PlainObject) => Promise<void>,
): Promise<void> {
  const waiting = objects.values();
  const worker = async (): Promise<void> => {
    for (const object of waiting) await work(object);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
}
