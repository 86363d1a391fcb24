import { reviewWithExpansion } from "@portcullis/engine";
import type { Response, Review } from "@portcullis/engine";
import type { PlainObject, Waiting } from "@portcullis/interpreter";
import { isConfigExcluded, isOwnServiceAccount, subjectOf } from "./exemptions.ts";
import type { AdmissionOptions, Policies } from "./policies.ts";
import { reviewVerdict } from "./reply.ts";
import { isNamespace, requestNamespace } from "./request-namespace.ts";
import { earlyConstraintWarning } from "./self-validation/constraint.ts";
import { refuseOwnResource } from "./self-validation/self-validation.ts";
import type { ServingSlots } from "./slots.ts";
import { tracingOf } from "./traces.ts";
import type { TraceLog } from "./traces.ts";
import type { Verdict } from "./verdict.ts";

/** A verdict, with what the record of the decision wants to know. */
export interface Decision {
  readonly verdict: Verdict;
  /** False for the answers that Gatekeeper's request metrics leave out: its own account, its own resources refused. */
  readonly counted: boolean;
  /** Absent when no review took place. */
  readonly response?: Response;
  /** The review was traced. */
  readonly traced?: boolean;
}

/** Whoever asks. */
export interface Asking {
  /** Fires when nobody waits for the answer any more; its reason is the refusal to answer with. */
  readonly signal: Waiting;
  /** Milliseconds, from now on, that the decision may take. */
  remainingMs(): number | undefined;
}

export interface Deciding {
  readonly policies: Policies;
  readonly options: AdmissionOptions;
  readonly slots: ServingSlots;
  readonly traces: TraceLog;
}

/**
 * Decides one admission request of `/v1/admit`: Gatekeeper's steps in Gatekeeper's order. Rejects only with what
 * `toVerdict` answers.
 */
export async function decide(request: PlainObject, deciding: Deciding, caller: Asking): Promise<Decision> {
  const { policies, options } = deciding;
  if (isOwnServiceAccount(request, options)) {
    return { counted: false, verdict: allowed("Gatekeeper does not self-manage") };
  }
  const refusal = refuseOwnResource(request, policies.client, options);
  if (refusal) return { counted: false, verdict: refusal };
  if (isConfigExcluded(request, "webhook", policies.excluder())) {
    return { counted: true, verdict: allowed("Namespace is set to be ignored by Gatekeeper config") };
  }
  const { signal } = caller;
  const release = await deciding.slots.acquire(signal);
  try {
    const review = await toReview(request, policies, signal);
    const timeoutMs = shorter(options.reviewTimeoutMs, caller.remainingMs());
    const tracing = tracingOf(request, policies.config());
    const asked = {
      enforcementPoint: "validation.gatekeeper.sh",
      honourOperations: true,
      ...(tracing && { explain: tracing.explain, trace: true }),
      ...(options.logStats && { stats: true }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    } as const;
    const response = await policies.client.settle(
      (reviewer) => reviewWithExpansion(reviewer, policies.expansion, review, asked),
      signal,
    );
    if (tracing) deciding.traces.trace(request, response);
    if (tracing?.dump) deciding.traces.dump(request, policies.client.dump());
    const warning = options.admitEarlyConstraints
      ? earlyConstraintWarning(request, subjectOf(request), policies.client)
      : undefined;
    const verdict = withWarning(reviewVerdict(response), warning);
    return { counted: true, verdict, response, traced: tracing !== undefined };
  } finally {
    release();
  }
}

function withWarning(verdict: Verdict, warning: string | undefined): Verdict {
  if (warning === undefined) return verdict;
  const { code, warnings = [] } = verdict;
  return { ...verdict, code: code === 200 ? 299 : code, warnings: [...warnings, warning] };
}

function shorter(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function allowed(message: string): Verdict {
  return { allowed: true, code: 200, message };
}

async function toReview(request: PlainObject, policies: Policies, signal: Waiting): Promise<Review> {
  if (isNamespace(request)) {
    const { namespace: _, ...rest } = request;
    return { request: rest, source: "Original" };
  }
  const { namespace } = await requestNamespace(request, policies, signal);
  return { request, ...(namespace && { namespace }), source: "Original" };
}
