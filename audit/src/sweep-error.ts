/** Something that a run could not judge or not tell, and why. Everything else is judged and told. */
export interface SweepError {
  readonly message: string;
  /** What was not judged because of it; absent where the result was only not told. */
  readonly scope?: SweepScope;
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

/** Collects the errors of a sweep in bounded memory. A Namespace that cannot be read is one error, not one for each object. */
export class SweepErrors {
  readonly #listed: SweepError[] = [];
  readonly #namespaces = new Set<string>();
  #count = 0;

  constructor(known: readonly SweepError[] = []) {
    for (const error of known) this.add(error);
  }

  add(error: SweepError): void {
    const namespace = wholeNamespace(error);
    if (namespace !== undefined) {
      if (this.#namespaces.has(namespace)) return;
      this.#namespaces.add(namespace);
    }
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

/** The namespace that an error leaves out as a whole. */
function wholeNamespace({ scope = {} }: SweepError): string | undefined {
  return Object.keys(scope).length === 1 ? scope.namespace : undefined;
}

/**
 * Whether a violation that a sweep did not find may still be there: it is in what the sweep could not judge. Where not all
 * errors are listed nobody knows, and it may.
 */
export function mayBeLeftOut(
  violation: About,
  { errors, errorCount }: { readonly errors: readonly SweepError[]; readonly errorCount: number },
): boolean {
  return errorCount > errors.length || errors.some(({ scope }) => scope && covers(scope, violation));
}

/** Of a violation, what it is about. */
interface About {
  readonly constraint: { readonly kind: string; readonly name: string };
  readonly object: {
    readonly group: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  };
}

function covers(scope: SweepScope, { constraint, object }: About): boolean {
  const fits = (wanted: string | undefined, has: string): boolean => wanted === undefined || wanted === has;
  return (
    fits(scope.group, object.group) &&
    fits(scope.kind, object.kind) &&
    // A Namespace that cannot be read takes what is in it along.
    fits(scope.namespace, object.namespace ?? "") &&
    fits(scope.name, object.name) &&
    fits(scope.constraintKind, constraint.kind) &&
    fits(scope.constraint, constraint.name)
  );
}
