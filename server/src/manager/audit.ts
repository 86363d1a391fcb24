import {
  AuditWorker,
  auditLog,
  auditMetrics,
  clusterSource,
  namedKinds,
  writeConstraintStatuses,
} from "@portcullis/audit";
import type { AuditListener, ObjectSource, SweepDeps } from "@portcullis/audit";
import type { ClusterPolicies, KubeApi } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import type { Log } from "../observability/log.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import type { ManagerFlags } from "./manager-flags.ts";

export interface ManagerAuditOptions {
  readonly flags: ManagerFlags;
  readonly api: KubeApi;
  readonly policies: ClusterPolicies;
  readonly metrics: ServerMetrics;
  readonly log: Log;
}

/** What the review of one object may take: policies are slow when they are broken, not when they work. */
const REVIEW_TIMEOUT_MS = 10_000;
const READY_LOOK_MS = 250;

/**
 * The audit of `--operation=audit`: a sweep each `--audit-interval` seconds, the first one an interval after everything is
 * loaded. Results go into the log, the metrics and the status of every constraint. Answers the function that ends it.
 */
export function startAudit(options: ManagerAuditOptions): () => Promise<void> {
  const { flags, api, policies, metrics, log } = options;
  const ended = new AbortController();
  const publish: AuditListener = {
    async finished({ runId }, report) {
      for (const { message } of report.errors)
        log.error("the audit is incomplete", { audit_id: runId, error: message });
      const onError = (error: string): void => log.error(error, { audit_id: runId });
      await writeConstraintStatuses(report, { api, onError }, ended.signal);
    },
  };
  const worker = new AuditWorker({
    prepare: () => sweepDeps(options),
    listeners: [
      auditMetrics(metrics.registry),
      auditLog((message, fields) => log.info(message, fields)),
      publish,
    ],
    onError: (error) => log.error("the audit failed", { error: String(error) }),
    intervalSeconds: flags["audit-interval"],
  });
  // Half of the policies would find half of the violations, and the statuses would say so.
  const timer = setInterval(() => {
    if (policies.missing().length > 0) return;
    clearInterval(timer);
    worker.start();
  }, READY_LOOK_MS);
  return async () => {
    clearInterval(timer);
    ended.abort();
    await worker.stop();
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
