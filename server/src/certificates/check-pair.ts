import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { KeyPair } from "./authority.ts";

/**
 * Throws an Error where a certificate and a key, both PEM, cannot be served together. Files are replaced one after the other, and
 * emptied before they are written: `createSecureContext` alone takes an empty certificate, with which every handshake fails.
 */
export function checkPair({ cert, key }: KeyPair): void {
  if (cert.trim() === "") throw new Error("the certificate is empty");
  if (key.trim() === "") throw new Error("the key is empty");
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error("the key is not that of the certificate");
  createSecureContext({ cert, key });
}
