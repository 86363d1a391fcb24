import type { RegoError } from "../errors.ts";
import type { Value } from "../value/value.ts";
import { parseTerm } from "./parse.ts";
import { valueOfTerm } from "./term-value.ts";

export type ParseValueResult =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

/** Reads a value in Rego's own notation, where sets and keys of any kind can be written: `{1, 2}`, `{[1]: "a"}`. */
export function parseValue(text: string): ParseValueResult {
  const parsed = parseTerm(text);
  if (!parsed.ok) return parsed;
  const value = valueOfTerm(parsed.term);
  if (value !== undefined) return { ok: true, value };
  const message = "a value is wanted, without variables, references, calls and comprehensions";
  return { ok: false, errors: [{ code: "rego_parse_error", message, location: parsed.term.location }] };
}
