import type { PlainObject } from "@portcullis/interpreter";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";
import { globList } from "./namespaces.ts";

/** `excludedNamespaces`: no glob matches the namespace. Objects without one pass. */
export function matchExcludedNamespaces(match: PlainObject): Criterion {
  const globs = globList(match, "excludedNamespaces");
  if (globs.length === 0) return () => MATCHED;
  return ({ namespaceName: name }) =>
    decide(name === undefined || !globs.some((pattern) => pattern.matches(name)));
}
