import type { PlainObject } from "@portcullis/interpreter";
import { listAt } from "../../kubernetes/object-meta.ts";
import { glob } from "./glob.ts";
import type { Glob } from "./glob.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/** `namespaces`: some glob matches the namespace. Objects without one pass. */
export function matchNamespaces(match: PlainObject): Criterion {
  const globs = globList(match, "namespaces");
  if (globs.length === 0) return () => MATCHED;
  return ({ namespaceName: name }) =>
    decide(name === undefined || globs.some((pattern) => pattern.matches(name)));
}

/** The globs of a list field. */
export function globList(match: PlainObject, field: string): readonly Glob[] {
  return listAt(match, field)
    .filter((item) => typeof item === "string")
    .map(glob);
}
