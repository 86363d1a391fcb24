import { createClient } from "@portcullis/engine";
import {
  ClusterPolicies,
  connectToCluster,
  createEventRecorder,
  createKubeApi,
  operationsOf,
  ownPod,
} from "@portcullis/engine/cluster";
import type { EventRecorder, KubeApi } from "@portcullis/engine/cluster";
import { networkFor } from "@portcullis/interpreter/node";
import nodeCrypto, { randomUUID } from "node:crypto";
import { buildHealthApp, buildMetricsApp } from "../app.ts";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import { closeApp, listen } from "../listening.ts";
import { named } from "../observability/log.ts";
import type { Log } from "../observability/log.ts";
import { createMetrics } from "../observability/metrics.ts";
import { startAudit } from "./audit.ts";
import { diagnosticsApp } from "./diagnostics.ts";
import { disabledBuiltins } from "./disabled-builtins.ts";
import { parseAddress } from "../address.ts";
import type { ManagerFlags } from "./manager-flags.ts";
import { startWebhook } from "./webhook.ts";

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
  let missing = (): readonly string[] => ["the connection to the API server"];

  const health = buildHealthApp({ readiness: () => missing(), metrics });
  opened.push(() => closeApp(health));
  await listen(health, parseAddress(flags["health-addr"]), "http");
  const metricsApp = buildMetricsApp(metrics);
  opened.push(() => closeApp(metricsApp));
  await listen(metricsApp, { host: "", port: flags["prometheus-port"] }, "http");

  if (flags["enable-pprof"]) {
    const diagnostics = diagnosticsApp();
    opened.push(() => diagnostics.close());
    await listen(diagnostics, { host: "127.0.0.1", port: flags["pprof-port"] }, "http");
  }

  const api = createKubeApi({
    connection: await connectToCluster({
      env,
      ...(flags.kubeconfig === "" ? {} : { kubeconfig: flags.kubeconfig }),
    }),
    qps: flags["kube-api-qps"],
    burst: flags["kube-api-burst"],
  });
  opened.push(() => api.close());
  const policies = new ClusterPolicies({
    api,
    client: createClient({
      referentialRules: flags["enable-referential-rules"],
      disabledBuiltins: disabledBuiltins(flags),
      crypto: nodeCrypto,
      nowNs: () => BigInt(Date.now()) * 1_000_000n,
      random: Math.random,
      hostCall: await networkFor(flags["allow-net"]),
      onPrint: (line) => log.info(line, { logger: "print" }),
    }),
    operations,
    pod: await reportingPod(api, flags, env, log),
    log: named(log, "controller"),
    observer: metrics,
    newId: randomUUID,
    readinessRetries: flags["readiness-retries"],
    externalData: flags["enable-external-data"],
    expands: flags["enable-generator-resource-expansion"],
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
    opened.push(await startAudit({ flags, api, policies, metrics, log, ownNamespace }));
  }
  if (!operations.has("webhook") && !operations.has("mutation-webhook")) {
    return { missing, drain: () => {}, failed: new Promise(() => {}) };
  }

  const events = flags["emit-admission-events"] ? eventRecorder(api, named(log, "webhook")) : undefined;
  if (events) opened.push(() => events.stop());
  const loading = missing;
  const webhook = startWebhook({
    flags,
    api,
    policies,
    operations,
    metrics,
    log,
    ownNamespace,
    ...(events && { events }),
    readiness: () => missing(),
  });
  opened.push(() => webhook.stop());
  missing = () => [...loading(), ...webhook.missing()];
  return { missing: () => missing(), drain: () => webhook.drain(), failed: webhook.failed };
}

function reportingPod(
  api: KubeApi,
  flags: ManagerFlags,
  env: ManagerOptions["env"],
  log: Log,
): ReturnType<typeof ownPod> {
  const pod = {
    name: flags["debug-use-fake-pod"] ? "no-pod" : (env["POD_NAME"] ?? ""),
    namespace: env["POD_NAMESPACE"] ?? OWN_NAMESPACE,
    operations: operationsOf(flags.operation).list,
  };
  if (flags["debug-use-fake-pod"]) return Promise.resolve({ ...pod, uid: "" });
  if (pod.name === "") throw new Error("POD_NAME is not set: status objects are named by it");
  return ownPod(api, pod, {
    onFailure: (message) => log.error("cannot find the Pod of this process", { error: message }),
  });
}

function eventRecorder(api: KubeApi, log: Log): EventRecorder {
  return createEventRecorder({
    api,
    now: () => new Date(),
    newId: () => randomUUID().replaceAll("-", "").slice(0, 16),
    onLoss: (message, dropped) => log.error("could not write Events", { error: message, dropped }),
  });
}
