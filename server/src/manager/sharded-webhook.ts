import { once } from "node:events";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { boundUrl, listenError } from "../listening.ts";
import { named } from "../observability/log.ts";
import type { ExposedMetrics } from "../processes/merged-metrics.ts";
import { runAgain } from "../processes/run-again.ts";
import { startShards } from "../shards/supervisor.ts";
import type { Shards } from "../shards/supervisor.ts";
import { certificates } from "./certificates.ts";
import { hearExports } from "./export-news.ts";
import type { ManagerFlags } from "./manager-flags.ts";
import type { Webhook, WebhookOptions } from "./webhook.ts";

/** How many processes answer admission requests: as many as are asked for, or one a core. */
export function shardCount(flags: ManagerFlags): number {
  return flags.shards === 0 ? availableParallelism() : flags.shards;
}

const READY_LOOK_MS = 20;

/**
 * Serves the webhooks from processes of their own. This one keeps the port and the certificate, watches over the shards and
 * hands each connection to one that is awake; all that is not the webhook's is done here, once.
 */
export function startShardedWebhook(
  { flags, api, policies, log, ownNamespace }: WebhookOptions,
  count: number,
  exposed: ExposedMetrics,
): Webhook {
  const stopped = new AbortController();
  const failure = Promise.withResolvers<unknown>();
  let server: Server | undefined;
  const shards = startShards({
    count,
    start: () => runAgain("shard"),
    log: named(log, "shards"),
    hangMs: flags["shard-hang-timeout"],
    onMessage: (message, shard) => hearExports(message, String(shard), policies.exports),
  });
  exposed.add(() => shards.metrics());
  const served = certificates({
    flags,
    api,
    log: named(log, "cert-rotation"),
    ownNamespace,
    onRenewed: ({ key, cert }) => shards.setCertificate({ key, cert }),
  });
  const serve = async (): Promise<void> => {
    const { key, cert } = await served.first;
    shards.setCertificate({ key, cert });
    while (policies.missing().length + shards.missing().length > 0)
      await sleep(READY_LOOK_MS, undefined, { signal: stopped.signal });
    server = await listenForShards(shards, flags);
    log.info("serving the webhook", { url: boundUrl(server, flags.host, "https"), shards: count });
  };
  serve().catch((error: unknown) => {
    if (!stopped.signal.aborted) failure.resolve(error);
  });
  return {
    missing: () => [...served.missing(), ...shards.missing(), ...(server ? [] : ["the webhook's port"])],
    certificate: () => served.current()?.cert,
    failed: failure.promise,
    drain: () => shards.drain(),
    async stop() {
      stopped.abort();
      // Its connections are the shards' by now: there is nothing to wait for.
      server?.close();
      await shards.stop();
      await served.stop();
    },
  };
}

async function listenForShards(shards: Shards, { host, port }: ManagerFlags): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, (socket) => shards.give(socket));
  server.listen({ port, host: host === "" ? "::" : host });
  try {
    await once(server, "listening");
  } catch (error) {
    throw listenError(error, { host, port });
  }
  return server;
}
