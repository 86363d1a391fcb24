import type { PatchOperation } from "./json-patch.ts";

/** What the webhook answers to one request, before it is put into an AdmissionReview. */
export interface Verdict {
  readonly allowed: boolean;
  /** `status.code`: 200, 299 with warnings, 403 denied by policy, 400/413 unreadable, 422 refused, 500 failed. */
  readonly code: number;
  readonly message?: string;
  readonly reason?: string;
  readonly warnings?: readonly string[];
  /** What `/v1/mutate` wants changed; never empty. */
  readonly patch?: readonly PatchOperation[];
}

/** Ends a decision with an answer that is no policy verdict. Thrown inside the server alone; `toVerdict` answers it. */
export class AdmissionRefusal extends Error {
  override readonly name = "AdmissionRefusal";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
