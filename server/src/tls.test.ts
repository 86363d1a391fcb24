import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { KeyPair } from "./certificates/authority.ts";
import { createAuthority, createServingCertificate } from "./certificates/authority.ts";
import { secureContext, serverOptions } from "./tls.ts";
import type { TlsMaterial } from "./tls.ts";

const HOST = "webhook.test";
let authority: KeyPair;
let leaf: KeyPair;
let opened: { close(): unknown } | undefined;

beforeEach(async () => {
  authority = await createAuthority(new Date());
  leaf = await createServingCertificate(authority, [HOST], new Date(), { clientAuth: true });
});
afterEach(() => void opened?.close());

async function serving(tls: TlsMaterial): Promise<{ server: Server; port: number }> {
  const server = createServer(serverOptions(tls), (_, response) => response.end("ok"));
  opened = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** `TLSv1.3`, or the code of what went wrong. A server refuses a client after the handshake: only reading tells. */
function handshake(port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, servername: HOST, ca: authority.cert, ...options });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once("secureConnect", () =>
      socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    );
    socket.once("data", () => {
      resolve(socket.getProtocol() ?? "");
      socket.destroy();
    });
  });
}

it("a renewed certificate keeps the lowest version and the CA of clients", async () => {
  const tls = { ...leaf, clients: { ca: authority.cert, commonName: HOST } };
  const { server, port } = await serving(tls);
  const next = await createServingCertificate(authority, [HOST], new Date());
  for (const pair of [leaf, next]) {
    server.setSecureContext(secureContext({ ...tls, ...pair }));
    expect(await handshake(port, leaf)).toBe("TLSv1.3");
    expect(await handshake(port, { ...leaf, maxVersion: "TLSv1.2" })).toMatch(/PROTOCOL_VERSION/);
    expect(await handshake(port)).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/);
  }
});
