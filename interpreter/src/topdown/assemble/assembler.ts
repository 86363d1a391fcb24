import type { Builtin } from "../../builtins/builtin.ts";
import type { Observer } from "../../plan/events.ts";
import type { BodyPlan, Operand, Pattern, Plan, RulePlan, Step } from "../../plan/plan.ts";
import type { Value } from "../../value/value.ts";
import type { Frame, Machine } from "../machine.ts";
import type { Tracer } from "../tracer.ts";
import type { Seen } from "../unifications.ts";

/** An operand: its value, or undefined. */
export type Eval = (frame: Frame) => Value | undefined;

/**
 * A step together with all that follows it. Returns true to stop: a solution was found that makes looking for others
 * pointless. A step without a choice is its test followed by the rest.
 */
export type Run = (frame: Frame) => boolean;

/** Takes a value apart into the frame; false where it does not fit. */
export type Fit = (frame: Frame, value: Value) => boolean;

/**
 * A rule ready to be evaluated. Its closures are made at its first use: a policy pays for the rules a query meets.
 * Values are kept in the machine's cache until the query, or the `with`, ends.
 */
export interface RuleUnit {
  /** The value of a complete rule, the whole of a partial one. */
  value(): Value | undefined;
  /** The part of a partial document under a key. */
  at(key: Value): Value | undefined;
  /** For observers: the rule is looked up and, being a function, not evaluated. */
  meet?(): void;
  /** The value of a function. */
  call(args: readonly Value[]): Value | undefined;
  /**
   * The value for these arguments (or this key), then what follows it; true to stop. `bare` as in the plan; `asked` is for
   * observers of unifications: what the heads are unified with besides.
   */
  solve(args: readonly Value[], found: (value: Value) => boolean, bare?: boolean, asked?: Seen): boolean;
}

/** Turns plan nodes into closures. The files of this folder know one another through this interface only. */
export interface Assembler {
  readonly plan: Plan;
  readonly machine: Machine;
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly options: AssembleOptions;
  /** Only where a query is prepared for observers. */
  readonly tracer: Tracer | undefined;
  readonly operand: (operand: Operand) => Eval;
  /** As `operand`, for a value that keeps nothing of the variables it was made of: part of a result, or a builtin's argument. */
  readonly plain: (operand: Operand) => Eval;
  readonly fit: (pattern: Pattern) => Fit;
  /** The steps of a body, then `last`. */
  readonly body: (body: BodyPlan, last: Run) => Run;
  readonly steps: (steps: readonly Step[], last: Run) => Run;
  /** Whether a body has a solution. */
  readonly test: (body: BodyPlan) => Run;
  readonly rule: (id: number) => RuleUnit;
  /** Writes a rule as JavaScript, where that is wanted and can be. */
  readonly generate:
    ((plan: RulePlan) => ((args: readonly Value[]) => Value | undefined) | undefined) | undefined;
}

export interface AssembleOptions {
  /** Stop looking for further values of a rule that can only have one constant value. */
  readonly earlyExit: boolean;
  /** Evaluate everything OPA evaluates, though no result depends on it: builtin errors and print lines do. */
  readonly exact: boolean;
  /** Whether observers are told that the rule index leaves clauses out. */
  readonly ruleIndex: boolean;
  readonly observers: readonly Observer[];
  /** Write JavaScript for bodies, which pays for what is evaluated often. */
  readonly generate: boolean;
}

/** The end of a body of which only one solution is wanted. */
export const FOUND: Run = () => true;
