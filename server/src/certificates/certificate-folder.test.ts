import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { servingCertificate } from "./certificate-folder.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "certificates-"))));
afterEach(() => rm(folder, { recursive: true }));

const hosts = ["localhost", "127.0.0.1", "::1"];
const now = new Date();
const days = (n: number): Date => new Date(now.getTime() + n * 24 * 3_600_000);

describe("a folder of its own", () => {
  it("makes a CA and a certificate that a client who knows the CA accepts", async () => {
    const made = await servingCertificate(join(folder, "new"), { hosts, now });
    expect(made.made).toBe("ca");
    const server = createServer(made, (_, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const ca = await readFile(made.caFile as string, "utf8");
    const { port } = server.address() as AddressInfo;
    const text = await new Promise<string>((resolve, reject) => {
      const options = { host: "127.0.0.1", port, ca, minVersion: "TLSv1.3" as const };
      request(options, (response) => response.once("data", (data: Buffer) => resolve(data.toString())))
        .once("error", reject)
        .end();
    });
    server.close();
    expect(text).toBe("hello");
    expect((await stat(join(folder, "new", "tls.key"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "new", "ca.key"))).mode & 0o777).toBe(0o600);
  });

  it("uses them again on the next start", async () => {
    const first = await servingCertificate(folder, { hosts, now });
    const second = await servingCertificate(folder, { hosts, now: days(10) });
    expect(second).toEqual({ ...first, made: "nothing" });
  });

  it.each([
    ["90 days before the end", hosts, days(300), "certificate"],
    ["for another host", [...hosts, "example.test"], now, "certificate"],
    ["when the CA itself ends", hosts, days(10 * 365), "ca"],
  ] as const)("renews %s", async (_, newHosts, at, made) => {
    const first = await servingCertificate(folder, { hosts, now });
    const second = await servingCertificate(folder, { hosts: newHosts, now: at });
    expect(second.made).toBe(made);
    expect(second.cert).not.toBe(first.cert);
    expect(new X509Certificate(second.cert).validToDate.getTime()).toBeGreaterThan(at.getTime());
  });

  it("mends a broken key", async () => {
    await servingCertificate(folder, { hosts, now });
    await writeFile(join(folder, "tls.key"), "no key");
    expect((await servingCertificate(folder, { hosts, now })).made).toBe("certificate");
  });
});

describe("a folder of somebody else", () => {
  it("is used as it is", async () => {
    const first = await servingCertificate(folder, { hosts, now });
    await unlink(join(folder, "ca.key"));
    const second = await servingCertificate(folder, { hosts: ["other.test"], now });
    expect(second).toMatchObject({ made: "nothing", cert: first.cert });
  });

  it("is refused when the certificate has expired", async () => {
    await servingCertificate(folder, { hosts, now });
    await unlink(join(folder, "ca.key"));
    await expect(servingCertificate(folder, { hosts, now: days(400) })).rejects.toThrow("expired");
  });
});
