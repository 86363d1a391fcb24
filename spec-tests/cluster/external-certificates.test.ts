import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { servingCertificate } from "@portcullis/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { PATIENCE_MS, pause } from "./cluster-policies.ts";

// `--disable-cert-rotation`: whoever else keeps the certificate replaces its files.

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`external certificates: ${skipped}`);

describe.skipIf(skipped !== undefined)("certificates that somebody else keeps", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let manager: Manager;
  let made = 0;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installKinds(plane);
    manager = await startManager(plane, { register: false, flags: ["--shutdown-delay=0"] });
  }, 180_000);

  afterAll(async () => {
    await manager?.stop();
    await plane?.stop();
  }, 60_000);

  it("are served anew when the files are replaced one after the other", async () => {
    const next = await newPair();
    // Between the two the files do not belong together: the old certificate goes on being served.
    writeFileSync(join(manager.certificates, "tls.crt"), next.cert);
    await pause(500);
    expect((await served()).fingerprint256).not.toBe(fingerprint(next.cert));
    writeFileSync(join(manager.certificates, "tls.key"), next.key);
    await expect.poll(servedNow, { timeout: PATIENCE_MS }).toBe(fingerprint(next.cert));
    expect(manager.process.ended).toBeUndefined();
  });

  it("are served anew when a volume swaps its folder, as the kubelet does it", async () => {
    for (let i = 0; i < 2; i++) {
      const next = await newPair();
      const version = join(manager.certificates, `..version-${i}`);
      mkdirSync(version);
      writeFileSync(join(version, "tls.crt"), next.cert);
      writeFileSync(join(version, "tls.key"), next.key);
      swap(version, join(manager.certificates, "..data"));
      if (i === 0) {
        for (const name of ["tls.crt", "tls.key"])
          swap(join("..data", name), join(manager.certificates, name));
      }
      await expect.poll(servedNow, { timeout: PATIENCE_MS }).toBe(fingerprint(next.cert));
    }
  });

  it("of a later time are no way to older versions of TLS", async () => {
    await expect(served("TLSv1.2")).rejects.toThrow(/protocol version/i);
  });

  async function newPair(): Promise<{ readonly cert: string; readonly key: string }> {
    const folder = join(plane.folder, `pair-${made++}`);
    await servingCertificate(folder, { hosts: ["localhost", "127.0.0.1"], now: new Date() });
    const text = (name: string) => readFileSync(join(folder, name), "utf8");
    return { cert: text("tls.crt"), key: text("tls.key") };
  }

  const servedNow = async () => (await served()).fingerprint256;

  function served(maxVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3"): Promise<X509Certificate> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: manager.port, maxVersion, rejectUnauthorized: false };
      const socket = connect(options, () => {
        resolve(socket.getPeerX509Certificate() as X509Certificate);
        socket.destroy();
      });
      socket.once("error", reject);
    });
  }
});

/** A symbolic link in the place of whatever is there, in one step. */
function swap(target: string, link: string): void {
  symlinkSync(target, `${link}.next`);
  renameSync(`${link}.next`, link);
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
