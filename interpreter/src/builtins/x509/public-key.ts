import { BuiltinError } from "../builtin.ts";
import { base64Encode } from "../go/base64.ts";
import {
  DER,
  DerError,
  DerReader,
  derBits,
  derInteger,
  derOid,
  unsignedInteger,
  type DerElement,
} from "../go/der.ts";
import { numberFromText } from "../../value/number.ts";
import type { Value } from "../../value/value.ts";

/** Go's numbers of public key algorithms. */
export const PUBLIC_KEY_ALGORITHM = { unknown: 0, rsa: 1, dsa: 2, ecdsa: 3, ed25519: 4 } as const;

export interface PublicKeyInfo {
  readonly algorithm: number;
  /** The key in the shape of Go's type for it; null where Go knows no type. */
  readonly value: Value;
}

/** The curves that Go's `crypto/x509` reads: P-224, P-256, P-384, P-521. */
const CURVES = new Set(["1.3.132.0.33", "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"]);
const ED25519_BYTES = 32;

/** Reads a SubjectPublicKeyInfo; throws BuiltinError with the text of Go's `parsePublicKey`, DerError for what is no such structure. */
export function goPublicKey(info: DerElement): PublicKeyInfo {
  const reader = new DerReader(info.content);
  const algorithm = reader.inside(DER.sequence);
  const oid = derOid(algorithm.read(DER.oid)).join(".");
  const bits = derBits(reader.read(DER.bitString));
  switch (oid) {
    case "1.2.840.113549.1.1.1":
      return { algorithm: PUBLIC_KEY_ALGORITHM.rsa, value: rsaKey(algorithm, bits) };
    case "1.2.840.10045.2.1": {
      const curve = derOid(part("x509: invalid ECDSA parameters", () => algorithm.read(DER.oid))).join(".");
      if (!CURVES.has(curve)) throw new BuiltinError("x509: unsupported elliptic curve");
      return { algorithm: PUBLIC_KEY_ALGORITHM.ecdsa, value: ecPoint(bits) };
    }
    case "1.3.101.112":
      if (!algorithm.isEmpty) throw new BuiltinError("x509: Ed25519 key encoded with illegal parameters");
      if (bits.length !== ED25519_BYTES) throw new BuiltinError("x509: wrong Ed25519 public key size");
      return { algorithm: PUBLIC_KEY_ALGORITHM.ed25519, value: base64Encode(bits) };
    case "1.3.101.110":
      if (!algorithm.isEmpty) throw new BuiltinError("x509: X25519 key encoded with illegal parameters");
      return { algorithm: PUBLIC_KEY_ALGORITHM.unknown, value: {} };
    case "1.2.840.10040.4.1":
      return { algorithm: PUBLIC_KEY_ALGORITHM.dsa, value: dsaKey(algorithm, bits) };
    default:
      return { algorithm: PUBLIC_KEY_ALGORITHM.unknown, value: null };
  }
}

/** RFC 3279, 2.3.1: the parameters of an RSA key are NULL. */
function rsaKey(algorithm: DerReader, bits: Uint8Array): Value {
  const parameters = algorithm.isEmpty ? undefined : algorithm.next();
  if (parameters?.tag !== DER.null || parameters.content.length > 0)
    throw new BuiltinError("x509: RSA key missing NULL parameters");
  const key = part("x509: invalid RSA public key", () => new DerReader(bits).inside(DER.sequence));
  const N = part("x509: invalid RSA modulus", () => derInteger(key.next()));
  const E = part("x509: invalid RSA public exponent", () => derInteger(key.next()));
  if (N <= 0n) throw new BuiltinError("x509: RSA modulus is not a positive number");
  if (E <= 0n) throw new BuiltinError("x509: RSA public exponent is not a positive number");
  return { N: big(N), E: big(E) };
}

function dsaKey(algorithm: DerReader, bits: Uint8Array): Value {
  const Y = part("x509: invalid DSA public key", () => derInteger(new DerReader(bits).next()));
  const [P, Q, G] = part("x509: invalid DSA parameters", () => {
    const parameters = algorithm.inside(DER.sequence);
    return [
      derInteger(parameters.next()),
      derInteger(parameters.next()),
      derInteger(parameters.next()),
    ] as const;
  });
  if ([Y, P, Q, G].some((n) => n <= 0n)) throw new BuiltinError("x509: zero or negative DSA parameter");
  return { P: big(P), Q: big(Q), G: big(G), Y: big(Y) };
}

/** What `read` reads; a part that is not DER of the wanted shape has a text of its own. */
function part<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new BuiltinError(text);
    throw error;
  }
}

/** An integer of any size as a number. */
export function big(value: bigint): Value {
  return numberFromText(String(value));
}

function ecPoint(bits: Uint8Array): Value {
  if (bits[0] !== 4 || bits.length % 2 === 0) throw new DerError("elliptic curve point");
  const size = (bits.length - 1) / 2;
  const X = big(unsignedInteger(bits.subarray(1, 1 + size)));
  return { Curve: {}, X, Y: big(unsignedInteger(bits.subarray(1 + size))) };
}
