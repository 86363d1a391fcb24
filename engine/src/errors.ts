import type { RegoError } from "@portcullis/interpreter";

/** What a request, template, constraint or object was refused for. */
export type EngineErrorCode =
  | "invalid_template"
  | "ingest_error"
  | "invalid_constraint"
  | "schema_invalid"
  | "unknown_template"
  | "invalid_object"
  | "invalid_request"
  | "evaluation_failed"
  | "expansion_failed";

/** A refusal: a value, never thrown across the package's door. `message` is Gatekeeper's text where that is contract. */
export interface EngineError {
  readonly code: EngineErrorCode;
  readonly message: string;
  /** Trying the same again later can succeed. */
  readonly retryable: boolean;
  /** The constraint that has no verdict because of it; the others have. */
  readonly constraint?: { readonly kind: string; readonly name: string };
  /** The diagnostics of the Rego inside a template, places counted in the Rego source. */
  readonly rego?: readonly RegoError[];
}

export type Outcome<T = undefined> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: EngineError };

/** The outcome of something that only succeeds or is refused. */
export const DONE: Outcome = Object.freeze({ ok: true, value: undefined });

export function succeed<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** A refusal that no repetition mends. */
export function refuse(code: EngineErrorCode, message: string, rego?: readonly RegoError[]): Outcome<never> {
  return { ok: false, error: engineError(code, message, rego) };
}

export function engineError(
  code: EngineErrorCode,
  message: string,
  rego?: readonly RegoError[],
): EngineError {
  return { code, message, retryable: false, ...(rego && { rego }) };
}
