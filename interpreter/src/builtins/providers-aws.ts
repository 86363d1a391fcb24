import { isObject } from "../value/kind.ts";
import { numberText } from "../value/number.ts";
import { ObjectBuilder, objectEntries, objectGet } from "../value/object.ts";
import { printValue } from "../value/print.ts";
import { writeJson } from "../value/json.ts";
import { RegoSet } from "../value/set.ts";
import { compareText } from "../value/text.ts";
import { ANY, NUMBER, STRING, named, objectOf } from "../value/type.ts";
import type { PlainObject, Value } from "../value/value.ts";
import type { RegoObject } from "../value/object.ts";
import { BuiltinError, OperandError, defineBuiltins, type BuiltinContext } from "./builtin.ts";
import { bytesOf, concatBytes } from "./go/bytes.ts";
import { hexEncode } from "./go/hex.ts";
import { escapedPath, parseUrl, type Url } from "./go/url.ts";
import { chargeBytes, hostCrypto } from "./host-crypto.ts";
import { checkHttpRequest } from "./http/parameters.ts";
import { numberOperand, objectOperand, wrongType } from "./operands.ts";

export const providersAwsBuiltins = defineBuiltins([
  {
    name: "providers.aws.sign_req",
    decl: {
      args: [
        named("request", objectOf(STRING, ANY), "HTTP request object"),
        named("aws_config", objectOf(STRING, ANY), "AWS configuration object"),
        named("time_ns", NUMBER, "nanoseconds since the epoch"),
      ],
      result: named("signed_request", objectOf(ANY, ANY), "HTTP request object with `Authorization` header"),
    },
    description:
      "Signs an HTTP request object for Amazon Web Services. Currently implements [AWS Signature Version 4 request " +
      "signing](https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html) by the " +
      "`Authorization` header method.",
    categories: ["providers.aws"],
    run: ([request, config, time], context) => signRequest(request, config, time, context),
  },
]);

type AnyObject = PlainObject | RegoObject;

const REQUIRED_CONFIG = ["aws_service", "aws_access_key", "aws_secret_access_key", "aws_region"];

interface Signing {
  readonly method: string;
  readonly url: Url;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly service: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly sessionToken: string;
  /** `20150830T123600Z`. */
  readonly time: string;
  readonly unsignedPayload: boolean;
}

function signRequest(
  request: Value | undefined,
  config: Value | undefined,
  time: Value | undefined,
  context: BuiltinContext,
): Value {
  const requestObject = objectOperand(request, 1);
  // OPA counts the operands of this builtin as 1 here, whichever they are.
  const configObject = objectOperand(config, 1);
  checkConfig(configObject);
  const at = numberText(numberOperand(time, 1));
  if (!/^-?\d+$/.test(at) || BigInt.asIntN(64, BigInt(at)) !== BigInt(at)) {
    throw new OperandError("operand 3 could not convert time_ns value into a unix timestamp");
  }
  checkHttpRequest(requestObject, 1);
  const headers = headersOf(requestObject);
  const target = targetOf(requestObject);
  const unsignedPayload = objectGet(configObject, "disable_payload_signing") ?? false;
  const signing: Signing = {
    ...target,
    headers,
    body: bodyOf(requestObject),
    service: textAt(configObject, "aws_service"),
    accessKey: textAt(configObject, "aws_access_key"),
    secretKey: textAt(configObject, "aws_secret_access_key"),
    region: textAt(configObject, "aws_region"),
    sessionToken: textAt(configObject, "aws_session_token"),
    time: basicTime(BigInt(at)),
    unsignedPayload: unsignedPayload === true,
  };
  if (typeof unsignedPayload !== "boolean") {
    throw new OperandError("operand 2 invalid value for 'disable_payload_signing' in AWS config");
  }
  chargeBytes(context, signing.body.length);
  const signed = new ObjectBuilder();
  for (const [name, value] of headers) signed.set(name, value);
  const added = addedHeaders(signing, context);
  signed.set("Authorization", authorization(signing, added, context));
  for (const [name, value] of added) signed.set(name, value);
  const result = new ObjectBuilder();
  for (const [key, value] of objectEntries(requestObject)) result.set(key, value);
  result.set("headers", signed.build());
  return result.build();
}

function checkConfig(config: AnyObject): void {
  const missing = REQUIRED_CONFIG.filter((key) => objectGet(config, key) === undefined);
  if (missing.length > 0) {
    throw new OperandError(`operand 2 missing required AWS config parameters(s): ${setText(missing)}`);
  }
  const invalid = REQUIRED_CONFIG.filter((key) => typeof objectGet(config, key) !== "string");
  if (invalid.length > 0) {
    throw new OperandError(
      `operand 2 invalid values for required AWS config parameters(s): ${setText(invalid)}`,
    );
  }
}

