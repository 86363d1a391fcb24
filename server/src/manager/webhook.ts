import type { KubeApi } from "@portcullis/engine/cluster";
import type { FastifyInstance } from "fastify";
import type { Server } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { closeApp, letConnectionsGo, listen } from "../listening.ts";
import { named } from "../observability/log.ts";
import { secureContext } from "../tls.ts";
import type { TlsMaterial } from "../tls.ts";
import { certificates } from "./certificates.ts";
import { tlsMaterial, webhookApp } from "./webhook-app.ts";
import type { WebhookParts } from "./webhook-app.ts";

export interface WebhookOptions extends WebhookParts {
  readonly api: KubeApi;
}

/** The port that the API server calls. */
export interface Webhook {
  missing(): readonly string[];
  /** The certificate, in PEM, that its port is to serve; undefined as long as there is none. */
  certificate(): string | undefined;
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
  const { flags, api, policies, log, ownNamespace } = options;
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
    await options.warmUp();
    const made = webhookApp(options, tls);
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
    certificate: () => served.current()?.cert,
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
