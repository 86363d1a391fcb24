import type { FastifyInstance } from "fastify";
import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, expect, it, vi } from "vitest";
import { buildApp } from "./app.ts";
import type { AppDeps } from "./app.ts";
import { createAuthority, createServingCertificate } from "./certificates/authority.ts";
import { closeApp, letConnectionsGo } from "./listening.ts";
import { createMetrics } from "./observability/metrics.ts";

const silent = { debug: () => {}, info: () => {}, error: () => {} };
let running: FastifyInstance | undefined;

afterEach(async () => {
  vi.useRealTimers();
  await running?.close();
});

async function listening(tls?: AppDeps["tls"]): Promise<{ app: FastifyInstance; port: number }> {
  const policies = {} as AppDeps["policies"];
  const app = buildApp({
    policies,
    log: silent,
    metrics: createMetrics(),
    readiness: () => [],
    ...(tls && { tls }),
  });
  running = app;
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, port: (app.server.address() as AddressInfo).port };
}

it("connections are let go with their next answer", async () => {
  const { app, port } = await listening();
  const connection = async (): Promise<string | null> =>
    (await fetch(`http://127.0.0.1:${port}/healthz`)).headers.get("connection");
  expect(await connection()).toBe("keep-alive");
  letConnectionsGo(app);
  expect(await connection()).toBe("close");
  expect(await connection()).toBe("close");
});

it.each(["over TLS", "without TLS", "in the middle of a handshake"])(
  "a client %s that never asks does not hold the process",
  async (how) => {
    const authority = await createAuthority(new Date());
    const leaf = await createServingCertificate(authority, ["localhost"], new Date());
    const { app, port } = await listening(how === "without TLS" ? undefined : leaf);
    const at = { host: "127.0.0.1", port };
    const client: Socket =
      how === "over TLS" ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
    client.on("error", () => undefined);
    await once(client, how === "over TLS" ? "secureConnect" : "connect");
    // The server has seen it, too.
    while ((await connections(app)) === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    const closed = closeApp(app);
    await vi.advanceTimersByTimeAsync(how === "in the middle of a handshake" ? 10_000 : 1000);
    vi.useRealTimers();
    await closed;
    expect(app.server.listening).toBe(false);
    client.destroy();
  },
);

function connections({ server }: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
