import { objectAt, textAt } from "@portcullis/engine";
import type { Process, ProcessExcluder } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { OWN_NAMESPACE } from "./policies.ts";
import type { AdmissionOptions } from "./policies.ts";

/** True for requests of Gatekeeper's own service account, whose name is fixed. */
export function isOwnServiceAccount(request: PlainObject, options: AdmissionOptions): boolean {
  const namespace = options.ownNamespace ?? OWN_NAMESPACE;
  return textAt(request, "userInfo", "username") === `system:serviceaccount:${namespace}:gatekeeper-admin`;
}

/** True when Config.match takes the request's namespace out of a process' hands; Namespaces go by their own name. */
export function isConfigExcluded(request: PlainObject, process: Process, excluder: ProcessExcluder): boolean {
  const object = subjectOf(request);
  // Without an object there is nothing to look at: the review that follows says what is missing.
  if (!object) return false;
  return excluder.isExcluded(process, withNamespace(object, textAt(request, "namespace")));
}

/** The object a request is about: on DELETE the old one. */
export function subjectOf(request: PlainObject): PlainObject | undefined {
  return textAt(request, "operation") === "DELETE"
    ? objectAt(request, "oldObject")
    : objectAt(request, "object");
}

/** The API server fills metadata.namespace late: the request's own namespace counts. */
export function withNamespace(object: PlainObject, namespace: string): PlainObject {
  return { ...object, metadata: { ...objectAt(object, "metadata"), namespace } };
}
