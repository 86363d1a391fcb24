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
import type { FastifyInstance } from "fastify";
import nodeCrypto, { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:https";
import { join } from "node:path";
import { buildApp, buildHealthApp, buildMetricsApp } from "../app.ts";
import type { TlsMaterial, TlsVersion } from "../app.ts";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import type { AdmissionOptions } from "../admission/policies.ts";
import { closeApp, listen } from "../listening.ts";
import type { Log } from "../observability/log.ts";
import { createMetrics } from "../observability/metrics.ts";
import { startAudit } from "./audit.ts";
import { certificates } from "./certificates.ts";
import { parseAddress } from "../address.ts";
import type { ManagerFlags } from "./manager-flags.ts";

/** A manager that runs: what a process of a Deployment does. */
export interface Manager {
  /** Names what is not loaded or served yet; empty when ready. */
  readonly missing: () => readonly string[];
  /** Answers the requests in flight and ends. */
  stop(): Promise<void>;
}

export interface ManagerOptions {
  readonly flags: ManagerFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

type Closer = () => Promise<void>;

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
    return { missing: await start(options, opened), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { flags, env, log }: ManagerOptions,
  opened: Closer[],
): Promise<() => readonly string[]> {
  const ownNamespace = env["POD_NAMESPACE"] ?? OWN_NAMESPACE;
  const operations = operationsOf(flags.operation);
  const metrics = createMetrics({ processMetrics: true });
  let missing = (): readonly string[] => ["the connection to the API server"];

  const health = buildHealthApp({ readiness: () => missing(), metrics });
  opened.push(() => closeApp(health));
  await listen(health, parseAddress(flags["health-addr"]), "http");
  const metricsApp = buildMetricsApp(metrics);
  opened.push(() => closeApp(metricsApp));
  await listen(metricsApp, { host: "", port: flags["prometheus-port"] }, "http");

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
  });
  opened.push(() => policies.stop());
  policies.start();
  missing = policies.missing;
  if (operations.has("audit") && flags["audit-interval"] > 0) {
    opened.push(startAudit({ flags, api, policies, metrics, log }));
  }
  if (!operations.has("webhook") && !operations.has("mutation-webhook")) return missing;

  let app: FastifyInstance | undefined;
  const served = certificates({
    flags,
    api,
    log: named(log, "cert-rotation"),
    ownNamespace,
    onRenewed: ({ key, cert }) => (app?.server as Server | undefined)?.setSecureContext({ key, cert }),
  });
  opened.push(() => served.stop());
  const events = flags["emit-admission-events"] ? eventRecorder(api, named(log, "webhook")) : undefined;
  if (events) opened.push(() => events.stop());
  const notServing = (): readonly string[] => (app ? [] : ["the webhook's port"]);
  missing = () => [...policies.missing(), ...served.missing(), ...notServing()];
  const serve = async (): Promise<void> => {
    const tls = await tlsMaterial(await served.first, flags);
    const made = buildApp({
      policies,
      log: named(log, "webhook"),
      metrics,
      readiness: () => missing(),
      options: admissionOptions(flags, ownNamespace),
      maxServingThreads: flags["max-serving-threads"],
      ...(events && { events }),
      serves: { validation: operations.has("webhook"), mutation: operations.has("mutation-webhook") },
      tls,
    });
    opened.push(() => closeApp(made));
    const url = await listen(made, { host: flags.host, port: flags.port }, "https");
    app = made;
    log.info("serving the webhook", { url });
  };
  if (flags["disable-cert-rotation"]) await serve();
  else
    void serve().catch((error: unknown) => log.error("cannot serve the webhook", { error: String(error) }));
  return () => missing();
}

const TLS_VERSIONS: Readonly<Record<string, TlsVersion>> = {
  "": "TLSv1",
  "1.0": "TLSv1",
  "1.1": "TLSv1.1",
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

async function tlsMaterial(
  pair: { readonly key: string; readonly cert: string },
  flags: ManagerFlags,
): Promise<TlsMaterial> {
  const minVersion = TLS_VERSIONS[flags["tls-min-version"]];
  const name = flags["client-ca-name"];
  if (name === "") return { ...pair, ...(minVersion && { minVersion }) };
  const ca = await readFile(join(flags["cert-dir"], name), "utf8");
  const clients = { ca, commonName: flags["client-cn-name"] };
  return { ...pair, ...(minVersion && { minVersion }), clients };
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

/** Manifests write `--disable-opa-builtin={http.send}`, braces included, which is meant as a list. */
function disabledBuiltins(flags: ManagerFlags): readonly string[] {
  return flags["disable-opa-builtin"].flatMap((names) => names.replace(/^\{(.*)\}$/, "$1").split(","));
}

function admissionOptions(flags: ManagerFlags, ownNamespace: string): AdmissionOptions {
  return {
    ownNamespace,
    logDenies: flags["log-denies"],
    logStats: flags["log-stats-admission"],
    eventsInvolvedNamespace: flags["admission-events-involved-namespace"],
    disableEnforcementActionValidation: flags["disable-enforcementaction-validation"],
    refuseBrokenTemplates: flags["refuse-broken-templates"],
    mutationAnnotations: flags["mutation-annotations"],
    logMutations: flags["log-mutations"],
    exemptNamespaces: flags["exempt-namespace"],
    exemptNamespacePrefixes: flags["exempt-namespace-prefix"],
    exemptNamespaceSuffixes: flags["exempt-namespace-suffix"],
    reviewTimeoutMs: REVIEW_TIMEOUT_MS,
  };
}

/** What a review may take where the caller names no limit: more than the API server ever waits. */
const REVIEW_TIMEOUT_MS = 30_000;

/** The same log under a part's name. */
function named(log: Log, logger: string): Log {
  return {
    debug: (message, fields) => log.debug(message, { logger, ...fields }),
    info: (message, fields) => log.info(message, { logger, ...fields }),
    error: (message, fields) => log.error(message, { logger, ...fields }),
  };
}
