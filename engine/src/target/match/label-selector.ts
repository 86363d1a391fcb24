import type { PlainObject } from "@portcullis/interpreter";
import { labelSelector, selectorFault } from "../../kubernetes/label-selector.ts";
import { objectAt } from "../../kubernetes/object-meta.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/** `labelSelector`: on the object's own labels. */
export function matchLabelSelector(match: PlainObject): Criterion {
  const written = objectAt(match, "labelSelector");
  if (!written) return () => MATCHED;
  const error = selectorFault(written);
  if (error !== undefined) return () => ({ error });
  const selector = labelSelector(written);
  return ({ labels }) => decide(selector.matches(labels));
}
