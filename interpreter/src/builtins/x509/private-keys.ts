import { BuiltinError, type HostCrypto } from "../builtin.ts";
import { base64Decode, base64Encode } from "../go/base64.ts";
import { concatBytes } from "../go/bytes.ts";
import { unsignedInteger } from "../go/der.ts";
import { bytesOf } from "../go/bytes.ts";
import { pemBlocks, pemText } from "../go/pem.ts";
import type { HostKey } from "../host-crypto.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { big } from "./public-key.ts";

const KEY_TYPES: ReadonlySet<string> = new Set(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"]);

/** The private keys among the PEM blocks of a text, which may be base64 as a whole. Other blocks are skipped. */
export function readPrivateKeys(text: string, crypto: HostCrypto): readonly HostKey[] {
  const bytes = bytesOf(text);
  const decoded = base64Decode(bytes);
  const keys: HostKey[] = [];
  for (const { type, bytes: der } of pemBlocks(decoded.ok ? decoded.bytes : bytes)) {
    if (KEY_TYPES.has(type)) keys.push(readPrivateKey(type, der, crypto));
  }
  return keys;
}

/** One private key from its DER. Throws {@link BuiltinError}. */
export function readPrivateKey(type: string, der: Uint8Array, crypto: HostCrypto): HostKey {
  try {
    return crypto.createPrivateKey(pemText(type, der));
  } catch {
    throw new BuiltinError("x509: failed to parse private key");
  }
}

/** A private key in the shape of Go's type for it. */
export function goPrivateKey(key: HostKey): Value {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return rsaKey(jwkFields(key));
    case "ec": {
      const { d, x, y } = jwkFields(key);
      return { Curve: {}, D: number(d), X: number(x), Y: number(y) };
    }
    case "ed25519": {
      const { d, x } = jwkFields(key);
      return base64Encode(concatBytes(urlBytes(d), urlBytes(x)));
    }
    default:
      return {};
  }
}

/** A private key as a JWK. */
export function jwkOf(key: HostKey): PlainObject {
  return jwkFields(key);
}

function rsaKey(jwk: Readonly<Record<string, string>>): Value {
  return {
    N: number(jwk["n"]),
    E: number(jwk["e"]),
    D: number(jwk["d"]),
    Primes: [number(jwk["p"]), number(jwk["q"])],
    Precomputed: { Dp: number(jwk["dp"]), Dq: number(jwk["dq"]), Qinv: number(jwk["qi"]), CRTValues: [] },
  };
}

function jwkFields(key: HostKey): Readonly<Record<string, string>> {
  try {
    return key.export({ format: "jwk" }) as Record<string, string>;
  } catch {
    throw new BuiltinError("x509: unsupported private key type");
  }
}

function number(text: string | undefined): Value {
  return big(unsignedInteger(urlBytes(text)));
}

function urlBytes(text: string | undefined): Uint8Array {
  const source = text ?? "";
  const decoded = base64Decode(bytesOf(source + "=".repeat((4 - (source.length % 4)) % 4)), "url");
  return decoded.ok ? decoded.bytes : new Uint8Array();
}
