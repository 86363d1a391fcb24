/** A signature algorithm of JWS (RFC 7518, RFC 8037). `hash` is node's name; EdDSA hashes by itself. */
export type TokenAlgorithm =
  | {
      readonly family: "hmac" | "rsa-pkcs1" | "rsa-pss" | "ecdsa";
      readonly hash: "sha256" | "sha384" | "sha512";
    }
  | { readonly family: "eddsa" };

/** The algorithms that tokens may be signed with, by the name in their header. */
export const TOKEN_ALGORITHMS: ReadonlyMap<string, TokenAlgorithm> = new Map([
  ...(["256", "384", "512"] as const).flatMap((size): [string, TokenAlgorithm][] => {
    const hash = `sha${size}` as const;
    return [
      [`HS${size}`, { family: "hmac", hash }],
      [`RS${size}`, { family: "rsa-pkcs1", hash }],
      [`PS${size}`, { family: "rsa-pss", hash }],
      [`ES${size}`, { family: "ecdsa", hash }],
    ];
  }),
  ["EdDSA", { family: "eddsa" }],
]);

export function isTokenAlgorithm(name: string): boolean {
  return TOKEN_ALGORITHMS.has(name);
}

/** Algorithms that a JWK may name but that no token of ours is signed with. */
const OTHER_ALGORITHMS: ReadonlySet<string> = new Set([
  "none",
  "ES256K",
  "Ed25519",
  "Ed448",
  "dir",
  "RSA1_5",
  "RSA-OAEP",
  "RSA-OAEP-256",
  "RSA-OAEP-384",
  "RSA-OAEP-512",
  "A128KW",
  "A192KW",
  "A256KW",
  "A128GCMKW",
  "A192GCMKW",
  "A256GCMKW",
  "ECDH-ES",
  "ECDH-ES+A128KW",
  "ECDH-ES+A192KW",
  "ECDH-ES+A256KW",
  "PBES2-HS256+A128KW",
  "PBES2-HS384+A192KW",
  "PBES2-HS512+A256KW",
]);

/** True for every algorithm name that JOSE registers. */
export function isJoseAlgorithm(name: string): boolean {
  return TOKEN_ALGORITHMS.has(name) || OTHER_ALGORITHMS.has(name);
}
