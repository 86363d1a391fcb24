import type { Choices } from "./choices.ts";
import type { Type } from "./types.ts";

export interface Variable {
  readonly name: string;
  readonly type: Type;
}

/** A rule or function that is complete, so that those after it can use it. */
export interface Callable {
  /** How others write it: `r1`, `data.t.r1.a`, `data.lib.f`. */
  readonly ref: string;
  /** Absent for rules that are not functions. */
  readonly args: readonly Type[] | undefined;
  readonly type: Type;
}

/** What generated text may use at one place. */
export interface Scope {
  readonly c: Choices;
  readonly version: "v0" | "v1";
  /** Whether `in`, `every`, `if`, `contains` are keywords. */
  readonly keywords: boolean;
  /** Whether `not {…}` is a body. */
  readonly notBodies: boolean;
  /** Stays away from what mostly ends as a type error: many programs are to be evaluated. */
  readonly cautious: boolean;
  /** Variables that are bound here. */
  readonly variables: Variable[];
  readonly callables: readonly Callable[];
  /** Shared by all scopes of a module: numbers of fresh names. */
  readonly names: { next: number };
}

export function inner(scope: Scope): Scope {
  return { ...scope, variables: [...scope.variables] };
}

export function fresh(scope: Scope): string {
  return `v${scope.names.next++}`;
}
