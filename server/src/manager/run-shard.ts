import { operationsOf } from "@portcullis/engine/cluster";
import type { FastifyInstance } from "fastify";
import type { Server } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import { letConnectionsGo } from "../listening.ts";
import { createMetrics } from "../observability/metrics.ts";
import { countsOf } from "../shards/merged-metrics.ts";
import { shardEnd } from "../shards/shard-end.ts";
import { secureContext } from "../tls.ts";
import type { TlsMaterial } from "../tls.ts";
import { parseGoFlags } from "./go-flags.ts";
import { admissionEvents, connectApi, loadPolicies } from "./load-policies.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import { managerLog } from "./manager-log.ts";
import { tlsMaterial, webhookApp } from "./webhook-app.ts";

const ALIVE_MS = 100;
const READY_LOOK_MS = 20;

/**
 * `portcullis shard`: a process that a manager with `--shards` starts with its own flags. It loads the policies for itself and
 * answers the connections that it is handed; certificates come from the manager, everything else is done there. Ends with it.
 */
export async function runShard(args: readonly string[]): Promise<number> {
  const parsed = parseGoFlags(MANAGER_FLAGS, args);
  if (parsed.ok !== true || !process.send) {
    process.stderr.write("portcullis shard is started by a manager with --shards\n");
    return 2;
  }
  // A signal to the whole group means the manager, which says when to end.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  const flags = parsed.values;
  const log = managerLog(flags);
  const metrics = createMetrics({ processMetrics: true });
  const firstPair = Promise.withResolvers<{ readonly key: string; readonly cert: string }>();
  let missing = (): readonly string[] => ["the connection to the API server"];
  let tls: TlsMaterial | undefined;
  let app: FastifyInstance | undefined;
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
    metrics: async () => countsOf(await metrics.registry.getMetricsAsJSON()),
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
        readiness: () => missing(),
      },
      tls,
    );
    if (draining) letConnectionsGo(app);
    await app.ready();
    end.serve(app.server);
  };
  const failed = start().then(
    () => new Promise<never>(() => {}),
    (error: unknown) => error,
  );
  const why = await Promise.race([end.ending, failed]);
  const asked = why === "stop" || why === "primary gone";
  if (!asked) log.error("a shard cannot serve", { logger: "shards", error: String(why) });
  await end.finish();
  // Watches and timers would keep the process: what was in flight is answered.
  process.exit(asked ? 0 : 1);
}
