import { operationsOf } from "@portcullis/engine/cluster";
import type { FastifyInstance } from "fastify";
import type { Server } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import { letConnectionsGo } from "../listening.ts";
import { createMetrics } from "../observability/metrics.ts";
import { countsOf } from "../processes/merged-metrics.ts";
import { COUNTED_BY_SHARDS } from "../shards/counted.ts";
import { shardEnd } from "../shards/shard-end.ts";
import { secureContext } from "../tls.ts";
import type { TlsMaterial } from "../tls.ts";
import type { AdmissionExport } from "../export/admission-export.ts";
import { tellingExports } from "./export-news.ts";
import { liveAsChild } from "./live-as-child.ts";
import type { ChildContext, ChildLife } from "./live-as-child.ts";
import { admissionEvents, admissionExport, connectApi, loadPolicies } from "./load-policies.ts";
import { tlsMaterial, webhookApp } from "./webhook-app.ts";

const ALIVE_MS = 100;
const READY_LOOK_MS = 20;

/**
 * `portcullis shard`: a process that a manager with `--shards` starts with its own flags. It loads the policies for itself and
 * answers the connections that it is handed; certificates come from the manager, everything else is done there. Ends with it.
 */
export function runShard(args: readonly string[]): Promise<number> {
  return liveAsChild("shard", args, serveConnections);
}

function serveConnections({ flags, log }: ChildContext): ChildLife {
  const metrics = createMetrics({ processMetrics: true });
  const firstPair = Promise.withResolvers<{ readonly key: string; readonly cert: string }>();
  let missing = (): readonly string[] => ["the connection to the API server"];
  let tls: TlsMaterial | undefined;
  let app: FastifyInstance | undefined;
  let exporter: AdmissionExport | undefined;
  let draining = false;
  const end = shardEnd({
    channel: process,
    missing: () => missing(),
    aliveMs: ALIVE_MS,
    onCertificate({ key, cert }) {
      firstPair.resolve({ key, cert });
      if (!tls) return;
      tls = { ...tls, key, cert };
      (app?.server as Server | undefined)?.setSecureContext(secureContext(tls));
    },
    onDrain() {
      if (app && !draining) letConnectionsGo(app);
      draining = true;
    },
    metrics: async () => countsOf(await metrics.registry.getMetricsAsJSON(), COUNTED_BY_SHARDS),
  });

  const start = async (): Promise<void> => {
    const api = await connectApi(flags, process.env);
    const operations = operationsOf(
      flags.operation.filter((name) => name === "webhook" || name === "mutation-webhook"),
    );
    const env = process.env;
    const { policies, warmUp } = await loadPolicies({
      flags,
      env,
      log,
      api,
      operations,
      metrics,
      reports: false,
    });
    policies.start();
    missing = policies.missing;
    const events = admissionEvents(flags, api, log);
    exporter = admissionExport(flags, tellingExports(policies.exports, process), metrics, log);
    tls = await tlsMaterial(await firstPair.promise, flags);
    while (missing().length > 0) await sleep(READY_LOOK_MS);
    await warmUp();
    app = webhookApp(
      {
        flags,
        policies,
        warmUp,
        operations,
        metrics,
        log,
        ownNamespace: env["POD_NAMESPACE"] ?? OWN_NAMESPACE,
        ...(events && { events }),
        ...(exporter && { exporter }),
        readiness: () => missing(),
      },
      tls,
    );
    if (draining) letConnectionsGo(app);
    await app.ready();
    end.serve(app.server);
  };
  return {
    ending: end.ending,
    started: start(),
    async finish() {
      await end.finish();
      await exporter?.stop();
    },
  };
}
