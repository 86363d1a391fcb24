import type { Result } from "./review.ts";

/** One line of a denial or warning: `[constraint] message`. */
export function denyLine(result: Result): string {
  return `[${result.constraint.name}] ${result.msg}`;
}

/** The message of a violation of a generated object, told as its parent's. */
export function impliedBy(expansionTemplate: string, msg: string): string {
  return `[Implied by ${expansionTemplate}] ${msg}`;
}

/** A constraint that could not be matched rejects by itself with this message; the odd space is Gatekeeper's. */
export function matchErrorMessage(objectName: string | undefined, cause: string): string {
  if (objectName === undefined) return `unable to match constraints: ${cause}`;
  return (
    `unable to match constraints: error matching the requested object: ${objectName} ` +
    `:failed to run Match criteria: ${cause}`
  );
}
