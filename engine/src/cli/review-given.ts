import type { PlainObject } from "@portcullis/interpreter";
import { refuse, succeed } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { objectAt, objectMeta, textAt } from "../kubernetes/object-meta.ts";
import type { Review } from "../reviews/review.ts";
import { reviewOfObject } from "../target/review-of-object.ts";

/** True for a whole admission question given as a file. */
export function isAdmissionReview(object: PlainObject): boolean {
  const { group, kind } = objectMeta(object);
  return group === "admission.k8s.io" && kind === "AdmissionReview";
}

/** The review a file asks for: its request where it is an AdmissionReview, else the question about the object itself. */
export function reviewGiven(object: PlainObject): Outcome<Review> {
  if (!isAdmissionReview(object)) return succeed(reviewOfObject(object));
  const request = objectAt(object, "request");
  if (!request) return refuse("invalid_request", "invalid AdmissionReview: request not set");
  const oldObject = objectAt(request, "oldObject");
  if (!objectAt(request, "object") && !oldObject) {
    return refuse("invalid_request", "AdmissionReview contains neither an object nor an oldObject");
  }
  if (textAt(request, "operation") === "DELETE" && !oldObject) {
    return refuse("invalid_request", "oldObject cannot be nil for DELETE operations");
  }
  return succeed({ request, source: "Original" });
}
