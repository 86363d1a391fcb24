import { DER, DerReader, derOid, type DerElement } from "../go/der.ts";

/** How a signature algorithm of X.509 works: Go's number for it, node's name of the hash, and the key it takes. */
export interface SignatureAlgorithm {
  readonly number: number;
  readonly hash: string | undefined;
  readonly key: "rsa" | "rsa-pss" | "dsa" | "ec" | "ed25519" | undefined;
}

const UNKNOWN: SignatureAlgorithm = { number: 0, hash: undefined, key: undefined };

const BY_OID: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ["1.2.840.113549.1.1.4", { number: 2, hash: "md5", key: "rsa" }],
  ["1.2.840.113549.1.1.5", { number: 3, hash: "sha1", key: "rsa" }],
  ["1.3.14.3.2.29", { number: 3, hash: "sha1", key: "rsa" }],
  ["1.2.840.113549.1.1.11", { number: 4, hash: "sha256", key: "rsa" }],
  ["1.2.840.113549.1.1.12", { number: 5, hash: "sha384", key: "rsa" }],
  ["1.2.840.113549.1.1.13", { number: 6, hash: "sha512", key: "rsa" }],
  ["1.2.840.10040.4.3", { number: 7, hash: "sha1", key: "dsa" }],
  ["2.16.840.1.101.3.4.3.2", { number: 8, hash: "sha256", key: "dsa" }],
  ["1.2.840.10045.4.1", { number: 9, hash: "sha1", key: "ec" }],
  ["1.2.840.10045.4.3.2", { number: 10, hash: "sha256", key: "ec" }],
  ["1.2.840.10045.4.3.3", { number: 11, hash: "sha384", key: "ec" }],
  ["1.2.840.10045.4.3.4", { number: 12, hash: "sha512", key: "ec" }],
  ["1.3.101.112", { number: 16, hash: undefined, key: "ed25519" }],
]);

const PSS_HASHES: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ["2.16.840.1.101.3.4.2.1", { number: 13, hash: "sha256", key: "rsa-pss" }],
  ["2.16.840.1.101.3.4.2.2", { number: 14, hash: "sha384", key: "rsa-pss" }],
  ["2.16.840.1.101.3.4.2.3", { number: 15, hash: "sha512", key: "rsa-pss" }],
]);

/** Reads an AlgorithmIdentifier. */
export function signatureAlgorithm(identifier: DerElement): SignatureAlgorithm {
  const reader = new DerReader(identifier.content);
  const oid = derOid(reader.read(DER.oid)).join(".");
  if (oid !== "1.2.840.113549.1.1.10") return BY_OID.get(oid) ?? UNKNOWN;
  // RSASSA-PSS: the hash stands in the parameters.
  const hash = reader.inside(DER.sequence).optional(0xa0);
  if (!hash) return UNKNOWN;
  const hashOid = derOid(new DerReader(hash.content).inside(DER.sequence).read(DER.oid)).join(".");
  return PSS_HASHES.get(hashOid) ?? UNKNOWN;
}