function setText(names: readonly string[]): string {
  return printValue(new RegoSet(names));
}

function headersOf(request: AnyObject): ReadonlyMap<string, string> {
  const headers = objectGet(request, "headers");
  if (headers === undefined) return new Map();
  if (!isObject(headers)) throw wrongType(0, "object", headers);
  // What is no string counts as empty.
  const text = (value: Value): string => (typeof value === "string" ? value : "");
  return new Map(objectEntries(headers).map(([name, value]) => [text(name), text(value)]));
}

function targetOf(request: AnyObject): { readonly method: string; readonly url: Url } {
  const method = objectGet(request, "method");
  const address = objectGet(request, "url");
  if (typeof method !== "string" || typeof address !== "string") {
    const invalid = [
      ...(typeof method === "string" ? [] : ["method"]),
      ...(typeof address === "string" ? [] : ["url"]),
    ];
    throw new OperandError(
      `operand 1 invalid values for required request parameters(s): ${setText(invalid)}`,
    );
  }
  const parsed = parseUrl(address);
  if (!parsed.ok) throw new BuiltinError(parsed.error);
  return { method, url: parsed.url };
}

function bodyOf(request: AnyObject): Uint8Array {
  const raw = objectGet(request, "raw_body");
  if (raw !== undefined) return bytesOf(typeof raw === "string" ? raw : "");
  const body = objectGet(request, "body");
  return bytesOf(body === undefined ? "" : writeJson(body));
}

function textAt(config: AnyObject, key: string): string {
  const value = objectGet(config, key);
  return typeof value === "string" ? value : "";
}

/** `YYYYMMDDThhmmssZ` of a time in nanoseconds since 1970. */
function basicTime(ns: bigint): string {
  const seconds = ns >= 0n ? ns / 1_000_000_000n : -((-ns + 999_999_999n) / 1_000_000_000n);
  return new Date(Number(seconds) * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** The headers that the signature adds, in lower case. */
function addedHeaders(signing: Signing, context: BuiltinContext): ReadonlyMap<string, string> {
  const headers = new Map([
    ["host", signing.url.host],
    ["x-amz-date", signing.time],
  ]);
  // Only these services want to know the hash of the body.
  if (signing.service === "s3" || signing.service === "glacier") {
    headers.set("x-amz-content-sha256", payloadHash(signing, context));
  }
  if (signing.sessionToken !== "") headers.set("x-amz-security-token", signing.sessionToken);
  return headers;
}

/** Headers that proxies change on the way. */
const UNSIGNED_HEADERS: ReadonlySet<string> = new Set(["authorization", "user-agent", "x-amzn-trace-id"]);

/** The `Authorization` header of AWS Signature Version 4. */
function authorization(
  signing: Signing,
  added: ReadonlyMap<string, string>,
  context: BuiltinContext,
): string {
  const headers = new Map(added);
  for (const [name, value] of signing.headers) {
    const lower = name.toLowerCase();
    if (!UNSIGNED_HEADERS.has(lower)) headers.set(lower, value);
  }
  const names = [...headers.keys()].sort(compareText);
  const canonicalRequest = [
    signing.method,
    escapedPath(signing.url),
    signing.url.rawQuery,
    ...names.map((name) => `${name}:${headers.get(name) as string}`),
    "",
    names.join(";"),
    payloadHash(signing, context),
  ].join("\n");
  const day = signing.time.slice(0, 8);
  const scope = `${day}/${signing.region}/${signing.service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", signing.time, scope, sha256(bytesOf(canonicalRequest), context)].join(
    "\n",
  );
  const key = [day, signing.region, signing.service, "aws4_request"].reduce(
    (secret, part) => mac(secret, part, context),
    concatBytes(bytesOf("AWS4"), bytesOf(signing.secretKey)),
  );
  const signature = hexEncode(mac(key, toSign, context));
  return (
    `AWS4-HMAC-SHA256 Credential=${signing.accessKey}/${scope},` +
    `SignedHeaders=${names.join(";")},Signature=${signature}`
  );
}

function payloadHash(signing: Signing, context: BuiltinContext): string {
  return signing.unsignedPayload ? "UNSIGNED-PAYLOAD" : sha256(signing.body, context);
}

function sha256(bytes: Uint8Array, context: BuiltinContext): string {
  return hostCrypto(context).createHash("sha256").update(bytes).digest("hex");
}

function mac(key: Uint8Array, text: string, context: BuiltinContext): Uint8Array {
  return hostCrypto(context).createHmac("sha256", key).update(bytesOf(text)).digest();
}
