import { AuditWorker, clusterSource, namedKinds } from "@portcullis/audit";
import type { ObjectSource, SweepDeps } from "@portcullis/audit";
import type { ClusterPolicies } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { auditOutputs } from "./audit-outputs.ts";
import type { AuditOutputsOptions } from "./audit-outputs.ts";

export interface ManagerAuditOptions extends AuditOutputsOptions {
  readonly policies: ClusterPolicies;
}

/** What the review of one object may take: policies are slow when they are broken, not when they work. */
const REVIEW_TIMEOUT_MS = 10_000;
const READY_LOOK_MS = 250;

/**
 * The audit of `--operation=audit`: a sweep each `--audit-interval` seconds, the first one an interval after everything is
 * loaded. {@link auditOutputs} says where the results go. Answers the function that ends it. Rejects where the results cannot be
 * served.
 */
export async function startAudit(options: ManagerAuditOptions): Promise<() => Promise<void>> {
  const { flags, policies, log } = options;
  const outputs = auditOutputs(options);
  const worker = new AuditWorker({
    prepare: () => sweepDeps(options),
    listeners: outputs.listeners,
    onError: (error) => log.error("the audit failed", { error: String(error) }),
    intervalSeconds: flags["audit-interval"],
  });
  await outputs.serve();
  // Half of the policies would find half of the violations, and the statuses would say so.
  const timer = setInterval(() => {
    if (policies.missing().length > 0) return;
    clearInterval(timer);
    worker.start();
  }, READY_LOOK_MS);
  return async () => {
    clearInterval(timer);
    // Their waiting ends, or the run that is going on would wait with them.
    await Promise.all([outputs.stop(), worker.stop()]);
  };
}

function sweepDeps({ flags, api, policies }: ManagerAuditOptions): SweepDeps {
  const { client, expansion, namespace } = policies;
  const constraints = client.constraints().map(({ object }) => object);
  return {
    client,
    expansion,
    source: flags["audit-from-cache"]
      ? cachedSource(policies)
      : clusterSource({
          api,
          pageSize: flags["audit-chunk-size"],
          filter: flags["audit-match-kind-only"] ? namedKinds(constraints) : () => true,
          namespace,
        }),
    excluder: policies.excluder(),
    violationsLimit: flags["constraint-violations-limit"],
    reviewTimeoutMs: REVIEW_TIMEOUT_MS,
  };
}

const PAGE = 100;

/** The objects that Config and SyncSets copy. */
function cachedSource(policies: ClusterPolicies): ObjectSource {
  return {
    async *pages(signal) {
      let page: { readonly object: PlainObject }[] = [];
      for (const object of policies.syncedObjects()) {
        if (page.push({ object }) < PAGE) continue;
        yield await Promise.resolve(page);
        if (signal.aborted) return;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    namespace: policies.namespace,
  };
}
