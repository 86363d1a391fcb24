import { parseJson } from "../../value/json.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { getOwn, sortedKeys } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError, type BuiltinContext } from "../builtin.ts";
import { decodeBase64Url } from "../go/base64url.ts";
import { bytesOf, textOf } from "../go/bytes.ts";
import { chargeBytes } from "../host-crypto.ts";
import { stringOperand } from "../operands.ts";

/** A JWT in its compact form, its three parts still encoded. */
export interface Token {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** Splits a compact JWT. Nothing is decoded yet. */
export function splitToken(value: Value | undefined, context: BuiltinContext): Token {
  const text = stringOperand(value, 1);
  chargeBytes(context, text.length);
  if (!text.includes(".")) throw new BuiltinError("encoded JWT had no period separators");
  const parts = text.split(".");
  if (parts.length !== 3) throw new BuiltinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  const [header, payload, signature] = parts as [string, string, string];
  return { header, payload, signature };
}

/** The JOSE header of a signed token; encrypted ones are refused. */
export function decodeHeader(token: Token): PlainObject {
  const text = textOf(decodePart(token.header, "header"));
  let header: PlainObject;
  try {
    header = jsonObject(text);
  } catch (error) {
    throw prefixed("bad JWT header: ", error);
  }
  // What tells an encrypted token: RFC 7516, section 9.
  if (Object.hasOwn(header, "enc")) throw new BuiltinError("JWT is a JWE object, which is not supported");
  return header;
}

/** The text of the payload: JSON, or another token. */
export function decodePayload(token: Token): string {
  return textOf(decodePart(token.payload, "payload"));
}

export function decodeSignature(token: Token): Uint8Array {
  return decodeBase64Url(token.signature);
}

/** One part of a token; a failure names the part. */
export function decodePart(text: string, name: "header" | "payload" | "signature"): Uint8Array {
  try {
    return decodeBase64Url(text);
  } catch (error) {
    throw prefixed(`JWT ${name} had invalid encoding: `, error);
  }
}

/** The bytes that a signature covers. */
export function signedBytes(token: Token): Uint8Array {
  return bytesOf(`${token.header}.${token.payload}`);
}

export function jsonObject(text: string): PlainObject {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new BuiltinError(`invalid JSON: ${parsed.error.message}`);
  if (!isObject(parsed.value)) throw new BuiltinError("decoded JSON type was not an Object");
  return parsed.value as PlainObject;
}

/** The header parameters that verification looks at; empty where absent. */
export interface HeaderFields {
  readonly alg: string;
  readonly kid: string;
  readonly cty: string;
  /** Parameters that the token calls critical and that we do not know: it must not be accepted. */
  readonly unknownCritical: readonly string[];
}

const KNOWN = ["alg", "kid", "typ", "cty"] as const;

/** Reads the header parameters; a known one of the wrong type is an error. */
export function readHeaderFields(header: PlainObject): HeaderFields {
  const unknown: string[] = [];
  let critical: readonly string[] = [];
  for (const key of sortedKeys(header)) {
    const value = header[key] as Value;
    if ((KNOWN as readonly string[]).includes(key)) {
      if (typeof value !== "string") throw new BuiltinError(`${key}: must be a string`);
    } else if (key === "crit") critical = readCritical(value);
    else unknown.push(key);
  }
  const text = (key: (typeof KNOWN)[number]): string => (getOwn(header, key) as string | undefined) ?? "";
  return {
    alg: text("alg"),
    kid: text("kid"),
    cty: text("cty"),
    unknownCritical: unknown.filter((key) => critical.includes(key)),
  };
}

function readCritical(value: Value): readonly string[] {
  if (!isArray(value)) throw new BuiltinError("crit: must be a list");
  // Reading stops silently at an element that is no string.
  const end = value.findIndex((element) => typeof element !== "string");
  const names = (end < 0 ? value : value.slice(0, end)) as readonly string[];
  if (names.length === 0) throw new BuiltinError("crit: must be a nonempty list");
  return names;
}

function prefixed(prefix: string, error: unknown): unknown {
  return error instanceof BuiltinError ? new BuiltinError(prefix + error.message) : error;
}
