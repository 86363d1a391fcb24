import { isArray, isNumber } from "../../value/kind.ts";
import { compareNumbers, numberFromText, numberText } from "../../value/number.ts";
import { objectEntries } from "../../value/object.ts";
import { getOwn } from "../../value/plain-object.ts";
import { printValue } from "../../value/print.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError, type BuiltinContext } from "../builtin.ts";
import { bytesOf } from "../go/bytes.ts";
import { hostCrypto } from "../host-crypto.ts";
import { objectOperand } from "../operands.ts";
import { TOKEN_ALGORITHMS } from "./algorithms.ts";
import { verificationKeys, type VerificationKey } from "./keys.ts";
import { verifySignature } from "./signature.ts";
import {
  decodeHeader,
  decodePayload,
  decodeSignature,
  jsonObject,
  readHeaderFields,
  signedBytes,
  splitToken,
  type HeaderFields,
  type Token,
} from "./token.ts";

/** What a token must meet. Empty texts demand nothing (an empty `aud` demands that the token has none, or an empty one). */
interface Constraints {
  readonly keys: readonly VerificationKey[] | undefined;
  readonly secret: string;
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** Nanoseconds since 1970. */
  readonly time: number;
}

/**
 * Verifies signature and claims of a token (RFC 7519, section 7.2). Gives its header and payload, or undefined for a
 * token that does not meet the constraints. Throws {@link BuiltinError} for one that cannot be read, and for unusable
 * constraints.
 */
export function decodeAndVerify(
  token: Value | undefined,
  constraints: Value | undefined,
  context: BuiltinContext,
): { readonly header: PlainObject; readonly payload: PlainObject } | undefined {
  const wanted = readConstraints(constraints, context);
  let current = token;
  for (;;) {
    const parts = splitToken(current, context);
    const header = decodeHeader(parts);
    const fields = readHeaderFields(header);
    if (fields.alg === "" || fields.unknownCritical.length > 0) return undefined;
    if (wanted.alg !== "" && wanted.alg !== fields.alg) return undefined;
    if (!isSigned(parts, fields, wanted, context)) return undefined;
    const text = decodePayload(parts);
    // A token inside the token: its signature counts too.
    if (fields.cty.toUpperCase() === "JWT") {
      current = text;
      continue;
    }
    const payload = jsonObject(text);
    return meetsClaims(payload, wanted) ? { header, payload } : undefined;
  }
}

const CONSTRAINTS = ["alg", "aud", "iss", "secret"] as const;

function readConstraints(operand: Value | undefined, context: BuiltinContext): Constraints {
  const texts = { alg: "", aud: "", iss: "", secret: "" };
  let keys: readonly VerificationKey[] | undefined;
  let time: number | undefined;
  for (const [key, value] of objectEntries(objectOperand(operand, 2))) {
    const name = CONSTRAINTS.find((constraint) => constraint === key);
    if (name) {
      if (typeof value !== "string") throw new BuiltinError(`${name} constraint: must be a string`);
      texts[name] = value;
    } else if (key === "cert") {
      if (typeof value !== "string") throw new BuiltinError("cert constraint: must be a string");
      keys = verificationKeys(value, context);
    } else if (key === "time") time = readTime(value);
    else {
      const shown = typeof key === "string" ? key : printValue(key);
      throw new BuiltinError(`unknown token validation constraint: ${shown}`);
    }
  }
  if (keys && texts.secret !== "") throw new BuiltinError("duplicate key constraints");
  if (!keys && texts.secret === "") throw new BuiltinError("no key constraint");
  return { ...texts, keys, time: time ?? Number(context.host.nowNs()) };
}

function readTime(value: Value): number {
  if (!isNumber(value)) throw new BuiltinError("token time constraint: must be a number");
  const time = Number(numberText(value));
  if (!Number.isFinite(time)) throw new BuiltinError("token time constraint: unvalid float64");
  if (time < 0) throw new BuiltinError("token time constraint: must not be negative");
  return time;
}

function isSigned(token: Token, fields: HeaderFields, wanted: Constraints, context: BuiltinContext): boolean {
  const algorithm = TOKEN_ALGORITHMS.get(fields.alg);
  const signature = decodeSignature(token);
  if (!algorithm) return false;
  const crypto = hostCrypto(context);
  const data = signedBytes(token);
  if (!wanted.keys) {
    return verifySignature(
      algorithm,
      { kind: "oct", secret: bytesOf(wanted.secret) },
      data,
      signature,
      crypto,
    );
  }
  return candidateKeys(wanted.keys, fields).some(({ key }) => {
    context.charge(KEY_COST);
    return verifySignature(algorithm, key, data, signature, crypto);
  });
}

/** What one public-key operation is charged. */
export const KEY_COST = 100;

/** The key that the token names, if it is there, else all that do not name another algorithm. */
export function candidateKeys(
  keys: readonly VerificationKey[],
  fields: HeaderFields,
): readonly VerificationKey[] {
  const named = fields.kid === "" ? undefined : keys.find(({ kid }) => kid === fields.kid);
  return named ? [named] : keys.filter(({ alg }) => alg === "" || alg === fields.alg);
}

function meetsClaims(payload: PlainObject, wanted: Constraints): boolean {
  if (wanted.iss !== "" && getOwn(payload, "iss") !== wanted.iss) return false;
  const aud = getOwn(payload, "aud");
  if (aud === undefined ? wanted.aud !== "" : !isAudience(aud, wanted.aud)) return false;
  const now = numberFromText(String(wanted.time / 1e9));
  const expires = claimTime(payload, "exp");
  if (expires !== undefined && compareNumbers(now, expires) >= 0) return false;
  const starts = claimTime(payload, "nbf");
  return starts === undefined || compareNumbers(now, starts) >= 0;
}

function isAudience(claim: Value, wanted: string): boolean {
  return claim === wanted || (isArray(claim) && claim.includes(wanted));
}

/** A time in seconds, as the token has it. */
function claimTime(payload: PlainObject, name: "exp" | "nbf") {
  const value = getOwn(payload, name);
  if (value === undefined || isNumber(value)) return value;
  throw new BuiltinError(`${name} value must be a number`);
}
