import { BuiltinError, type HostCrypto } from "../builtin.ts";
import { concatBytes } from "../go/bytes.ts";
import type { HostKey } from "../host-crypto.ts";
import type { TokenAlgorithm } from "./algorithms.ts";
import type { JwtKey } from "./keys.ts";

/** How wide `r` and `s` of an ECDSA signature must be: exactly the curve's size (JWS), or each half of the signature. */
export type EcdsaForm = "exact" | "halves";

/** True when the signature fits data, key and algorithm. Any mismatch, of key types too, is false; nothing is thrown. */
export function verifySignature(
  algorithm: TokenAlgorithm,
  key: JwtKey,
  data: Uint8Array,
  signature: Uint8Array,
  crypto: HostCrypto,
  ecdsaForm: EcdsaForm = "exact",
): boolean {
  try {
    switch (algorithm.family) {
      case "hmac":
        return key.kind === "oct" && verifyMac(algorithm.hash, key.secret, data, signature, crypto);
      case "rsa-pkcs1":
      case "rsa-pss":
        if (key.kind !== "rsa" || isWeak(key.key)) return false;
        return crypto.verify(
          algorithm.hash,
          data,
          rsaOptions(algorithm.family, key.key, crypto, "verify"),
          signature,
        );
      case "ecdsa": {
        if (key.kind !== "ec") return false;
        const fixed = fixedSignature(signature, key.key, ecdsaForm);
        return (
          fixed !== undefined &&
          crypto.verify(algorithm.hash, data, { key: key.key, dsaEncoding: "ieee-p1363" }, fixed)
        );
      }
      default:
        return key.kind === "ed25519" && crypto.verify(null, data, key.key, signature);
    }
  } catch {
    // OpenSSL throws on keys and signatures of an impossible shape.
    return false;
  }
}

export function verifyMac(
  hash: string,
  secret: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  crypto: HostCrypto,
): boolean {
  const mac = crypto.createHmac(hash, secret).update(data).digest();
  return mac.length === signature.length && crypto.timingSafeEqual(mac, signature);
}

/** Signs. Throws {@link BuiltinError} where key and algorithm do not go together. */
export function sign(
  algorithm: TokenAlgorithm,
  key: JwtKey,
  data: Uint8Array,
  crypto: HostCrypto,
): Uint8Array {
  if (algorithm.family === "hmac") {
    // OPA signs with the bytes of an Ed25519 key here. An asymmetric key used as a shared secret is a mistake: refused.
    if (key.kind !== "oct") throw wrongKey(key, "[]byte");
    return crypto.createHmac(algorithm.hash, key.secret).update(data).digest();
  }
  const wanted = ({ "rsa-pkcs1": "rsa", "rsa-pss": "rsa", ecdsa: "ec", eddsa: "ed25519" } as const)[
    algorithm.family
  ];
  if (key.kind !== wanted || !key.isPrivate) throw wrongKey(key, GO_PRIVATE_KEYS[wanted]);
  try {
    switch (algorithm.family) {
      case "rsa-pkcs1":
      case "rsa-pss":
        return crypto.sign(algorithm.hash, data, rsaOptions(algorithm.family, key.key, crypto, "sign"));
      case "ecdsa":
        return crypto.sign(algorithm.hash, data, { key: key.key, dsaEncoding: "ieee-p1363" });
      default:
        return crypto.sign(null, data, key.key);
    }
  } catch {
    throw new BuiltinError("jwsbb.Sign: failed to sign payload with this key");
  }
}

const GO_PRIVATE_KEYS = {
  rsa: "*rsa.PrivateKey",
  ec: "*ecdsa.PrivateKey",
  ed25519: "ed25519.PrivateKey",
} as const;

/** In the words of the Go library that OPA signs with. */
function wrongKey(key: JwtKey, wanted: string): BuiltinError {
  const type = `*jwk.${goKey(key)}`;
  const product = wanted.replace("*", "");
  const reason =
    key.kind === "ed25519" && key.isPrivate
      ? `failed to assign key: argument to AssignIfCompatible() must be compatible with ed25519.PrivateKey (was ${wanted})`
      : `no suitable exporter found for key type '${type}'`;
  return new BuiltinError(
    `jwsbb.Sign: invalid key type ${type}. ${wanted} is required: ${wanted === "[]byte" ? "keyconv: " : ""}failed to produce ${product} from ${type}: jwk.Export: ${reason}`,
  );
}

function goKey(key: JwtKey): string {
  if (key.kind === "oct") return "symmetricKey";
  if (key.kind === "other") return "key";
  return GO_KEYS[key.kind] + (key.isPrivate ? "PrivateKey" : "PublicKey");
}

const GO_KEYS = { rsa: "rsa", ec: "ecdsa", ed25519: "okp" } as const;

function rsaOptions(
  family: "rsa-pkcs1" | "rsa-pss",
  key: HostKey,
  crypto: HostCrypto,
  use: "sign" | "verify",
) {
  const { constants } = crypto;
  if (family === "rsa-pkcs1") return { key, padding: constants.RSA_PKCS1_PADDING };
  // Go signs with a salt as long as the hash, and accepts any length.
  const saltLength = use === "sign" ? constants.RSA_PSS_SALTLEN_DIGEST : constants.RSA_PSS_SALTLEN_AUTO;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

/** Go refuses RSA keys below 1024 bits. */
function isWeak(key: HostKey): boolean {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) < 1024;
}

const CURVE_BYTES: Readonly<Record<string, number>> = {
  secp224r1: 28,
  prime256v1: 32,
  secp384r1: 48,
  secp521r1: 66,
};

/** `r` and `s` at the width of the curve; undefined where they do not fit. */
function fixedSignature(signature: Uint8Array, key: HostKey, form: EcdsaForm): Uint8Array | undefined {
  const size = CURVE_BYTES[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (size === undefined) return undefined;
  if (signature.length === 2 * size) return signature;
  if (form === "exact") return undefined;
  const middle = Math.floor(signature.length / 2);
  const r = atWidth(signature.subarray(0, middle), size);
  const s = atWidth(signature.subarray(middle), size);
  return r && s && concatBytes(r, s);
}

function atWidth(number: Uint8Array, size: number): Uint8Array | undefined {
  const start = number.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? new Uint8Array() : number.subarray(start);
  return digits.length > size ? undefined : concatBytes(new Uint8Array(size - digits.length), digits);
}
