import type { FastifyInstance } from "fastify";
import { objectAt } from "@portcullis/engine";
import { decideMutation } from "../admission/decide-mutation.ts";
import { mutationFields } from "../admission/mutation-record.ts";
import type { AdmissionOptions, Policies } from "../admission/policies.ts";
import { toVerdict } from "../admission/reply.ts";
import type { Log } from "../observability/log.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import { admissionReviewRoute } from "./admission-review.ts";

export interface MutateDeps {
  readonly policies: Policies;
  readonly options: AdmissionOptions;
  readonly log: Log;
  readonly metrics: ServerMetrics;
}

/** `/v1/mutate`. */
export function mutateRoutes(app: FastifyInstance, deps: MutateDeps): void {
  const { policies, options, log, metrics } = deps;
  admissionReviewRoute(app, "/v1/mutate", async (request, { signal }) => {
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    try {
      const { verdict, outcome } = await decideMutation(request, policies, options, signal);
      metrics.countMutation(outcome?.mutated ? "success" : "skip", seconds());
      if (outcome) metrics.countMutationRounds(true, outcome.iterations.length);
      if (outcome?.mutated && options.logMutations) {
        log.info("Mutation applied", mutationFields(objectAt(request, "object") ?? {}, outcome));
      }
      return verdict;
    } catch (error) {
      log.error("could not mutate", { logger: "webhook", error: String(error) });
      // Gatekeeper counts these as successes: whoever watches the metric would not learn of them.
      metrics.countMutation("error", seconds());
      return toVerdict(error);
    }
  });
}
