import type { FastifyInstance } from "fastify";
import { decideLabel } from "../admission/decide-label.ts";
import { decide } from "../admission/decide.ts";
import type { Deciding } from "../admission/decide.ts";
import type { AdmissionOptions } from "../admission/policies.ts";
import { record } from "../admission/record.ts";
import type { Recording } from "../admission/record.ts";
import { toVerdict } from "../admission/reply.ts";
import { admissionReviewRoute } from "./admission-review.ts";

export interface AdmitDeps extends Deciding, Recording {}

/** `/v1/admit`. */
export function admitRoutes(app: FastifyInstance, deps: AdmitDeps): void {
  admissionReviewRoute(app, "/v1/admit", async (request, caller) => {
    const started = performance.now();
    const decision = await decide(request, deps, caller).catch((error: unknown) => {
      deps.log.error("could not decide", { logger: "webhook", error: String(error) });
      return { counted: true, verdict: toVerdict(error) };
    });
    record(request, decision, (performance.now() - started) / 1000, deps);
    return decision.verdict;
  });
}

/** `/v1/admitlabel`. */
export function admitLabelRoutes(app: FastifyInstance, options: AdmissionOptions): void {
  admissionReviewRoute(app, "/v1/admitlabel", (request) => Promise.resolve(decideLabel(request, options)));
}
