import type { PlainObject } from "@portcullis/interpreter";
import { textAt, valueAt } from "../../kubernetes/object-meta.ts";

/** Which objects of a kind a call means. Selectors know `a=b`, `a==b`, `a!=b` and, for labels, `a` and `!a`. */
export type Selects = (object: PlainObject) => boolean;

export function selectionOf(namespace: string, query: URLSearchParams): Selects {
  const labels = requirements(query.get("labelSelector"), ["metadata", "labels"]);
  const fields = (query.get("fieldSelector") ?? "")
    .split(",")
    .filter((text) => text !== "")
    .map((text) => {
      const [path = "", value = ""] = text.split(/==?/);
      const keys = path.split(".");
      return (object: PlainObject) => textAt(object, ...keys) === value;
    });
  return (object) =>
    (namespace === "" || textAt(object, "metadata", "namespace") === namespace) &&
    [...labels, ...fields].every((holds) => holds(object));
}

function requirements(selector: string | null, parents: readonly string[]): readonly Selects[] {
  return (selector ?? "")
    .split(",")
    .filter((text) => text !== "")
    .map((text) => {
      const [, negated, key = "", operator, value] = /^(!?)([^!=]+)(?:(!=|==?)(.*))?$/.exec(text) ?? [];
      return (object) => {
        const found = valueAt(object, ...parents, key);
        if (operator === undefined) return (found !== undefined) !== (negated === "!");
        return (found === value) === (operator !== "!=");
      };
    });
}
