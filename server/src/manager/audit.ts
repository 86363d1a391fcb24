import { AuditWorker, ClusterAudit, EvaluatorPool } from "@portcullis/audit";
import type { SweepError } from "@portcullis/audit";
import type { ClusterPolicies, RefusedPolicy } from "@portcullis/engine/cluster";
import type { Log } from "../observability/log.ts";
import { auditOutputs } from "./audit-outputs.ts";
import type { AuditOutputsOptions } from "./audit-outputs.ts";
import { disabledBuiltins } from "./disabled-builtins.ts";

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
  const pool = evaluatorPool(options);
  const audit = clusterAudit(options, pool);
  const worker = new AuditWorker({
    prepare: () => ({
      ...audit.prepare(),
      violationsLimit: flags["constraint-violations-limit"],
      problems: policies.refused().map(notInForce),
    }),
    listeners: [...outputs.listeners, { finished: ({ runId }) => tellWork(runId, audit, log) }],
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
    await pool.close();
  };
}

/** What the run took, for who wonders about the API server or about memory. */
function tellWork(runId: string, { cost, remembered }: ClusterAudit, log: Log): void {
  log.info("what the audit took", {
    process: "audit",
    audit_id: runId,
    event_type: "audit_work",
    kube_api_requests: cost.requests,
    judging_seconds: cost.judgingMs / 1000,
    judged_everything: cost.isFull,
    remembered_objects: remembered.objects,
    remembered_bytes: remembered.bytes,
  });
}

function evaluatorPool({ flags, log }: ManagerAuditOptions): EvaluatorPool {
  return new EvaluatorPool({
    threads: flags["audit-threads"],
    referentialRules: flags["enable-referential-rules"],
    disabledBuiltins: disabledBuiltins(flags),
    allowNet: flags["allow-net"],
    reviewTimeoutMs: REVIEW_TIMEOUT_MS,
    stats: flags["log-stats-audit"],
    onPrint: (line) => log.info(line, { logger: "print" }),
  });
}

function clusterAudit({ flags, api, policies }: ManagerAuditOptions, pool: EvaluatorPool): ClusterAudit {
  return new ClusterAudit({
    api,
    policies,
    pool,
    pageSize: flags["audit-chunk-size"],
    fromCache: flags["audit-from-cache"],
    fullEvery: flags["audit-full-every"],
    memoryBytes: flags["audit-memory"] * 1024 * 1024,
  });
}

/** What a template or constraint stands for is judged by a former version of it, or not at all. */
function notInForce({ kind, name, constraintKind, message }: RefusedPolicy): SweepError {
  const constraint = kind === "ConstraintTemplate" ? {} : { constraint: name };
  return {
    message: `${kind} ${name} is not in force as it is: ${message}`,
    scope: { constraintKind, ...constraint },
  };
}
