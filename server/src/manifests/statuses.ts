import type { PlainObject } from "@portcullis/interpreter";
import { fields, flag, int64, listByKey, listOf, oneOf, text, texts, time } from "./schemas.ts";

// What pods report, in objects of their own and, gathered, in `status.byPod` (contract 1.4).

const codedError = fields({ "code!": text, "message!": text, location: text });
const typedError = fields({ type: text, "message!": text });

/** What every report has, besides the uid of what it is about. */
const common = { id: text, operations: texts, observedGeneration: int64 };

export const templateReport = fields({
  ...common,
  templateUID: text,
  errors: listOf(codedError),
  vapGenerationStatus: fields({ state: text, observedGeneration: int64, warning: text }),
});

export const constraintReport = fields({
  ...common,
  constraintUID: text,
  enforced: flag,
  errors: listOf(codedError),
  enforcementPointsStatus: listOf(
    fields({ "enforcementPoint!": text, "state!": text, message: text, observedGeneration: int64 }),
  ),
});

export const configReport = fields({ ...common, configUID: text, errors: listOf(typedError) });

export const mutatorReport = fields({
  ...common,
  mutatorUID: text,
  enforced: flag,
  errors: listOf(typedError),
});

export const expansionTemplateReport = fields({ ...common, templateUID: text, errors: listOf(typedError) });

export const providerReport = fields({
  ...common,
  providerUID: text,
  active: flag,
  lastTransitionTime: time,
  lastCacheUpdateTime: time,
  errors: listOf(fields({ "type!": text, "message!": text, "retryable!": flag, "errorTimestamp!": time })),
});

const connectionErrors = listOf(fields({ "type!": text, "message!": text }), { maxItems: 500 });

export const connectionReport = fields({
  ...common,
  connectionUID: text,
  // Gatekeeper 3.23 has these two, 3.24 the other two.
  active: flag,
  errors: connectionErrors,
  connectionErrors,
  publishStatuses: listByKey(
    "source",
    fields({
      "source!": oneOf("audit", "webhook"),
      active: flag,
      lastAttemptTime: time,
      lastSuccessTime: time,
      errors: connectionErrors,
    }),
    { maxItems: 2 },
  ),
});

/** Kubernetes' usual conditions; of ours there is `Ready`. */
export const conditions = listByKey(
  "type",
  fields({
    "type!": text,
    "status!": oneOf("True", "False", "Unknown"),
    observedGeneration: int64,
    lastTransitionTime: time,
    reason: text,
    message: text,
  }),
);

/** `status` of an object that pods report on. */
export function gathered(report: PlainObject): PlainObject {
  return fields({ byPod: listOf(report), conditions });
}
