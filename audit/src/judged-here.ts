import { inBatches } from "./in-batches.ts";
import { judgeObject } from "./judge.ts";
import type { JudgeDeps } from "./judge.ts";
import type { ObjectSource } from "./object-source.ts";
import type { SweepError } from "./sweep-error.ts";
import type { SweepDeps } from "./sweep.ts";
import { VIOLATIONS_AT_ONCE } from "./verdict-source.ts";
import type { Violation } from "./violation.ts";

/** Judges the objects of a source in this thread, by the client's policies as they are at each moment. */
export function judgedHere({
  source,
  ...judge
}: Omit<JudgeDeps, "namespace"> & { readonly source: ObjectSource }): Pick<
  SweepDeps,
  "constraints" | "verdicts"
> {
  const deps: JudgeDeps = { ...judge, namespace: (name) => source.namespace(name) };
  return {
    constraints: () => judge.client.constraints(),
    verdicts: {
      async *pages(signal, tell) {
        for await (const page of source.pages(signal, tell)) {
          const violations: Violation[] = [];
          const errors: SweepError[] = [];
          let objects = 0;
          for (const audited of page) {
            if (signal.aborted) return;
            const verdict = await judgeObject(audited, deps);
            if (!verdict) continue;
            objects++;
            for (const violation of verdict.violations) violations.push(violation);
            for (const error of verdict.errors) errors.push(error);
          }
          yield { objects, violations: inBatches(violations, VIOLATIONS_AT_ONCE), errors };
        }
      },
    },
  };
}
