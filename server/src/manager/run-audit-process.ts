import { operationsOf } from "@portcullis/engine/cluster";
import type { Operations } from "@portcullis/engine/cluster";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import { API_REQUESTS, countApiRequests } from "../observability/api-requests.ts";
import { createMetrics } from "../observability/metrics.ts";
import { childEnd, tell } from "../processes/child-end.ts";
import { giveWay } from "../processes/give-way.ts";
import { countsOf } from "../processes/merged-metrics.ts";
import { tellingMetrics } from "./audit-news.ts";
import { startAudit } from "./audit.ts";
import { tellingExports } from "./export-news.ts";
import { liveAsChild } from "./live-as-child.ts";
import type { ChildContext, ChildLife } from "./live-as-child.ts";
import { connectApi, loadPolicies } from "./load-policies.ts";
import type { ManagerFlags } from "./manager-flags.ts";

const ALIVE_MS = 1_000;
const COUNTED: ReadonlySet<string> = new Set([API_REQUESTS]);

/**
 * `portcullis audit-process`: a process that a manager which serves admission starts with its own flags. It loads the policies
 * for itself and audits: statuses of constraints, Events, log, report and the results' endpoint are its own; of its runs it tells
 * the manager, which has the metrics. It opens no other port, reports on no policy, and goes behind all others of the Pod.
 */
export function runAuditProcess(args: readonly string[]): Promise<number> {
  return liveAsChild("audit-process", args, audit);
}

function audit({ flags, log }: ChildContext): ChildLife {
  giveWay();
  const env = process.env;
  const metrics = createMetrics({ processMetrics: true });
  let missing = (): readonly string[] => ["the connection to the API server"];
  let stop = (): Promise<void> => Promise.resolve();
  const end = childEnd({
    channel: process,
    alive: () => ({ kind: "alive", missing: missing() }),
    aliveMs: ALIVE_MS,
    metrics: async () => countsOf(await metrics.registry.getMetricsAsJSON(), COUNTED),
  });
  const start = async (): Promise<void> => {
    const api = await connectApi(flags, env);
    countApiRequests(metrics.registry, api);
    const operations = judging(flags);
    const { policies } = await loadPolicies({ flags, env, log, api, operations, metrics, reports: false });
    policies.start();
    stop = await startAudit({
      flags,
      api,
      policies,
      exports: tellingExports(policies.exports, process),
      log,
      ownNamespace: env["POD_NAMESPACE"] ?? OWN_NAMESPACE,
      metrics: (summary) => tellingMetrics((news) => tell(process, news), summary),
    });
    missing = policies.missing;
  };
  return {
    ending: end.ending,
    started: start(),
    async finish() {
      await stop();
      end.close();
    },
  };
}

/** Only what an audit needs to know: ExpansionTemplates have mutators change what they make, where the manager knows any. */
function judging({ operation }: ManagerFlags): Operations {
  const all = operationsOf(operation);
  return operationsOf([
    "audit",
    ...(all.mutates || all.has("mutation-status") ? (["mutation-controller"] as const) : []),
  ]);
}
