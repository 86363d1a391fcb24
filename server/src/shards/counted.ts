import { METRIC_TABLE } from "../observability/metric-table.ts";

/** What only the processes that answer requests know. */
export const COUNTED_BY_SHARDS: ReadonlySet<string> = new Set(
  [
    METRIC_TABLE.validations,
    METRIC_TABLE.validationSeconds,
    METRIC_TABLE.mutations,
    METRIC_TABLE.mutationSeconds,
    METRIC_TABLE.mutationRounds,
    METRIC_TABLE.providerErrors,
    METRIC_TABLE.exportQueued,
    METRIC_TABLE.exportQueueFull,
    METRIC_TABLE.exportPublished,
    METRIC_TABLE.exportPublishErrors,
    METRIC_TABLE.exportDropped,
    METRIC_TABLE.exportQueueDepth,
    METRIC_TABLE.exportQueueBytes,
  ].map(({ name }) => name),
);
