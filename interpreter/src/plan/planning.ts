import type { CompiledModules, RuleNode } from "../compiler/compiled.ts";
import type { Term } from "../syntax/ast.ts";
import type { Location } from "../location.ts";
import type { Value } from "../value/value.ts";
import type { KeyShape } from "./key-shape.ts";
import type { Narrowing } from "./narrowing.ts";
import type { Operand, Pattern, RefEnd, ShownVar, Side, Slot, Span, Step } from "./plan.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { Scope } from "./scope.ts";

/** What all bodies of one plan share: rules, tree nodes and sources are numbered on first use. */
export interface Planning {
  readonly compiled: CompiledModules;
  readonly options: PlanOptions;
  /** Builtins called so far. */
  readonly builtins: Set<string>;
  span(location: Location): Span;
  /** The number of the rule at a node; `keyed` for the variant that evaluates the part under one key. */
  rule(node: RuleNode, path: readonly Value[], keyed: boolean): number;
  /** The number of the variant of a partial set that makes the elements wanted, and perhaps others. */
  narrowed(node: RuleNode, path: readonly Value[], narrowing: Narrowing): number;
  /** The number of the variant of a partial set whose heads fit a key, as far as that is known; for observers. */
  fitted(node: RuleNode, path: readonly Value[], key: KeyShape): number;
  /** The number of a node of the tree of virtual documents. */
  tree(node: RuleNode, path: readonly Value[]): number;
}

/** One key of a reference. */
export type RefKey = { readonly constant: Value } | { readonly term: Term };

/** Plans the terms of one body. The files that plan references, equality and `with` know one another through this only. */
export interface TermPlanning {
  readonly planner: Planning;
  readonly scope: Scope;
  /** The value of a term; new variables in brackets of a ref are bound by steps. `into` is where a final scan may leave its value. */
  operand(term: Term, steps: Step[], into?: Slot): Operand;
  /** The value of a term in which nothing is left to bind. */
  ground(term: Term): Operand;
  /** Follows keys below a value: known keys are read, others are scanned. */
  path(base: Operand, keys: readonly RefKey[], steps: Step[], store: boolean, into?: Slot): Operand;
  /** The pattern of a key that is being enumerated; undefined where nobody reads it. */
  scanKey(term: Term): Pattern | undefined;
  /** True where the term's value needs no binding at all. */
  isGround(term: Term): boolean;
  /** True where the term gives values by itself: ground, or a ref whose brackets it enumerates. */
  isEvaluable(term: Term): boolean;
  /** For observers rules are steps of their own, so that what follows runs within them. */
  solved(operand: Operand & { op: "rule" | "keyed" | "function" }, steps: Step[], from?: SolvedFrom): Operand;
  /** Unifies a term with a value that is there already. `sides` are the term as observers were told of it. */
  assign(term: Term, value: Operand, steps: Step[], sides?: readonly Side[]): void;
  /** For observers: the variables of the expression that have got their values by now. */
  boundVars(): readonly ShownVar[];
  /** Where the reference below `data` ends that was planned last. */
  refEnd: RefEnd | undefined;
  /** Tells observers of unifications that two sides are unified; pushes nothing for others. */
  tell(left: Side, right: Side, steps: Step[], read?: RefEnd): void;
  /**
   * The value of a term that is unified with `other`: that of a reference or comprehension is unified in its place, and
   * observers are told of that. `into` as for an operand.
   */
  evaluated(term: Term, sides: Sides | undefined, steps: Step[], into?: Slot): Operand;
}

/** A term that is unified, and what with: that may hold more values once the term is evaluated. */
export interface Sides {
  /** As it is told of, each time. */
  readonly own: readonly Side[];
  readonly other: () => Side;
}

/** Where the value of a rule is read, if not in the present expression; and what is shown of it, where that is not a call. */
export interface SolvedFrom {
  readonly span?: Span;
  readonly shown?: { readonly name: string; readonly rule: number; readonly key: Value | undefined };
  /** The known parts of the key that the heads of a set must fit. */
  readonly given?: readonly Operand[];
  /** For observers of unifications: see `Solve` in a plan. */
  readonly asked?: Side | undefined;
}
