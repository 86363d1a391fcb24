import type { BudgetLimits, HostAnswers, Observer, PlainObject, Value } from "@portcullis/interpreter";
import type { Constraint } from "./constraints/constraint.ts";
import type { Answer, CompiledTemplate } from "./drivers/driver.ts";
import type { EngineError } from "./errors.ts";
import type { ReviewInput } from "./target/review-input.ts";
import { MATCHED, NOT_MATCHED } from "./target/match/matchable.ts";
import type { Decision } from "./target/match/matchable.ts";
import { matchErrorMessage } from "./reviews/messages.ts";
import type { Explanation } from "./reviews/explanation.ts";
import type { Result } from "./reviews/review.ts";

/** A constraint that is asked at this enforcement point, and what it does there. */
export interface Asked {
  readonly constraint: Constraint;
  readonly actions: readonly string[];
}

/** What one review needs to judge the constraints of one kind. */
export interface Court {
  readonly input: ReviewInput;
  readonly data: PlainObject;
  /** When the review, or each evaluation, must be over; undefined without a limit. */
  readonly budget: BudgetLimits | undefined;
  /** Whether that time is over. */
  readonly isLate: () => boolean;
  /** Answers to calls of the world outside; undefined where there is nobody to answer. */
  readonly answers: HostAnswers | undefined;
  readonly trace: string[] | undefined;
  readonly explanation: Explanation | undefined;
  readonly observer: Observer | undefined;
}

/** Where verdicts are gathered. */
export interface Verdicts {
  readonly results: Result[];
  readonly errors: EngineError[];
}

const NO_DETAILS: PlainObject = Object.freeze({});

/**
 * Judges a review by all constraints of one kind. A constraint that cannot be matched rejects by itself. When the rule fails
 * for one constraint, every constraint of the kind that was asked rejects with the error's text, as in Gatekeeper, which
 * asks them in one query. A constraint without a verdict is an error that names it; the others still answer.
 */
export function judgeKind(
  template: CompiledTemplate,
  asked: readonly Asked[],
  court: Court,
  { results, errors }: Verdicts,
): void {
  const matching: Asked[] = [];
  for (const one of asked) {
    const decision = matches(one.constraint, court.input);
    if ("error" in decision) {
      results.push(result(one, matchErrorMessage(court.input.name, decision.error), NO_DETAILS));
      court.explanation?.add(one.constraint.ref, `violated: it cannot be matched: ${decision.error}`);
    } else if (decision.matched) matching.push(one);
    else {
      traceOf(one.constraint, court)?.push(`${nameOf(one.constraint)}: does not match`);
      court.explanation?.add(one.constraint.ref, `does not match${whyNot(one.constraint, court.input)}`);
    }
  }
  const before = results.length;
  const answers = matching.length > 1 ? new Map<PlainObject, Answer>() : undefined;
  for (const one of matching) {
    const answer = evaluate(template, one.constraint, court, answers);
    if (answer.kind === "failed") {
      results.length = before;
      for (const other of matching) results.push(result(other, answer.message, NO_DETAILS));
      return;
    }
    if (answer.kind === "undecided") errors.push(named(one.constraint, answer.error));
    else for (const { msg, details } of answer.violations) results.push(result(one, msg, details));
  }
}

/** Either the object or the old object has to match; what cannot be decided for one is not decided by the other. */
function matches({ matcher }: Constraint, { candidates }: ReviewInput): Decision {
  const [first] = candidates;
  if (!first) return matcher.matchesAll ? MATCHED : { error: NO_OBJECT };
  // Constraints are found by the kinds of the candidates.
  if (candidates.length === 1) return matcher.match(first, true);
  let decision: Decision = NOT_MATCHED;
  for (const candidate of candidates) {
    decision = matcher.match(candidate);
    if ("error" in decision || decision.matched) return decision;
  }
  return decision;
}

/** The criterion that keeps the object out; with two objects each may have another one. */
function whyNot({ matcher }: Constraint, { candidates }: ReviewInput): string {
  const fields = new Set(candidates.flatMap((candidate) => matcher.whyNot(candidate) ?? []));
  return fields.size === 0 ? "" : ` by spec.match.${[...fields].join(", spec.match.")}`;
}

const NO_OBJECT = "invalid request object: neither object nor old object are defined";

/** A constraint with the parameters of one that was asked gets its answer; watched evaluations are made each by itself. */
function evaluate(
  template: CompiledTemplate,
  constraint: Constraint,
  court: Court,
  known: Map<PlainObject, Answer> | undefined,
): Answer {
  const { input, data, answers, budget, observer } = court;
  const trace = traceOf(constraint, court);
  if (court.isLate()) {
    const message = "the time for the review was used up before this constraint";
    return { kind: "undecided", error: { code: "evaluation_failed", message, retryable: true } };
  }
  const isWatched = court.trace !== undefined || court.explanation !== undefined || observer !== undefined;
  const same = isWatched ? undefined : known?.get(constraint.parameters);
  if (same) return same;
  if (trace) trace.push(`${nameOf(constraint)}:`);
  const explained = court.explanation?.wants(constraint.ref) ? court.explanation : undefined;
  let lines: readonly string[] = [];
  const answer = template.evaluate({
    review: input.review,
    parameters: constraint.parameters,
    data,
    answers,
    budget,
    observer,
    trace: trace && ((traced) => void trace.push(...traced.map((line) => `  ${line}`))),
    explain: explained && ((found) => void (lines = found)),
  });
  explained?.add(constraint.ref, outcomeOf(answer), lines);
  known?.set(constraint.parameters, answer);
  return answer;
}

/** Where an explanation leaves a constraint out, so does the trace. */
function traceOf({ ref }: Constraint, { trace, explanation }: Court): string[] | undefined {
  return explanation?.wants(ref) === false ? undefined : trace;
}

function outcomeOf(answer: Answer): string {
  if (answer.kind === "failed") return `its rule failed: ${answer.message}`;
  if (answer.kind === "undecided") return `no verdict: ${answer.error.message}`;
  const { length } = answer.violations;
  return length === 0 ? "no violation" : length === 1 ? "1 violation" : `${length} violations`;
}

function named(constraint: Constraint, error: EngineError): EngineError {
  const { kind, name } = constraint.ref;
  return { ...error, message: `${nameOf(constraint)}: ${error.message}`, constraint: { kind, name } };
}

function nameOf({ ref }: Constraint): string {
  return `${ref.kind}/${ref.name}`;
}

function result({ constraint, actions }: Asked, msg: string, details: Value): Result {
  return {
    constraint: constraint.ref,
    msg,
    details,
    enforcementAction: constraint.enforcement.action,
    actions,
  };
}
