export interface PlanOptions {
  /** Keeps the order of evaluation that observers, print lines and the first builtin error show. */
  readonly exact: boolean;
  /** For observers: expressions carry their text, nothing is merged or reordered. */
  readonly observed: boolean;
  /** For observers of unifications: what is unified is told of. */
  readonly unifications: boolean;
  readonly ruleIndex: boolean;
  /** A part of the input, by its names, whose identity tells that it is the same as in an earlier evaluation. */
  readonly stableInput: readonly string[] | undefined;
  /** What the planner must know of a builtin. */
  readonly builtin: (name: string) => BuiltinFacts | undefined;
}

export interface BuiltinFacts {
  readonly arity: number;
  readonly relation: boolean;
  /** Its result follows from its arguments, and it does nothing else. */
  readonly pure: boolean;
}
