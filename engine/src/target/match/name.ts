import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../../kubernetes/object-meta.ts";
import { glob } from "./glob.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/** `name`: a glob on `metadata.name`, or on the prefix `metadata.generateName` where that leaves the end open. */
export function matchName(match: PlainObject): Criterion {
  const pattern = textAt(match, "name");
  if (pattern === "") return () => MATCHED;
  const wanted = glob(pattern);
  return ({ meta }) => {
    const byPrefix = meta.generateName !== "" && wanted.matchesGenerateName(meta.generateName);
    return decide(wanted.matches(meta.name) || byPrefix);
  };
}
