import type { Violation } from "./violation.ts";

/** Something that a sweep could not judge, and why. The rest is judged. */
export interface SweepError {
  readonly message: string;
  /** What was left out because of it. */
  readonly scope: SweepScope;
}

/** A part of everything that a sweep judges; a field that is left out stands for all. */
export interface SweepScope {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Constraints of that kind: those of one template. */
  readonly constraintKind?: string;
  readonly constraint?: string;
}

/** Errors that a report lists; more are counted. */
const LISTED = 1000;

/** Collects the errors of a sweep in bounded memory. */
export class SweepErrors {
  readonly #listed: SweepError[] = [];
  #count = 0;

  constructor(known: readonly SweepError[] = []) {
    for (const error of known) this.add(error);
  }

  add(error: SweepError): void {
    this.#count++;
    if (this.#listed.length < LISTED) this.#listed.push(error);
  }

  /** All, also those that are not listed. */
  get count(): number {
    return this.#count;
  }

  /** The first ones. */
  get listed(): readonly SweepError[] {
    return this.#listed;
  }
}

/**
 * Whether a violation that a sweep did not find may still be there: it is in what the sweep could not judge. Where not all
 * errors are listed nobody knows, and it may.
 */
export function mayBeLeftOut(
  violation: Pick<Violation, "constraint" | "status">,
  { errors, errorCount }: { readonly errors: readonly SweepError[]; readonly errorCount: number },
): boolean {
  return errorCount > errors.length || errors.some(({ scope }) => covers(scope, violation));
}

function covers(
  scope: SweepScope,
  { constraint, status }: Pick<Violation, "constraint" | "status">,
): boolean {
  const fits = (wanted: string | undefined, has: string): boolean => wanted === undefined || wanted === has;
  return (
    fits(scope.group, status.group) &&
    fits(scope.kind, status.kind) &&
    // A Namespace that cannot be read takes what is in it along.
    fits(scope.namespace, status.namespace ?? "") &&
    fits(scope.name, status.name) &&
    fits(scope.constraintKind, constraint.kind) &&
    fits(scope.constraint, constraint.name)
  );
}
