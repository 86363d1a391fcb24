import type { PlainObject, Value } from "@portcullis/interpreter";
import { objectMeta } from "../kubernetes/object-meta.ts";
import type { Review } from "../reviews/review.ts";

export interface ReviewOfObjectOptions {
  /** The Namespace object of a namespaced object, for matching and for `input.review.namespaceObject`. */
  readonly namespace?: PlainObject;
  /** The Namespace for matching alone. */
  readonly matchNamespace?: PlainObject;
  /** Default: empty, as in an audit. For DELETE the object is the old one. */
  readonly operation?: string;
  /** Default `Original`. */
  readonly source?: Review["source"];
}

const NO_RESOURCE: PlainObject = Object.freeze({ group: "", version: "", resource: "" });
const NO_USER: PlainObject = Object.freeze({});

/** The question an audit or gator asks about an object: an admission request with only what the object itself tells. */
export function reviewOfObject(object: PlainObject, options: ReviewOfObjectOptions = {}): Review {
  const meta = objectMeta(object);
  const operation = options.operation ?? "";
  const deleted = operation === "DELETE";
  const request: Record<string, Value> = {
    uid: "",
    kind: { group: meta.group, version: meta.version, kind: meta.kind },
    resource: NO_RESOURCE,
    operation,
    userInfo: NO_USER,
    object,
    oldObject: deleted ? object : null,
    options: null,
  };
  if (meta.name !== "") request["name"] = meta.name;
  if (meta.namespace !== "") request["namespace"] = meta.namespace;
  return {
    request,
    ...(options.namespace && { namespace: options.namespace }),
    ...(options.matchNamespace && { matchNamespace: options.matchNamespace }),
    source: options.source ?? "Original",
  };
}
