import type {
  BudgetLimits,
  Coverable,
  HostAnswers,
  Observer,
  PlainObject,
  Value,
} from "@portcullis/interpreter";
import type { Dependence, InventoryRead, TemplateHint } from "../client.ts";
import type { EngineError, Outcome } from "../errors.ts";
import type { RegoSource } from "../templates/template.ts";

/** Turns the code of a template into something that can judge. One driver serves one language. */
export interface Driver {
  readonly name: string;
  /** Compiles the code of the template of this kind. */
  compile(kind: string, source: RegoSource): Outcome<CompiledTemplate>;
}

/** The code of one template, ready to judge any number of reviews. */
export interface CompiledTemplate {
  /** Judges a review for one constraint. */
  evaluate(question: Question): Answer;
  /** The texts that were compiled, by module name, for `dump: All`. */
  readonly modules: Readonly<Record<string, string>>;
  /** What an evaluation can reach of the modules: for reports of coverage. */
  coverable(): readonly Coverable[];
  /** What the author probably did not mean. */
  readonly hints: readonly TemplateHint[];
  /** What its verdicts depend on besides the question's review and parameters. */
  readonly dependsOn: Dependence;
  /** Which parts of the inventory they read, each once. */
  readonly reads: readonly InventoryRead[];
}

export interface Question {
  /** `input.review`. */
  readonly review: PlainObject;
  /** `input.parameters`. */
  readonly parameters: PlainObject;
  /** The base document, `{ inventory }`. */
  readonly data: PlainObject;
  /** What this evaluation may spend; a time limit without a deadline begins with the evaluation. */
  readonly budget?: BudgetLimits | undefined;
  /** Told what happens during the evaluation. */
  readonly observer?: Observer | undefined;
  /** The answers to calls of the world outside: a call without one throws a `Suspension`. Absent: such calls fail. */
  readonly answers?: HostAnswers | undefined;
  /** Receives the lines of a trace. Without it none is made. */
  readonly trace?: ((lines: readonly string[]) => void) | undefined;
  /** Receives lines for people: what became of each rule, and why. Without it nothing is observed. */
  readonly explain?: ((lines: readonly string[]) => void) | undefined;
}

export interface Violation {
  readonly msg: string;
  readonly details: Value;
}

export type Answer =
  | { readonly kind: "violations"; readonly violations: readonly Violation[] }
  /** The rule itself failed: Gatekeeper makes the text the message of a violation of every constraint of the kind. */
  | { readonly kind: "failed"; readonly message: string }
  /** No verdict: a budget ran out, or the rule's answer is not a violation at all. */
  | { readonly kind: "undecided"; readonly error: EngineError };
