import { getOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { refuse, succeed } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { isPlainObject, listAt, objectAt, textAt } from "../kubernetes/object-meta.ts";
import type { Review } from "../reviews/review.ts";
import { matchable } from "./match/matchable.ts";
import type { Matchable } from "./match/matchable.ts";

/** A review made ready once, for all constraints. */
export interface ReviewInput {
  /** `input.review`. */
  readonly review: PlainObject;
  /** The object and the old object, whichever are there: a constraint applies when either matches. */
  readonly candidates: readonly Matchable[];
  readonly operation: string;
  /** The name that match errors print; undefined where there is no object at all. */
  readonly name: string | undefined;
}

const NO_NAMESPACE: PlainObject = Object.freeze({});

/** Keys of an AdmissionRequest that are left out where the request has them not or empty. */
const OPTIONAL = ["subResource", "requestSubResource", "name", "namespace", "dryRun"];

/**
 * Builds `input.review` (contract 3.1) and what matching asks. Numbers stay as the request wrote them: Gatekeeper's way through
 * 64-bit floats is not copied (decision 0010). `findNamespace` looks a Namespace up that the review did not bring: for matching
 * only.
 */
export function reviewInput(
  review: Review,
  findNamespace: (name: string) => PlainObject | undefined,
): Outcome<ReviewInput> {
  const { request } = review;
  const operation = textAt(request, "operation");
  const oldObject = objectAt(request, "oldObject");
  if (operation === "DELETE" && !oldObject) {
    return refuse("invalid_request", "oldObject cannot be nil for DELETE operations");
  }
  const object = operation === "DELETE" ? oldObject : objectAt(request, "object");
  const ofNamespaceKind =
    textAt(request, "kind", "kind") === "Namespace" && textAt(request, "kind", "group") === "";
  const namespaceName = ofNamespaceKind ? "" : textAt(request, "namespace");
  const known = review.namespace ?? review.matchNamespace;
  const namespace = known ?? (namespaceName === "" ? undefined : findNamespace(namespaceName));
  const seen = (candidate: PlainObject): Matchable => matchable(candidate, namespace, review.source);
  const candidates = [object, oldObject === object ? undefined : oldObject]
    .filter((item) => item !== undefined)
    .map(seen);
  return succeed({
    review: document(review, { object, oldObject, ofNamespaceKind }),
    candidates,
    operation,
    name: candidates[0]?.meta.name,
  });
}

interface Parts {
  readonly object: PlainObject | undefined;
  readonly oldObject: PlainObject | undefined;
  readonly ofNamespaceKind: boolean;
}

function document(
  { request, namespace }: Review,
  { object, oldObject, ofNamespaceKind }: Parts,
): PlainObject {
  const document: Record<string, Value> = {
    uid: textAt(request, "uid"),
    kind: kindOf(getOwn(request, "kind")),
    resource: resourceOf(getOwn(request, "resource")),
    operation: textAt(request, "operation"),
    userInfo: userOf(getOwn(request, "userInfo")),
    object: object ?? null,
    oldObject: oldObject ?? null,
    options: objectAt(request, "options") ?? null,
    namespaceObject: namespace ? namespaceObject(namespace) : NO_NAMESPACE,
  };
  const [requestKind, requestResource] = [getOwn(request, "requestKind"), getOwn(request, "requestResource")];
  if (isPlainObject(requestKind)) document["requestKind"] = kindOf(requestKind);
  if (isPlainObject(requestResource)) document["requestResource"] = resourceOf(requestResource);
  for (const key of OPTIONAL) {
    const value = getOwn(request, key);
    if (value === undefined || value === null || value === "") continue;
    if (key === "namespace" && ofNamespaceKind) continue;
    document[key] = value;
  }
  return document;
}

/** Names that are always there, and no others. */
function kindOf(value: Value | undefined): PlainObject {
  return { group: textAt(value, "group"), version: textAt(value, "version"), kind: textAt(value, "kind") };
}

function resourceOf(value: Value | undefined): PlainObject {
  return {
    group: textAt(value, "group"),
    version: textAt(value, "version"),
    resource: textAt(value, "resource"),
  };
}

/** What Kubernetes tells of a user; what is empty or of another kind is left out. */
function userOf(value: Value | undefined): PlainObject {
  const user: Record<string, Value> = {};
  const [username, uid] = [textAt(value, "username"), textAt(value, "uid")];
  if (username !== "") user["username"] = username;
  if (uid !== "") user["uid"] = uid;
  const groups = listAt(value, "groups");
  if (groups.length > 0) user["groups"] = groups;
  const extra = objectAt(value, "extra");
  if (extra && Object.keys(extra).length > 0) user["extra"] = extra;
  return user;
}

/** The Namespace as templates see it: metadata, spec and status alone. */
function namespaceObject(namespace: PlainObject): PlainObject {
  const shown: Record<string, Value> = {};
  for (const key of ["metadata", "spec", "status"]) {
    const part = getOwn(namespace, key);
    shown[key] = isPlainObject(part) ? part : {};
  }
  return shown;
}
