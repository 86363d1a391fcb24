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

/** Reads a SubjectPublicKeyInfo. */
export function goPublicKey(info: DerElement): PublicKeyInfo {
  const reader = new DerReader(info.content);
  const algorithm = reader.inside(DER.sequence);
  const oid = derOid(algorithm.read(DER.oid)).join(".");
  const bits = derBits(reader.read(DER.bitString));
  switch (oid) {
    case "1.2.840.113549.1.1.1": {
      const key = new DerReader(bits).inside(DER.sequence);
      const modulus = derInteger(key.next());
      const exponent = derInteger(key.next());
      return { algorithm: PUBLIC_KEY_ALGORITHM.rsa, value: { N: big(modulus), E: big(exponent) } };
    }
    case "1.2.840.10045.2.1":
      return { algorithm: PUBLIC_KEY_ALGORITHM.ecdsa, value: ecPoint(bits) };
    case "1.3.101.112":
      return { algorithm: PUBLIC_KEY_ALGORITHM.ed25519, value: base64Encode(bits) };
    case "1.3.101.110":
      return { algorithm: PUBLIC_KEY_ALGORITHM.unknown, value: {} };
    case "1.2.840.10040.4.1": {
      const parameters = algorithm.inside(DER.sequence);
      const [P, Q, G] = [parameters.next(), parameters.next(), parameters.next()].map((n) =>
        big(derInteger(n)),
      );
      const Y = big(derInteger(new DerReader(bits).next()));
      return {
        algorithm: PUBLIC_KEY_ALGORITHM.dsa,
        value: { P: P as Value, Q: Q as Value, G: G as Value, Y },
      };
    }
    default:
      return { algorithm: PUBLIC_KEY_ALGORITHM.unknown, value: null };
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
