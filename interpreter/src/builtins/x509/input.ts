import { BuiltinError } from "../builtin.ts";
import { base64Decode } from "../go/base64.ts";
import { bytesOf, concatBytes } from "../go/bytes.ts";
import { ascii, pemBlocks, startsWith } from "../go/pem.ts";
import { parseCertificates, type Certificate } from "./certificate.ts";

const BEGIN = ascii("-----BEGIN");

/** Reads certificates from PEM, base64 of PEM, or base64 of DER. Throws {@link BuiltinError}. */
export function readCertificates(text: string): readonly Certificate[] {
  const bytes = bytesOf(text);
  if (startsWith(bytes, BEGIN)) return readPem(bytes);
  const decoded = decodeBase64(text);
  return startsWith(decoded, BEGIN) ? readPem(decoded) : parseCertificates(decoded);
}

export function decodeBase64(text: string): Uint8Array {
  const decoded = base64Decode(bytesOf(text));
  if (!decoded.ok) throw new BuiltinError(decoded.error);
  return decoded.bytes;
}

function readPem(pem: Uint8Array): readonly Certificate[] {
  const parts: Uint8Array[] = [];
  for (const { type, bytes } of pemBlocks(pem)) {
    if (type !== "CERTIFICATE") throw new BuiltinError(`PEM block type is '${type}', expected CERTIFICATE`);
    parts.push(bytes);
  }
  return parseCertificates(concatBytes(...parts));
}
