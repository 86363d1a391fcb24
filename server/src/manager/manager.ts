import { auditMetrics } from "@portcullis/audit";
import { operationsOf } from "@portcullis/engine/cluster";
import { buildHealthApp, buildMetricsApp } from "../app.ts";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import { closeApp, listen } from "../listening.ts";
import type { Log } from "../observability/log.ts";
import { countApiRequests } from "../observability/api-requests.ts";
import { createMetrics } from "../observability/metrics.ts";
import { ExposedMetrics } from "../processes/merged-metrics.ts";
import { startAudit } from "./audit.ts";
import { startAuditProcess } from "./audit-process.ts";
import { diagnosticsApp } from "./diagnostics.ts";
import { parseAddress } from "../address.ts";
import { admissionEvents, admissionExport, connectApi, loadPolicies } from "./load-policies.ts";
import type { ManagerFlags } from "./manager-flags.ts";
import { shardCount, startShardedWebhook } from "./sharded-webhook.ts";
import { createTlsCheck } from "./tls-check.ts";
import { startWebhook } from "./webhook.ts";
import type { Webhook, WebhookOptions } from "./webhook.ts";

/** A manager that runs: what a process of a Deployment does. */
export interface Manager {
  /** Names what is not loaded or served yet; empty when ready. */
  readonly missing: () => readonly string[];
  /** Goes on serving, but lets no connection live longer than its next answer: clients come back to other replicas. */
  drain(): void;
  /** Settles with why this process cannot do its work; never otherwise. */
  readonly failed: Promise<unknown>;
  /** Answers the requests in flight and ends. */
  stop(): Promise<void>;
}

export interface ManagerOptions {
  readonly flags: ManagerFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

type Closer = () => Promise<void>;
type Started = Omit<Manager, "stop">;

/**
 * Starts everything that the operations of this process need: health first, so that a probe can say what is missing, the
 * webhook's port last. Throws an Error for the operator when there is no cluster or a port cannot be had.
 */
export async function startManager(options: ManagerOptions): Promise<Manager> {
  const opened: Closer[] = [];
  const stop = async (): Promise<void> => {
    for (const close of opened.splice(0).toReversed()) await close();
  };
  try {
    return { ...(await start(options, opened)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start({ flags, env, log }: ManagerOptions, opened: Closer[]): Promise<Started> {
  const ownNamespace = env["POD_NAMESPACE"] ?? OWN_NAMESPACE;
  const operations = operationsOf(flags.operation);
  const metrics = createMetrics({ processMetrics: true, controllers: true });
  const exposed = new ExposedMetrics(metrics.registry);
  let missing = (): readonly string[] => ["the connection to the API server"];

  let webhook: Webhook | undefined;
  const { host, port } = flags;
  const tlsCheck = createTlsCheck({ host, port, certificate: () => webhook?.certificate() });
  const servesWebhook = operations.has("webhook") || operations.has("mutation-webhook");
  const tls = {
    name: "tls-check",
    async problems() {
      const open = webhook?.missing() ?? ["the webhook's port"];
      // A port that the system chose is known to nobody but its listener.
      return open.length > 0 || port === 0 ? open : tlsCheck();
    },
  };
  const health = buildHealthApp({
    checks: {
      alive: flags["enable-tls-healthcheck"] && servesWebhook ? [tls] : [],
      ready: [{ name: "tracker", problems: () => missing() }, ...(servesWebhook ? [tls] : [])],
    },
    metrics: exposed,
  });
  opened.push(() => closeApp(health));
  await listen(health, parseAddress(flags["health-addr"]), "http");
  const metricsApp = buildMetricsApp(exposed);
  opened.push(() => closeApp(metricsApp));
  await listen(metricsApp, { host: "", port: flags["prometheus-port"] }, "http");

  if (flags["enable-pprof"]) {
    const diagnostics = diagnosticsApp();
    opened.push(() => diagnostics.close());
    await listen(diagnostics, { host: "127.0.0.1", port: flags["pprof-port"] }, "http");
  }

  const api = await connectApi(flags, env);
  opened.push(() => api.close());
  countApiRequests(metrics.registry, api);
  const { policies, warmUp } = await loadPolicies({
    flags,
    env,
    log,
    api,
    operations,
    metrics,
    reports: true,
  });
  opened.push(async () => {
    const stopped = policies.stop();
    // Writes under way wait for an API server that may be slow; nothing is lost with them that the next start does not mend.
    await api.close();
    await stopped;
  });
  metrics.observeWatches(() => policies.watches());
  policies.start();
  missing = policies.missing;
  if (operations.has("audit") && flags["audit-interval"] > 0) {
    const { registry } = metrics;
    opened.push(
      servesWebhook
        ? await startAuditProcess({ flags, registry, exposed, log, exports: policies.exports })
        : await startAudit({
            flags,
            api,
            policies,
            exports: policies.exports,
            metrics: (summary) => auditMetrics({ registry, summary }),
            log,
            ownNamespace,
          }),
    );
  }
  if (!servesWebhook) {
    return { missing, drain: () => {}, failed: new Promise(() => {}) };
  }

  const loading = missing;
  const count = shardCount(flags);
  const parts = {
    flags,
    api,
    policies,
    warmUp,
    operations,
    metrics,
    log,
    ownNamespace,
    readiness: () => [...missing(), ...(webhook?.missing() ?? [])],
  };
  const serving = count > 1 ? startShardedWebhook(parts, count, exposed) : startOwnWebhook(parts, opened);
  webhook = serving;
  opened.push(() => serving.stop());
  const allMissing = () => [...loading(), ...serving.missing()];
  return { missing: allMissing, drain: () => serving.drain(), failed: serving.failed };
}

/** The webhook in this very process. */
function startOwnWebhook(parts: WebhookOptions, opened: Closer[]): Webhook {
  const events = admissionEvents(parts.flags, parts.api, parts.log);
  if (events) opened.push(() => events.stop());
  const exporter = admissionExport(parts.flags, parts.policies.exports, parts.metrics, parts.log);
  if (exporter) opened.push(() => exporter.stop());
  return startWebhook({ ...parts, ...(events && { events }), ...(exporter && { exporter }) });
}
