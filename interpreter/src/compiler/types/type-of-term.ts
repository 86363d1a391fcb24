import type { Term } from "../../syntax/ast.ts";
import { BOOLEAN, NULL, NUMBER, STRING } from "../../value/type.ts";
import type { Type } from "../../value/type.ts";

/** The type of a term without vars; undefined where it depends on one. */
export function typeOfTerm(term: Term): Type | undefined {
  switch (term.kind) {
    case "scalar":
      if (term.value === null) return NULL;
      if (typeof term.value === "string") return STRING;
      return typeof term.value === "boolean" ? BOOLEAN : NUMBER;
    default:
      return undefined;
  }
}
