import { parseJson } from "../../value/json.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { getOwn } from "../../value/plain-object.ts";
import { quoteText } from "../../value/quote.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError, type BuiltinContext, type HostCrypto } from "../builtin.ts";
import { base64Decode, base64Encode } from "../go/base64.ts";
import { bytesOf } from "../go/bytes.ts";
import { pemDecode, pemText } from "../go/pem.ts";
import { hostCrypto, type HostKey } from "../host-crypto.ts";
import { isJoseAlgorithm, isTokenAlgorithm } from "./algorithms.ts";

/** A key that can sign or verify; `other` is one that fits no algorithm of ours (X25519). */
export type JwtKey =
  | { readonly kind: "rsa" | "ec" | "ed25519"; readonly key: HostKey; readonly isPrivate: boolean }
  | { readonly kind: "oct"; readonly secret: Uint8Array }
  | { readonly kind: "other" };

export interface VerificationKey {
  readonly key: JwtKey;
  /** Empty where the source names none. */
  readonly alg: string;
  readonly kid: string;
}

/** The keys of a PEM certificate or public key, or of a JWK or JWK set; those of other algorithms than JWT's are left out. */
export function verificationKeys(source: string, context: BuiltinContext): readonly VerificationKey[] {
  const cache = keyCache(context);
  let keys = cache.get(source);
  if (!keys) cache.set(source, (keys = readVerificationKeys(source, hostCrypto(context))));
  return keys;
}

/** The keys of a JWK or a set of them. Throws {@link BuiltinError}. */
export function parseJwks(text: string, crypto: HostCrypto): readonly VerificationKey[] {
  const sole = "jwk.Parse: failed to parse sole key: jwk.ParseKey: ";
  const parsed = parseJson(text);
  if (!parsed.ok)
    throw new BuiltinError(
      `${sole}jwk.Parse: failed to probe data: probe: failed to unmarshal data: ${parsed.error.message}`,
    );
  if (!isObject(parsed.value))
    throw new BuiltinError(`${sole}jwk.Parse: failed to probe data: not an object`);
  const set = getOwn(parsed.value as PlainObject, "keys");
  if (set === undefined) return [parseJwk(parsed.value as PlainObject, sole, crypto)];
  if (!isArray(set)) throw new BuiltinError("jwk.Parse: failed to unmarshal JWK set: keys is not an array");
  return set.map((jwk, i) => {
    const place = `jwk.Parse: failed to unmarshal JWK set: failed to decode key #${i} in "keys": jwk.ParseKey: `;
    if (!isObject(jwk)) throw new BuiltinError(`${place}not an object`);
    return parseJwk(jwk as PlainObject, place, crypto);
  });
}

function keyCache(context: BuiltinContext): Map<string, readonly VerificationKey[]> {
  let cache = context.queryCache.get("jwt.keys") as Map<string, readonly VerificationKey[]> | undefined;
  if (!cache) context.queryCache.set("jwt.keys", (cache = new Map()));
  return cache;
}

function readVerificationKeys(source: string, crypto: HostCrypto): readonly VerificationKey[] {
  const block = pemDecode(bytesOf(source));
  if (!block) {
    try {
      return parseJwks(source, crypto).filter(({ alg }) => alg === "" || isTokenAlgorithm(alg));
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      const place = "failed to parse a JWK key (set): jwk.ParseString: failed to parse string: ";
      throw new BuiltinError(place + error.message);
    }
  }
  if (block.rest.length > 0) throw new BuiltinError("extra data after a PEM certificate block");
  return [{ key: publicKeyOfPem(block.type, block.bytes, crypto), alg: "", kid: "" }];
}

function publicKeyOfPem(type: string, der: Uint8Array, crypto: HostCrypto): JwtKey {
  switch (type) {
    case "CERTIFICATE":
      try {
        return jwtKey(new crypto.X509Certificate(der).publicKey);
      } catch {
        throw new BuiltinError("failed to parse a PEM certificate: x509: malformed certificate");
      }
    case "PUBLIC KEY":
      try {
        return jwtKey(crypto.createPublicKey(pemText(type, der)));
      } catch {
        throw new BuiltinError("failed to parse a PEM public key: x509: failed to parse public key");
      }
    default:
      throw new BuiltinError("failed to extract a Key from the PEM certificate");
  }
}

function jwtKey(key: HostKey): JwtKey {
  const isPrivate = key.type === "private";
  switch (key.asymmetricKeyType) {
    case "rsa":
    case "rsa-pss":
      return { kind: "rsa", key, isPrivate };
    case "ec":
      return { kind: "ec", key, isPrivate };
    case "ed25519":
      return { kind: "ed25519", key, isPrivate };
    default:
      return { kind: "other" };
  }
}

