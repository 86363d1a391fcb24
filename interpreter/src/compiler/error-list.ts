import type { RegoError, RegoErrorCode } from "../errors.ts";
import type { Location } from "../location.ts";

export const UNLIMITED = 0;

/**
 * Collects errors up to a limit. Stops compilation after the current stage unless all errors are recoverable.
 */
export class ErrorList {
  readonly #errors: RegoError[] = [];
  readonly #limit: number;
  #limitReached = false;
  #mustStop = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A recoverable error leaves modules in a state that the next stages can work on. */
  add(error: RegoError, recoverable = false): void {
    if (this.#limitReached) return;
    this.#errors.push(error);
    if (!recoverable) this.#mustStop = true;
    if (this.#limit !== UNLIMITED && this.#errors.length === this.#limit) {
      this.#limitReached = true;
      this.#mustStop = true;
    }
  }

  addAll(errors: readonly RegoError[], recoverable = false): void {
    for (const error of errors) this.add(error, recoverable);
  }

  /** Nothing more is taken in. */
  get isFull(): boolean {
    return this.#limitReached;
  }

  get mustStop(): boolean {
    return this.#mustStop;
  }

  get isEmpty(): boolean {
    return this.#errors.length === 0;
  }

  /** By place, then by text; the notice of the limit last. */
  sorted(): readonly RegoError[] {
    const sorted = this.#errors.toSorted(compareErrors);
    if (this.#limitReached) sorted.push(compileError("error limit reached", undefined));
    return sorted;
  }
}

function compareErrors(a: RegoError, b: RegoError): number {
  const places = compareLocations(a.location, b.location);
  if (places !== 0) return places;
  const left = `${a.code}: ${a.message}`;
  const right = `${b.code}: ${b.message}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By file, row and column; what has no place comes last. */
export function compareLocations(a: Location | undefined, b: Location | undefined): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.row - b.row || a.col - b.col;
}

export function regoError(
  code: RegoErrorCode,
  message: string,
  location: Location | undefined,
  details?: readonly string[],
): RegoError {
  return details ? { code, message, location, details } : { code, message, location };
}

export function compileError(message: string, location: Location | undefined): RegoError {
  return regoError("rego_compile_error", message, location);
}

export function typeError(
  message: string,
  location: Location | undefined,
  details?: readonly string[],
  detailsJson?: RegoError["detailsJson"],
): RegoError {
  const error = regoError("rego_type_error", message, location, details);
  return detailsJson ? { ...error, detailsJson } : error;
}
