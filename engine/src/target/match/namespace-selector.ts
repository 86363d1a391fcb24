import type { PlainObject } from "@portcullis/interpreter";
import { labelSelector, selectorFault } from "../../kubernetes/label-selector.ts";
import { objectAt } from "../../kubernetes/object-meta.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/**
 * `namespaceSelector`: on the labels of the object's Namespace, or of the Namespace itself. Cluster-scoped objects pass; not
 * to know the Namespace of an object that is in one is an error, never a pass.
 */
export function matchNamespaceSelector(match: PlainObject): Criterion {
  const written = objectAt(match, "namespaceSelector");
  if (!written) return () => MATCHED;
  const fault = selectorFault(written);
  const selector = labelSelector(written);
  return ({ isNamespace, hasNamespace, namespaceLabels }) => {
    if (!isNamespace && !hasNamespace) return MATCHED;
    if (!namespaceLabels) {
      return { error: "namespace selector for namespace-scoped object but missing Namespace" };
    }
    return fault === undefined ? decide(selector.matches(namespaceLabels)) : { error: fault };
  };
}
