import { parseJson } from "../../value/json.ts";
import { BuiltinError, type BuiltinContext } from "../builtin.ts";
import { base64Encode } from "../go/base64.ts";
import { bytesOf } from "../go/bytes.ts";
import { chargeBytes, hostCrypto } from "../host-crypto.ts";
import { TOKEN_ALGORITHMS } from "./algorithms.ts";
import { parseJwks } from "./keys.ts";
import { readLenientJson, type LenientValue } from "./lenient-json.ts";
import { sign } from "./signature.ts";
import { KEY_COST } from "./verification.ts";

/** Makes a compact JWT of header and payload as they are spelt, signed with the first key of a JWK (set). */
export function signToken(header: string, payload: string, jwk: string, context: BuiltinContext): string {
  chargeBytes(context, header.length + payload.length + jwk.length);
  const crypto = hostCrypto(context);
  const keys = parseJwks(jwk, crypto);
  const key = keys[0]?.key;
  if (!key) throw new BuiltinError("no keys found in JWK set");
  const fields = headerFields(header);
  const alg = fields.alg;
  const algorithm = TOKEN_ALGORITHMS.get(alg);
  if (!algorithm) throw new BuiltinError(`unknown JWS algorithm: ${alg}`);
  if (fields.isJwt && !parseJson(payload).ok) throw new BuiltinError("type is JWT but payload is not JSON");
  const signed = `${encode(bytesOf(header))}.${encode(bytesOf(payload))}`;
  context.charge(KEY_COST);
  return `${signed}.${encode(sign(algorithm, key, bytesOf(signed), crypto))}`;
}

function encode(bytes: Uint8Array): string {
  return base64Encode(bytes, "url", false);
}

/** The algorithm, and whether the payload must be JSON: unless the header names another type than JWT. */
function headerFields(header: string): { readonly alg: string; readonly isJwt: boolean } {
  const bad = (reason: string) => new BuiltinError(`missing or invalid 'alg' header: ${reason}`);
  const read = readLenientJson(header);
  if ("error" in read) throw bad(read.error);
  const members = read.value.kind === "object" ? read.value.members : new Map<string, LenientValue>();
  const alg = members.get("alg");
  if (!alg) throw bad('jwsbb: header "alg" not found');
  if (alg.kind !== "string") throw bad(`value doesn't contain string; it contains ${alg.kind}`);
  const typ = members.get("typ");
  return { alg: alg.text, isJwt: typ?.kind !== "string" || typ.text === "JWT" };
}
