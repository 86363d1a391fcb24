import type { PlainObject } from "@portcullis/interpreter";
import { labelsOf } from "../../kubernetes/label-selector.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import type { ObjectMeta } from "../../kubernetes/object-meta.ts";
import type { Review } from "../../reviews/review.ts";

/** One object as the criteria see it: read once a review, whatever the number of constraints. */
export interface Matchable {
  readonly meta: ObjectMeta;
  readonly labels: PlainObject;
  readonly isNamespace: boolean;
  /** In a namespace: it says so itself, or a Namespace came with it. */
  readonly hasNamespace: boolean;
  /** What `namespaces` and `excludedNamespaces` compare; undefined for cluster-scoped objects, which they cannot disqualify. */
  readonly namespaceName: string | undefined;
  /** What `namespaceSelector` compares; undefined where the Namespace is not known. */
  readonly namespaceLabels: PlainObject | undefined;
  readonly source: Review["source"];
}

/** A criterion's answer; `error` is why it could not be decided. */
export type Decision = { readonly matched: boolean } | { readonly error: string };

export type Criterion = (object: Matchable) => Decision;

export const MATCHED: Decision = Object.freeze({ matched: true });
export const NOT_MATCHED: Decision = Object.freeze({ matched: false });

export function decide(matched: boolean): Decision {
  return matched ? MATCHED : NOT_MATCHED;
}

/**
 * Applies the treatment table (contract 2.2): a Namespace is matched by its own name and labels; an object in a namespace by
 * that namespace, where it is unknown by `metadata.namespace` alone.
 */
export function matchable(
  object: PlainObject,
  namespace: PlainObject | undefined,
  source: Review["source"],
): Matchable {
  const meta = objectMeta(object);
  const labels = labelsOf(object);
  const isNamespace = meta.kind === "Namespace" && meta.group === "";
  const hasNamespace = meta.namespace !== "" || namespace !== undefined;
  const common = { meta, labels, isNamespace, hasNamespace, source };
  if (isNamespace) return { ...common, namespaceName: meta.name, namespaceLabels: labels };
  if (!hasNamespace) return { ...common, namespaceName: undefined, namespaceLabels: undefined };
  return {
    ...common,
    namespaceName: namespace ? objectMeta(namespace).name : meta.namespace,
    namespaceLabels: namespace && labelsOf(namespace),
  };
}
