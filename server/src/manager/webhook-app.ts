import type { ClusterPolicies, EventRecorder, Operations } from "@portcullis/engine/cluster";
import type { FastifyInstance } from "fastify";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AdmissionOptions } from "../admission/policies.ts";
import type { ViolationExporter } from "../admission/exported-violation.ts";
import { buildApp } from "../app.ts";
import { named } from "../observability/log.ts";
import type { Log } from "../observability/log.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import type { TlsMaterial, TlsVersion } from "../tls.ts";
import type { ManagerFlags } from "./manager-flags.ts";

/** What the webhook of a manager is made of, whichever process answers. */
export interface WebhookParts {
  readonly flags: ManagerFlags;
  readonly policies: ClusterPolicies;
  readonly warmUp: () => Promise<void>;
  readonly operations: Operations;
  readonly metrics: ServerMetrics;
  readonly log: Log;
  readonly ownNamespace: string;
  /** Receives violations as Events (`--emit-admission-events`). */
  readonly events?: EventRecorder;
  /** Takes violations to export them (`--enable-admission-violation-export`). */
  readonly exporter?: ViolationExporter;
  /** What the process misses, for the `/readyz` of the webhook's port. */
  readonly readiness: () => readonly string[];
}

/** The application behind the webhook's port. */
export function webhookApp(parts: WebhookParts, tls: TlsMaterial): FastifyInstance {
  const { flags, policies, operations, metrics, log, ownNamespace, events, exporter, readiness } = parts;
  return buildApp({
    policies,
    log: named(log, "webhook"),
    metrics,
    readiness,
    options: admissionOptions(flags, ownNamespace),
    maxServingThreads: flags["max-serving-threads"],
    ...(events && { events }),
    ...(exporter && { exporter }),
    serves: { validation: operations.has("webhook"), mutation: operations.has("mutation-webhook") },
    tls,
  });
}

const TLS_VERSIONS: Readonly<Record<string, TlsVersion>> = {
  "": "TLSv1",
  "1.0": "TLSv1",
  "1.1": "TLSv1.1",
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

/** What a TLS server is made with, of a certificate and the flags about TLS. */
export async function tlsMaterial(
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
