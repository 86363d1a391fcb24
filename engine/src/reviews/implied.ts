import { impliedBy } from "./messages.ts";
import type { Result } from "./review.ts";

/**
 * A result about a generated object, told as its parent's: the message names the ExpansionTemplate, whose enforcement action,
 * where it has one, replaces the constraint's (contract 9).
 */
export function impliedResult(result: Result, template: string, enforcementAction: string): Result {
  const msg = impliedBy(template, result.msg);
  if (enforcementAction === "") return { ...result, msg };
  return { ...result, msg, enforcementAction, actions: [enforcementAction] };
}
