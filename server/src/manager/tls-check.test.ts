import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { servingCertificate } from "../certificates/certificate-folder.ts";
import { createTlsCheck } from "./tls-check.ts";

let folder: string;
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-tls-check-"));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

const pair = (name: string) =>
  servingCertificate(join(folder, name), { hosts: ["localhost"], now: new Date() });

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

it("is content with the port that serves the certificate", async () => {
  const { key, cert } = await pair("a");
  const port = await listening(createServer({ key, cert }));
  expect(await createTlsCheck({ host: "", port, certificate: () => cert })()).toEqual([]);
});

it("says that there is none, that another one is served, that nobody listens, that nobody answers", async () => {
  const [served, other] = [await pair("a"), await pair("b")];
  const port = await listening(createServer({ key: served.key, cert: served.cert }));
  const ask = (certificate: string | undefined, at = port) =>
    createTlsCheck({ host: "127.0.0.1", port: at, certificate: () => certificate })();
  expect(await ask(undefined)).toEqual(["there is no certificate to serve yet"]);
  expect(await ask(other.cert)).toEqual([`127.0.0.1:${port} serves another certificate`]);
  expect(await ask(served.cert, 1)).toEqual([expect.stringContaining("ECONNREFUSED")]);
  const silent = createTcpServer((socket) => void socket.once("data", () => socket.destroy()));
  expect(await ask(served.cert, await listening(silent))).toHaveLength(1);
});

it("gives a renewed certificate some seconds to be served", async () => {
  const [before, after] = [await pair("a"), await pair("b")];
  const port = await listening(createServer({ key: before.key, cert: before.cert }));
  let wanted = before.cert;
  const check = createTlsCheck({ host: "127.0.0.1", port, certificate: () => wanted });
  expect(await check()).toEqual([]);
  wanted = after.cert;
  expect(await check()).toEqual([]);
  const now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now + 60_000);
  expect(await check()).toEqual([`127.0.0.1:${port} serves another certificate`]);
});
