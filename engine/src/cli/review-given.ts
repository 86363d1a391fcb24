import { writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { refuse, succeed } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { isPlainObject, objectAt, objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";
import type { Review } from "../reviews/review.ts";
import { reviewOfObject } from "../target/review-of-object.ts";

/** True for a whole admission question given as a file. */
export function isAdmissionReview(object: PlainObject): boolean {
  const { group, kind } = objectMeta(object);
  return group === "admission.k8s.io" && kind === "AdmissionReview";
}

/**
 * The review a file asks for: its request where it is an AdmissionReview, else the question about the object itself. A
 * request is checked as the API server would: its fields, its object or old object, their kinds.
 */
export function reviewGiven(object: PlainObject): Outcome<Review> {
  if (!isAdmissionReview(object)) return succeed(reviewOfObject(object));
  const unknown = unknownField(object, FIELDS, "");
  if (unknown !== undefined) {
    const why = `strict decoding error: unknown field ${JSON.stringify(unknown)}`;
    return refuse(
      "invalid_request",
      `not a valid AdmissionReview object: unable to convert to an AdmissionReview object, error: ${why}`,
    );
  }
  const request = objectAt(object, "request");
  if (!request) {
    const why = "request did not actually pass in an AdmissionRequest";
    return refuse("invalid_request", `missing an AdmissionRequest object: ${why}`);
  }
  const reviewed = ["object", "oldObject"]
    .map((key) => objectAt(request, key))
    .filter((one) => one !== undefined);
  if (reviewed.length === 0) {
    const why = 'AdmissionRequest does not contain an "object" or "oldObject" to review';
    return refuse("invalid_request", `no object or oldObject found to review: ${why}`);
  }
  for (const one of reviewed) {
    if (objectMeta(one).kind !== "") continue;
    const why = `Object 'Kind' is missing in '${writeJson(one)}'`;
    return refuse("invalid_request", `object or oldObject cannot be unmarshalled: ${why}`);
  }
  if (textAt(request, "operation") === "DELETE" && !objectAt(request, "oldObject")) {
    const target = "admission.k8s.gatekeeper.sh";
    const why = "oldObject cannot be nil for DELETE operations";
    return refuse("invalid_request", `${target}: target.HandleReview failed for target "${target}": ${why}`);
  }
  return succeed({ request, source: "Original" });
}

/** The fields of a type; those without a list of their own may hold anything. */
interface Fields {
  readonly [name: string]: Fields | undefined;
}

const NAMED_KIND: Fields = { group: undefined, version: undefined, kind: undefined };
const RESOURCE: Fields = { group: undefined, version: undefined, resource: undefined };
const FIELDS: Fields = {
  apiVersion: undefined,
  kind: undefined,
  request: {
    uid: undefined,
    kind: NAMED_KIND,
    resource: RESOURCE,
    subResource: undefined,
    requestKind: NAMED_KIND,
    requestResource: RESOURCE,
    requestSubResource: undefined,
    name: undefined,
    namespace: undefined,
    operation: undefined,
    userInfo: { username: undefined, uid: undefined, groups: undefined, extra: undefined },
    object: undefined,
    oldObject: undefined,
    dryRun: undefined,
    options: undefined,
  },
  response: undefined,
};

function unknownField(value: Value | undefined, fields: Fields, path: string): string | undefined {
  if (!isPlainObject(value)) return undefined;
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(fields, key)) return path + key;
    const inner = fields[key];
    const found = inner && unknownField(valueAt(value, key), inner, `${path}${key}.`);
    if (found !== undefined) return found;
  }
  return undefined;
}