/** The fields of each key type: those it must have, and those that make it private (and must be there together). */
const FIELDS: Readonly<Record<string, { readonly go: string; readonly needed: readonly string[] }>> = {
  RSA: { go: "rsa", needed: ["e", "n"] },
  EC: { go: "ecdsa", needed: ["crv", "x", "y"] },
  OKP: { go: "okp", needed: ["crv", "x"] },
  oct: { go: "symmetric", needed: ["k"] },
};

const CURVE_BYTES: Readonly<Record<string, number>> = { "P-256": 32, "P-384": 48, "P-521": 66 };

function parseJwk(jwk: PlainObject, place: string, crypto: HostCrypto): VerificationKey {
  const kty = getOwn(jwk, "kty") ?? "";
  const shape = typeof kty === "string" && Object.hasOwn(FIELDS, kty) ? FIELDS[kty] : undefined;
  if (typeof kty !== "string" || !shape)
    throw new BuiltinError(`${place}invalid key type from JSON (${String(kty)})`);
  const isPrivate = kty !== "oct" && Object.hasOwn(jwk, "d");
  const goType = `*jwk.${shape.go}${kty === "oct" ? "" : isPrivate ? "Private" : "Public"}Key`;
  const intoKey = `failed to unmarshal JSON into key (${goType}): `;
  const refuse = (reason: string): never => {
    throw new BuiltinError(`${place}${intoKey}${intoKey}${reason}`);
  };
  const invalid = (reason: string): never => {
    const type = kty === "EC" ? "ECDSA" : kty;
    const name = kty === "oct" ? "jwk.SymmetricKey" : `jwk.${type}${isPrivate ? "Private" : "Public"}Key`;
    throw new BuiltinError(
      `${place}jwk.Parse: key validation failed: key validation failed: ${name}: ${reason}`,
    );
  };
  const alg = textField(jwk, "alg", refuse);
  if (alg !== "" && !isJoseAlgorithm(alg)) {
    refuse(`failed to decode value for key alg: invalid key value: ${quoteText(alg)}: invalid key algorithm`);
  }
  const kid = textField(jwk, "kid", refuse);
  for (const field of shape.needed)
    if (!Object.hasOwn(jwk, field)) refuse(`required field ${field} is missing`);
  if (kty === "oct") {
    const secret = byteField(jwk, "k", refuse);
    if (secret.length === 0) invalid('missing "k" field');
    return { key: { kind: "oct", secret }, alg, kid };
  }
  return { key: asymmetricKey(jwk, kty, isPrivate, crypto, refuse, invalid), alg, kid };
}

type Refuse = (reason: string) => never;

function asymmetricKey(
  jwk: PlainObject,
  kty: string,
  isPrivate: boolean,
  crypto: HostCrypto,
  refuse: Refuse,
  invalid: Refuse,
): JwtKey {
  const native: Record<string, string> = { kty };
  for (const field of ["n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"]) {
    if (Object.hasOwn(jwk, field)) native[field] = base64Encode(byteField(jwk, field, refuse), "url", false);
  }
  if (kty !== "RSA") {
    const curve = textField(jwk, "crv", refuse);
    const curves = kty === "EC" ? Object.keys(CURVE_BYTES) : ["Ed25519", "X25519"];
    if (!curves.includes(curve)) {
      refuse(`failed to decode value for key crv: unknown EllipticCurveAlgorithm: ${quoteText(curve)}`);
    }
    if (curve === "X25519") return { kind: "other" };
    native["crv"] = curve;
    checkCoordinates(jwk, curve, refuse, invalid);
  }
  try {
    const source = { key: native, format: "jwk" as const };
    return jwtKey(isPrivate ? crypto.createPrivateKey(source) : crypto.createPublicKey(source));
  } catch {
    return invalid("invalid key material");
  }
}

function checkCoordinates(jwk: PlainObject, curve: string, refuse: Refuse, invalid: Refuse): void {
  const size = CURVE_BYTES[curve];
  if (size === undefined) {
    if (byteField(jwk, "x", refuse).length !== 32) invalid("ed25519: wrong public key size");
    return;
  }
  for (const field of ["x", "y"]) {
    const { length } = byteField(jwk, field, refuse);
    if (length !== size) invalid(`invalid "${field}" length (${length}) for curve "${curve}"`);
  }
}

function textField(jwk: PlainObject, field: string, refuse: Refuse): string {
  const value: Value = getOwn(jwk, field) ?? "";
  if (typeof value === "string") return value;
  return refuse(
    `failed to decode value for key ${field}: json: cannot unmarshal value into Go value of type string`,
  );
}

/** Bytes in either base64 alphabet, padded or not. */
function byteField(jwk: PlainObject, field: string, refuse: Refuse): Uint8Array {
  const text = textField(jwk, field, refuse).replaceAll("-", "+").replaceAll("_", "/");
  const padded = text.endsWith("=") ? text : text + "=".repeat((4 - (text.length % 4)) % 4);
  const decoded = base64Decode(bytesOf(padded));
  if (decoded.ok) return decoded.bytes;
  return refuse(`failed to decode value for key ${field}: expected base64 encoded []byte (string)`);
}
