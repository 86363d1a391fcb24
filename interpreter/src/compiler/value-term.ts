import type { Term } from "../syntax/ast.ts";
import type { Location } from "../location.ts";
import { isArray, isNumber, isSet } from "../value/kind.ts";
import { objectEntries } from "../value/object.ts";
import type { Value } from "../value/value.ts";

/** A constant term of a value: the other way round of `valueOfTerm`. */
export function termOfValue(value: Value, location: Location): Term {
  if (value === null || typeof value !== "object" || isNumber(value))
    return { kind: "scalar", value, location };
  if (isArray(value))
    return { kind: "array", items: value.map((item) => termOfValue(item, location)), location };
  if (isSet(value))
    return { kind: "set", items: [...value].map((item) => termOfValue(item, location)), location };
  const entries = objectEntries(value).map(
    ([key, item]) => [termOfValue(key, location), termOfValue(item, location)] as const,
  );
  return { kind: "object", entries, location };
}
