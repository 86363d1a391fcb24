import { BuiltinError, type BuiltinContext, type HostCrypto } from "../builtin.ts";
import { base64Encode } from "../go/base64.ts";
import { ascii, pemBlocks, pemText, startsWith, type PemBlock } from "../go/pem.ts";
import { bytesOf } from "../go/bytes.ts";
import { hostCrypto, type HostKey } from "../host-crypto.ts";
import type { PlainObject } from "../../value/value.ts";
import { parseCertificates, type Certificate } from "./certificate.ts";
import { decodeBase64 } from "./input.ts";
import { goPrivateKey, readPrivateKey } from "./private-keys.ts";

const BEGIN = ascii("-----BEGIN ");

/** Reads a certificate chain and the private key of its first certificate into the shape of Go's `tls.Certificate`. */
export function parseKeyPair(certificate: string, key: string, context: BuiltinContext): PlainObject {
  const crypto = hostCrypto(context);
  const chain = certificateBlocks(toPem(certificate, "CERTIFICATE"));
  const block = keyBlock(toPem(key, "PRIVATE KEY"));
  const [leaf] = parseCertificates(chain[0] as Uint8Array);
  if (!leaf) throw new BuiltinError("x509: malformed certificate");
  const privateKey = servingKey(block, crypto);
  if (!SERVING_KEYS.has(privateKey.asymmetricKeyType ?? "")) {
    throw new BuiltinError("tls: found unknown private key type in PKCS#8 wrapping");
  }
  const publicKey = certificateKey(leaf, crypto);
  if (publicKey.asymmetricKeyType !== privateKey.asymmetricKeyType) {
    throw new BuiltinError("tls: private key type does not match public key type");
  }
  if (!crypto.createPublicKey(privateKey).equals(publicKey)) {
    throw new BuiltinError("tls: private key does not match public key");
  }
  return {
    Certificate: chain.map((der) => base64Encode(der)),
    PrivateKey: goPrivateKey(privateKey),
    SupportedSignatureAlgorithms: null,
    OCSPStaple: null,
    SignedCertificateTimestamps: null,
    Leaf: leaf.json,
  };
}

function servingKey({ type, bytes }: PemBlock, crypto: HostCrypto): HostKey {
  try {
    return readPrivateKey(type, bytes, crypto);
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    throw new BuiltinError("tls: failed to parse private key");
  }
}

const SERVING_KEYS: ReadonlySet<string> = new Set(["rsa", "ec", "ed25519"]);

function certificateKey(certificate: Certificate, crypto: HostCrypto): HostKey {
  try {
    return crypto.createPublicKey(pemText("PUBLIC KEY", certificate.rawPublicKey));
  } catch {
    throw new BuiltinError("tls: unknown public key algorithm");
  }
}

/** PEM, base64 of PEM, or base64 of DER, as PEM. */
function toPem(text: string, type: string): Uint8Array {
  const bytes = bytesOf(text);
  if (startsWith(bytes, BEGIN)) return bytes;
  const decoded = decodeBase64(text);
  return startsWith(decoded, BEGIN) ? decoded : bytesOf(pemText(type, decoded));
}

function certificateBlocks(pem: Uint8Array): readonly Uint8Array[] {
  const blocks = [...pemBlocks(pem)];
  const chain = blocks.filter(({ type }) => type === "CERTIFICATE");
  if (chain.length > 0) return chain.map(({ bytes }) => bytes);
  if (blocks.length === 0) throw new BuiltinError("tls: failed to find any PEM data in certificate input");
  if (blocks.length === 1 && blocks[0]?.type.endsWith("PRIVATE KEY")) {
    throw new BuiltinError(
      "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
    );
  }
  throw new BuiltinError(
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ' +
      typesText(blocks),
  );
}

function keyBlock(pem: Uint8Array): PemBlock {
  const blocks = [...pemBlocks(pem)];
  const key = blocks.find(({ type }) => type === "PRIVATE KEY" || type.endsWith(" PRIVATE KEY"));
  if (key) return key;
  if (blocks.length === 0) throw new BuiltinError("tls: failed to find any PEM data in key input");
  if (blocks.length === 1 && blocks[0]?.type === "CERTIFICATE") {
    throw new BuiltinError("tls: found a certificate rather than a key in the PEM for the private key");
  }
  throw new BuiltinError(
    'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ' +
      typesText(blocks),
  );
}

function typesText(blocks: readonly PemBlock[]): string {
  return `[${blocks.map(({ type }) => type).join(" ")}]`;
}
