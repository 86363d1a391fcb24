import { createShapesReader, getOwn, parseJson } from "@portcullis/interpreter";
import type { ParseJsonResult, PlainObject, Value } from "@portcullis/interpreter";
import type { ReplyHeader } from "./reply.ts";
import type { Verdict } from "./verdict.ts";

/** A question that could be read: the request as received, numbers exact. */
export interface IncomingReview {
  readonly header: ReplyHeader;
  readonly request: PlainObject;
}

export type DecodedReview =
  | { readonly ok: true; readonly review: IncomingReview }
  | { readonly ok: false; readonly header: ReplyHeader; readonly verdict: Verdict };

/** What the HTTP side hands over: the bytes of the body, or that there were too many of them. */
export interface AdmissionBody {
  readonly contentType: string;
  readonly bytes: Uint8Array | "too-large";
}

/** The largest body that is read: what the API server itself accepts for an object, twice, and a little. */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;

const UTF_8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads an AdmissionReview of `admission.k8s.io/v1` or `v1beta1` (both have the same fields; v1 when none is named).
 * The checks, their order and texts are those of controller-runtime's handler: empty body, size, content type, decoding.
 */
export function decodeReview(body: AdmissionBody): DecodedReview {
  if (body.bytes === "too-large") {
    return refuse(413, `request entity is too large; limit is ${MAX_BODY_BYTES} bytes`);
  }
  if (body.bytes.length === 0) return refuse(400, "request body is empty");
  if (body.contentType !== "application/json") {
    return refuse(400, wrongContentType(body.contentType));
  }
  const parsed = readText(body.bytes);
  if (!parsed.ok) return refuse(400, parsed.error.message);
  const review = parsed.value;
  if (!isJsonObject(review)) return refuse(400, "an AdmissionReview must be a JSON object");

  const apiVersion = getOwn(review, "apiVersion") ?? "";
  const kind = getOwn(review, "kind") ?? "";
  if ((kind !== "" && kind !== "AdmissionReview") || (apiVersion !== "" && !isKnownVersion(apiVersion))) {
    return refuse(
      400,
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
    );
  }
  const header = { apiVersion: apiVersion === "" ? V1 : (apiVersion as string) };
  const request = getOwn(review, "request");
  if (!isJsonObject(request)) return refuse(400, "the AdmissionReview has no request", header);
  const uid = getOwn(request, "uid");
  const answer = typeof uid === "string" ? { ...header, uid } : header;
  const wrong = wrongField(request);
  if (wrong) return refuse(400, wrong, answer);
  return { ok: true, review: { header: answer, request } };
}

/** API servers write the same fields in the same order all day: what is written so is read by a reader that knows them. */
const LIKE_OTHERS = createShapesReader();

function readText(bytes: Uint8Array): ParseJsonResult {
  // As in Go, bytes that are no UTF-8 become U+FFFD; a byte order mark is an error.
  const text = UTF_8.decode(bytes);
  const isLikeOthers = text.length === bytes.length && bytes.length <= LIKE_OTHERS_BYTES;
  const value = isLikeOthers ? LIKE_OTHERS.read(bytes, text) : undefined;
  return value === undefined ? parseJson(text) : { ok: true, value };
}

/** Larger ones are not alike: ConfigMaps with files in them, long lists. */
const LIKE_OTHERS_BYTES = 256 * 1024;

export function wrongContentType(contentType: string): string {
  return `contentType=${contentType}, expected application/json`;
}

const V1 = "admission.k8s.io/v1";

function isKnownVersion(apiVersion: Value): boolean {
  return apiVersion === V1 || apiVersion === "admission.k8s.io/v1beta1";
}

type FieldType = "string" | "object" | "boolean";

const FIELDS: readonly (readonly [FieldType, ...string[]])[] = [
  ["string", "uid", "name", "namespace", "operation", "subResource", "requestSubResource"],
  [
    "object",
    "kind",
    "resource",
    "requestKind",
    "requestResource",
    "userInfo",
    "object",
    "oldObject",
    "options",
  ],
  ["boolean", "dryRun"],
];

/** What Go's typed decoder would refuse: a field of the wrong type. `null` is the same as absent. */
function wrongField(request: PlainObject): string | undefined {
  for (const [type, ...names] of FIELDS) {
    for (const name of names) {
      const value = getOwn(request, name) ?? null;
      if (value !== null && !hasType(value, type)) return `request.${name} must be of type ${type}`;
    }
  }
  for (const name of ["kind", "resource", "requestKind", "requestResource"]) {
    const value = (getOwn(request, name) ?? null) as PlainObject | null;
    for (const member of value === null ? [] : ["group", "version", "kind", "resource"]) {
      const text = getOwn(value as PlainObject, member) ?? null;
      if (text !== null && typeof text !== "string")
        return `request.${name}.${member} must be of type string`;
    }
  }
  return wrongUser((getOwn(request, "userInfo") ?? null) as PlainObject | null);
}

function wrongUser(user: PlainObject | null): string | undefined {
  if (user === null) return undefined;
  for (const name of ["username", "uid"]) {
    const value = getOwn(user, name) ?? null;
    if (value !== null && typeof value !== "string") return `request.userInfo.${name} must be of type string`;
  }
  const groups = getOwn(user, "groups") ?? null;
  if (
    groups !== null &&
    !(Array.isArray(groups) && groups.every((group: Value) => typeof group === "string"))
  ) {
    return "request.userInfo.groups must be a list of strings";
  }
  return undefined;
}

function hasType(value: Value, type: FieldType): boolean {
  return type === "object" ? isJsonObject(value) : typeof value === type;
}

function isJsonObject(value: Value | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function refuse(code: number, message: string, header: ReplyHeader = {}): DecodedReview {
  return { ok: false, header, verdict: { allowed: false, code, message } };
}
