import { compareText } from "@portcullis/interpreter";
import type { Result } from "./review.ts";

/**
 * Gatekeeper's order of results: by enforcement action, then by message, bytewise. Equal ones, which have no order there,
 * go by constraint kind and name, so that the same question always gets the same answer.
 */
export function sortResults(results: readonly Result[]): readonly Result[] {
  if (results.length < 2) return results;
  return [...results].sort(
    (a, b) =>
      compareText(a.enforcementAction, b.enforcementAction) ||
      compareText(a.msg, b.msg) ||
      compareText(a.constraint.kind, b.constraint.kind) ||
      compareText(a.constraint.name, b.constraint.name),
  );
}
