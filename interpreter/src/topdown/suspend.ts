import { BuiltinError } from "../builtins/builtin.ts";
import { equals } from "../value/order.ts";
import type { Value } from "../value/value.ts";

/** One question to the host and what came of it. */
export interface HostAnswer {
  readonly kind: string;
  readonly request: Value;
  readonly outcome: { readonly answer: Value } | { readonly error: string };
}

/** Answers at hand for an evaluation; kept, they are all that is needed to run it again. */
export type HostAnswers = readonly HostAnswer[];

/** In the place of answers: no host call gets one, and its builtin fails. */
export const NO_HOST = "no host";
export type NoHost = typeof NO_HOST;

/** Gives the host's answer to a question. A rejection fails the builtin with the reason's message. */
export type AnswerHostCall = (kind: string, request: Value) => Promise<Value>;

/**
 * Ends an attempt at an evaluation because a builtin needs something that takes waiting. Whoever asked for the
 * evaluation gets the answer and runs it again: evaluation itself stays synchronous and takes the same road twice.
 * Control flow, not an error; no policy can catch it.
 */
export class Suspension extends Error {
  override readonly name = "Suspension";
  readonly kind: string;
  readonly request: Value;

  constructor(kind: string, request: Value) {
    super(`${kind} needs an answer of the host`);
    this.kind = kind;
    this.request = request;
  }
}

/** The answer to a question; a {@link Suspension} where there is none yet. */
export function answerOf(answers: HostAnswers | NoHost | undefined, kind: string, request: Value): Value {
  if (answers === NO_HOST) throw new BuiltinError(`${kind} is not available here`);
  const found = answers?.find((answer) => answer.kind === kind && equals(answer.request, request));
  if (!found) throw new Suspension(kind, request);
  if ("error" in found.outcome) throw new BuiltinError(found.outcome.error);
  return found.outcome.answer;
}

/** Who waits for an evaluation: an `AbortSignal`, in the part that is used here. */
export interface Waiting {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * Runs an evaluation as often as it takes: each time a host call suspends it, the call is answered and the evaluation
 * run again with all answers so far. One attempt finds one call, so an evaluation with n calls runs n + 1 times. When
 * nobody waits any more, it rejects with the signal's reason, whatever the host is still doing.
 */
export async function evalWithAnswers<T>(
  attempt: (answers: HostAnswers) => T,
  given: HostAnswers,
  answer: AnswerHostCall,
  waiting?: Waiting,
): Promise<T> {
  const answers: HostAnswer[] = [...given];
  for (;;) {
    try {
      return attempt(answers);
    } catch (error) {
      if (!(error instanceof Suspension)) throw error;
      const { kind, request } = error;
      const outcome = await unlessAborted(outcomeOf(answer(kind, request)), waiting);
      answers.push({ kind, request, outcome });
    }
  }
}

function outcomeOf(answer: Promise<Value>): Promise<HostAnswer["outcome"]> {
  return answer.then(
    (value) => ({ answer: value }),
    (reason: unknown) => ({ error: reason instanceof Error ? reason.message : String(reason) }),
  );
}

function unlessAborted<T>(settling: Promise<T>, waiting: Waiting | undefined): Promise<T> {
  if (!waiting) return settling;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(waiting.reason);
    if (waiting.aborted) abort();
    waiting.addEventListener("abort", abort);
    void settling.then(resolve, reject).finally(() => waiting.removeEventListener("abort", abort));
  });
}
