import type { Location } from "../../location.ts";
import { typeError } from "../error-list.ts";
import { hasUnknown } from "./algebra.ts";
import type { Inferred } from "./algebra.ts";
import type { TypeFault } from "./type-fault.ts";
import { isTooWide, typeDifference } from "./type-difference.ts";
import { withTypesAsJson } from "./type-json.ts";
import { typeText } from "./type-text.ts";

const DOCS = "https://www.openpolicyagent.org/docs/errors/rego-type-error/match-error";
const PLURALS: Readonly<Record<string, string>> = { object: "objects", array: "arrays", set: "sets" };

/** Two sides that can never be equal. */
export function matchError(
  location: Location,
  left: Inferred | undefined,
  right: Inferred | undefined,
): TypeFault {
  let lines = [`left  : ${typeText(left)}`, `right : ${typeText(right)}`];
  if (isTooWide(lines)) {
    const [a, b] = typeDifference(left, right);
    lines = [`left  : ${a}`, `right : ${b}`];
  }
  const kind = left && left.kind === right?.kind ? PLURALS[left.kind] : undefined;
  if (kind !== undefined) {
    lines.push(
      `hint  : both sides are ${kind} but their types differ, so they can never be equal (see ${DOCS})`,
    );
  }
  const json = withTypesAsJson((typeJson) => ({ a: typeJson(left), b: typeJson(right) }));
  return {
    error: typeError("match error", location, lines, json),
    unknown: hasUnknown(left) || hasUnknown(right),
  };
}
