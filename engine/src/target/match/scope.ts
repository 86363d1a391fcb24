import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../../kubernetes/object-meta.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/** `scope`: Cluster or Namespaced. Any other word matches everything, as in Gatekeeper. */
export function matchScope(match: PlainObject): Criterion {
  switch (textAt(match, "scope")) {
    case "Cluster":
      return ({ isNamespace, hasNamespace }) => decide(isNamespace || !hasNamespace);
    case "Namespaced":
      return ({ isNamespace, hasNamespace }) => decide(!isNamespace && hasNamespace);
    default:
      return () => MATCHED;
  }
}
