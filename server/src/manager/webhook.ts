import type { ClusterPolicies, EventRecorder, KubeApi, Operations } from "@portcullis/engine/cluster";
import type { FastifyInstance } from "fastify";
import { readFile } from "node:fs/promises";
import type { Server } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AdmissionOptions } from "../admission/policies.ts";
import { buildApp } from "../app.ts";
import { closeApp, letConnectionsGo, listen } from "../listening.ts";
import { named } from "../observability/log.ts";
import type { Log } from "../observability/log.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import { secureContext } from "../tls.ts";
import type { TlsMaterial, TlsVersion } from "../tls.ts";
import { certificates } from "./certificates.ts";
import type { ManagerFlags } from "./manager-flags.ts";

export interface WebhookOptions {
  readonly flags: ManagerFlags;
  readonly api: KubeApi;
  readonly policies: ClusterPolicies;
  readonly operations: Operations;
  readonly metrics: ServerMetrics;
  readonly log: Log;
  readonly ownNamespace: string;
  /** Receives violations as Events (`--emit-admission-events`). */
  readonly events?: EventRecorder;
  /** What the whole process misses, for the `/readyz` of this port. */
  readonly readiness: () => readonly string[];
}

/** The port that the API server calls. */
export interface Webhook {
  missing(): readonly string[];
  /** Settles with why the port cannot be served; never otherwise. */
  readonly failed: Promise<unknown>;
  /** Goes on serving, but lets no connection live longer than its next answer: clients come back to other replicas. */
  drain(): void;
  stop(): Promise<void>;
}

const READY_LOOK_MS = 20;

/**
 * Serves the webhooks of this process as soon as there is a certificate and the policies are loaded. A port that answers
 * before the policies are known would say yes to everything; one that refuses leaves the request to another replica, or to
 * the failure policy.
 */
export function startWebhook(options: WebhookOptions): Webhook {
  const { flags, api, policies, operations, metrics, log, ownNamespace, events, readiness } = options;
  const stopped = new AbortController();
  const failure = Promise.withResolvers<unknown>();
  let app: FastifyInstance | undefined;
  let tls: TlsMaterial | undefined;
  const served = certificates({
    flags,
    api,
    log: named(log, "cert-rotation"),
    ownNamespace,
    onRenewed(pair) {
      if (!tls) return;
      tls = { ...tls, ...pair };
      (app?.server as Server | undefined)?.setSecureContext(secureContext(tls));
    },
  });
  const loaded = async (): Promise<void> => {
    while (policies.missing().length > 0) await sleep(READY_LOOK_MS, undefined, { signal: stopped.signal });
  };
  const serve = async (): Promise<void> => {
    tls = await tlsMaterial(await served.first, flags);
    await loaded();
    const made = buildApp({
      policies,
      log: named(log, "webhook"),
      metrics,
      readiness,
      options: admissionOptions(flags, ownNamespace),
      maxServingThreads: flags["max-serving-threads"],
      ...(events && { events }),
      serves: { validation: operations.has("webhook"), mutation: operations.has("mutation-webhook") },
      tls,
    });
    const url = await listen(made, { host: flags.host, port: flags.port }, "https");
    if (stopped.signal.aborted) return closeApp(made);
    app = made;
    log.info("serving the webhook", { url });
  };
  const serving = serve().catch((error: unknown) => {
    if (!stopped.signal.aborted) failure.resolve(error);
  });
  return {
    missing: () => [...served.missing(), ...(app ? [] : ["the webhook's port"])],
    failed: failure.promise,
    drain: () => app && letConnectionsGo(app),
    async stop() {
      stopped.abort();
      // A process without any certificate waits for one for ever.
      if (tls) await serving;
      if (app) await closeApp(app);
      await served.stop();
    },
  };
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

function admissionOptions(flags: ManagerFlags, ownNamespace: string): AdmissionOptions {
  return {
    ownNamespace,
    logDenies: flags["log-denies"],
    logStats: flags["log-stats-admission"],
    eventsInvolvedNamespace: flags["admission-events-involved-namespace"],
    disableEnforcementActionValidation: flags["disable-enforcementaction-validation"],
    admitEarlyConstraints: flags["admit-early-constraints"],
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
