import { quoteText } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../../kubernetes/object-meta.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/** `source`: Original, Generated, or All (the default). */
export function matchSource(match: PlainObject): Criterion {
  const wanted = textAt(match, "source");
  if (wanted === "" || wanted === "All") return () => MATCHED;
  if (wanted !== "Original" && wanted !== "Generated") {
    const error = `invalid source field ${quoteText(wanted)}`;
    return () => ({ error });
  }
  return ({ source }) => decide(source === wanted);
}
