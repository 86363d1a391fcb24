/**
 * Why a call to the API server failed: a value, never thrown. `reason` is Kubernetes' own word where the server answered
 * (`NotFound`, `AlreadyExists`, `Conflict`, `Expired`, `Forbidden`, `Invalid`, `TooManyRequests`, …).
 */
export interface KubeError {
  /** The HTTP status; 0 where no answer arrived. */
  readonly code: number;
  readonly reason: KubeReason;
  readonly message: string;
  /** The same call can succeed later without anybody changing it: no answer, 429, 5xx. A conflict needs a fresh read first. */
  readonly retryable: boolean;
  /** How long the server asks to wait. */
  readonly retryAfterSeconds?: number;
  /** With a page's 410: goes on behind the last page, in the present state instead of that of the first page. */
  readonly continue?: string;
}

/** Reasons of ours, for calls that Kubernetes did not answer; every other text is Kubernetes' own. */
export type KubeReason =
  /** No connection, or it broke before the answer was complete. */
  | "ConnectionFailed"
  /** No complete answer within the time allowed. */
  | "TimedOut"
  /** The caller's signal ended the call. */
  | "Cancelled"
  /** The credentials could not be read: kubeconfig, token file, exec plugin. */
  | "NoCredentials"
  /** The answer was not what the API promises. */
  | "MalformedAnswer"
  /** The answer is longer than the caller would have it. */
  | "TooLong"
  | (string & {});

export type KubeResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: KubeError };

export function answered<T>(value: T): KubeResult<T> {
  return { ok: true, value };
}

export function failed(error: KubeError): KubeResult<never> {
  return { ok: false, error };
}

/** A failure without an answer of the server. */
export function noAnswer(reason: KubeReason, message: string): KubeError {
  return { code: 0, reason, message, retryable: reason !== "Cancelled" && reason !== "TooLong" };
}

export function isNotFound(error: KubeError): boolean {
  return error.code === 404;
}

export function isConflict(error: KubeError): boolean {
  return error.code === 409 && error.reason !== "AlreadyExists";
}

export function isAlreadyExists(error: KubeError): boolean {
  return error.reason === "AlreadyExists";
}

/** The answer is longer than the caller allowed. */
export function isTooLong(error: KubeError): boolean {
  return error.code === 0 && error.reason === "TooLong";
}

/** RBAC or an admission plugin says no (403): the same call fails until somebody changes the cluster. */
export function isForbidden(error: KubeError): boolean {
  return error.code === 403;
}

/** The resource version or the continue token is too old (410): only a new list helps. */
export function isExpired(error: KubeError): boolean {
  return error.code === 410;
}
