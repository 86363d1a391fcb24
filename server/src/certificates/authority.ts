import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { isIP } from "node:net";
import { createPrivateKey, webcrypto } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** A certificate and its private key, both PEM (the key as PKCS#8). */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;

/** How long what is made is valid. */
export const AUTHORITY_MS = 10 * YEAR;
export const LEAF_MS = YEAR;

/** Makes a certificate authority: ECDSA P-256, valid from an hour ago (clocks differ). */
export async function createAuthority(now: Date, validMs: number = AUTHORITY_MS): Promise<KeyPair> {
  cryptoProvider.set(webcrypto);
  const keys = await generateKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: "CN=portcullis-ca, O=portcullis",
    notBefore: new Date(now.getTime() - HOUR),
    notAfter: new Date(now.getTime() + validMs),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(
        KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
        true,
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(cert.toString("pem")), key: await exportKey(keys.privateKey) };
}

export interface LeafOptions {
  /** It can be shown to servers, too. */
  readonly clientAuth?: boolean;
  /** A year by default. */
  readonly validMs?: number;
}

/**
 * Makes a serving certificate for these DNS names and addresses, signed by the authority. Throws an Error when the authority's key is neither ECDSA nor RSA.
 */
export async function createServingCertificate(
  authority: KeyPair,
  hosts: readonly string[],
  now: Date,
  { clientAuth = false, validMs = LEAF_MS }: LeafOptions = {},
): Promise<KeyPair> {
  cryptoProvider.set(webcrypto);
  const issuer = new X509Certificate(authority.cert);
  const keys = await generateKeys();
  const signing = await signingKey(authority.key);
  const cert = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${hosts[0] ?? "localhost"}`,
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - HOUR),
    notAfter: new Date(now.getTime() + validMs),
    publicKey: keys.publicKey,
    signingKey: signing.key,
    signingAlgorithm: signing.algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([
        ExtendedKeyUsage.serverAuth,
        ...(clientAuth ? [ExtendedKeyUsage.clientAuth] : []),
      ]),
      new SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) === 0 ? "dns" : "ip", value: host }) as const),
      ),
      await AuthorityKeyIdentifierExtension.create(issuer),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(cert.toString("pem")), key: await exportKey(keys.privateKey) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return pem(PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY"));
}

/** A private key of an authority that may be Gatekeeper's: RSA, in PKCS#1. */
async function signingKey(text: string): Promise<Signing> {
  const key = createPrivateKey(text);
  const bytes = key.export({ format: "der", type: "pkcs8" });
  const algorithm = algorithmOf(key);
  return { algorithm, key: await webcrypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]) };
}

interface Signing {
  readonly algorithm: webcrypto.RsaHashedImportParams | (webcrypto.EcKeyImportParams & webcrypto.EcdsaParams);
  readonly key: webcrypto.CryptoKey;
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Signing["algorithm"] {
  if (asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const namedCurve = CURVES[asymmetricKeyDetails?.namedCurve ?? ""];
  if (namedCurve === undefined) throw new Error(`cannot sign with a key of type ${asymmetricKeyType}`);
  return { name: "ECDSA", namedCurve, hash: "SHA-256" };
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

/** 16 random bytes, the first one positive and not zero. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

function pem(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
