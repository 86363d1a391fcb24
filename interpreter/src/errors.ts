import type { Location } from "./location.ts";

/** OPA's error codes. */
export type RegoErrorCode =
  | "rego_parse_error"
  | "rego_compile_error"
  | "rego_type_error"
  | "rego_unsafe_var_error"
  | "rego_recursion_error"
  | "rego_format_error"
  | "eval_conflict_error"
  | "eval_type_error"
  | "eval_builtin_error"
  | "eval_with_merge_error"
  | "eval_cancel_error"
  | "eval_internal_error";

/** Something wrong with a policy or its evaluation: a value, reported and never thrown across a public door. */
export interface RegoError {
  readonly code: RegoErrorCode;
  readonly message: string;
  readonly location: Location | undefined;
  /** Lines that the text form prints below, each after a newline and a tab: the caret lines of a parse error, have/want of a type error. */
  readonly details?: readonly string[];
  /** The same as OPA's JSON has it, where that is not the lines: types, and a `ref` as its tree. */
  readonly detailsJson?: Readonly<Record<string, unknown>>;
  /** What the author probably meant; not part of OPA's text. */
  readonly hint?: string;
}

/** One error as OPA prints it: `file:row: code: message`, detail lines below. */
export function formatError(error: RegoError): string {
  const place = error.location ? `${placeOf(error, error.location)}: ` : "";
  const details = (error.details ?? []).map((line) => `\n\t${line}`).join("");
  return `${place}${error.code}: ${error.message}${details}`;
}

/** What fails while a query runs is shown by its text, which has no file. */
function placeOf({ code }: RegoError, location: Location): string {
  const isOfQuery = location.file === "" && code.startsWith("eval_") && location.text !== "";
  return isOfQuery ? location.text : String(location);
}

/** Several errors as OPA prints them: `1 error occurred: …` or `N errors occurred:` and one a line. */
export function formatErrors(errors: readonly RegoError[]): string {
  if (errors.length === 1) return `1 error occurred: ${formatError(errors[0] as RegoError)}`;
  return `${errors.length} errors occurred:\n${errors.map(formatError).join("\n")}`;
}

/** A broken promise of our own code; caught only at the rim of the process. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** For the default branch of an exhaustive switch: does not type-check while a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`);
}
