import "reflect-metadata";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { KeyPair } from "./authority.ts";
import { renew } from "./renew.ts";

const hosts = ["gatekeeper-webhook-service.gatekeeper-system.svc"];
const now = new Date("2026-01-01T00:00:00Z");
const nothing = { caCert: undefined, caKey: undefined, cert: undefined, key: undefined };

/** A CA as Gatekeeper's rotator makes it: RSA 2048, the key in PKCS#1. */
async function gatekeeperAuthority(): Promise<KeyPair> {
  cryptoProvider.set(webcrypto);
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: "CN=gatekeeper-ca, O=gatekeeper",
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date("2035-12-30T00:00:00Z"),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const pkcs8 = PemConverter.encode(
    await webcrypto.subtle.exportKey("pkcs8", keys.privateKey),
    "PRIVATE KEY",
  );
  return {
    cert: cert.toString("pem"),
    key: createPrivateKey(pkcs8).export({ format: "pem", type: "pkcs1" }).toString(),
  };
}

describe("certificates that were found", () => {
  it("of Gatekeeper are taken over: its CA signs the next certificate", async () => {
    const authority = await gatekeeperAuthority();
    const found = { ...nothing, caCert: authority.cert, caKey: authority.key };
    const { leaf, authority: kept, made } = await renew(found, { hosts, now, clientAuth: true });
    expect({ kept, made }).toEqual({ kept: authority, made: "certificate" });
    const certificate = new X509Certificate(leaf.cert);
    expect(certificate.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  });

  it("are renewed for a use that they lack", async () => {
    const { authority, leaf } = await renew(nothing, { hosts, now });
    const found = { caCert: authority.cert, caKey: authority.key, ...leaf };
    expect((await renew(found, { hosts, now })).made).toBe("nothing");
    expect((await renew(found, { hosts, now, clientAuth: true })).made).toBe("certificate");
  });

  it.for([
    ["no PEM at all", { caCert: "x", caKey: "y", cert: "z", key: "" }],
    [
      "a CA without its key",
      { ...nothing, caCert: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
    ],
  ] as const)("as %s are made anew", async ([, found]) => {
    expect((await renew(found, { hosts, now })).made).toBe("ca");
  });

  it("with a certificate for a CA are made anew", async () => {
    const { leaf } = await renew(nothing, { hosts, now });
    expect((await renew({ ...nothing, caCert: leaf.cert, caKey: leaf.key }, { hosts, now })).made).toBe("ca");
  });

  it("live as long as they are told to, and are renewed as long before their end as that", async () => {
    const minute = 60_000;
    const lifetimes = { certificateMs: 3 * minute, authorityMs: 10 * minute, renewBeforeMs: minute };
    const later = (minutes: number) => new Date(now.getTime() + minutes * minute);
    const first = await renew(nothing, { hosts, now, lifetimes });
    expect(new X509Certificate(first.leaf.cert).validToDate).toEqual(later(3));
    expect(new X509Certificate(first.authority.cert).validToDate).toEqual(later(10));
    const found = { caCert: first.authority.cert, caKey: first.authority.key, ...first.leaf };
    const made = async (minutes: number) =>
      (await renew(found, { hosts, now: later(minutes), lifetimes })).made;
    expect([await made(1.9), await made(2.1), await made(9.1)]).toEqual(["nothing", "certificate", "ca"]);
  });

  it("keep the CA of what is served in the bundle until it has run out", async () => {
    const former = await renew(nothing, { hosts, now });
    const { authority, leaf } = await renew(nothing, { hosts, now });
    const found = { caCert: authority.cert, caKey: authority.key, ...leaf };
    const servedAuthority = former.authority.cert;
    const together = await renew(found, { hosts, now, servedAuthority });
    expect(together.made).toBe("bundle");
    expect(together.authority.cert).toBe(`${authority.cert}${servedAuthority}`);
    expect(together.leaf).toEqual(leaf);
    const again = { ...found, caCert: together.authority.cert };
    expect((await renew(again, { hosts, now, servedAuthority })).made).toBe("nothing");
    // An hour later everybody serves the new one.
    const later = new Date(now.getTime() + 3_600_000);
    const alone = await renew(again, { hosts, now: later });
    expect({ made: alone.made, cert: alone.authority.cert }).toEqual({
      made: "bundle",
      cert: authority.cert,
    });
    const tooLate = new Date("2046-01-01T00:00:00Z");
    expect((await renew(again, { hosts, now: tooLate, servedAuthority })).authority.cert).not.toContain(
      servedAuthority,
    );
  });
});
