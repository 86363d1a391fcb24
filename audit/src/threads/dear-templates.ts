import type { SweepError } from "../sweep-error.ts";

/** Objects for which a template may take too much time or memory before it is left out of the rest of a sweep, which would take days. */
const DEAR_OBJECTS = 3;

/** Counts for how many objects the constraints of a template took too much. */
export class DearTemplates {
  readonly givenUp = new Set<string>();
  readonly #objects = new Map<string, number>();

  /** Answers those that are given up now. */
  met(kinds: readonly string[] = []): readonly string[] {
    return [...new Set(kinds)].filter((kind) => {
      const objects = (this.#objects.get(kind) ?? 0) + 1;
      this.#objects.set(kind, objects);
      if (objects !== DEAR_OBJECTS) return false;
      this.givenUp.add(kind);
      return true;
    });
  }
}

/** What is told of a template that is given up. */
export function givenUpOn(kind: string): SweepError {
  const message = `${kind} took too much time or memory for ${DEAR_OBJECTS} objects: it is left out of the rest of this audit`;
  return { message, scope: { constraintKind: kind } };
}
