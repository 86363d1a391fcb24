import type { Instruments } from "./instruments.ts";
import { METRIC_TABLE } from "./metric-table.ts";

const DROP_REASONS = [
  "marshal_error",
  "message_too_large",
  "queue_bytes_full",
  "queue_full",
  "shutdown",
] as const;

/** Why a record was dropped before anybody tried to publish it; Gatekeeper's words. */
export type DropReason = (typeof DROP_REASONS)[number];

/** What is counted of exports; the names of metrics are Gatekeeper's (contract 7). */
export interface ExportMetrics {
  queued(): void;
  queueFull(): void;
  published(records: number): void;
  publishErrors(records: number): void;
  dropped(reason: DropReason, records: number): void;
  /** Asked whenever somebody reads the metrics. */
  observeQueue(read: () => { readonly depth: number; readonly bytes: number }): void;
}

/** Makes the metrics of exports: at zero, so that an alert has something to look at. */
export function exportMetrics(made: Instruments): ExportMetrics {
  const queued = made.counter(METRIC_TABLE.exportQueued);
  const queueFull = made.counter(METRIC_TABLE.exportQueueFull);
  const published = made.counter(METRIC_TABLE.exportPublished);
  const publishErrors = made.counter(METRIC_TABLE.exportPublishErrors);
  const dropped = made.counter(METRIC_TABLE.exportDropped);
  for (const reason of DROP_REASONS) dropped.inc({ reason }, 0);
  return {
    queued: () => queued.inc(),
    queueFull: () => queueFull.inc(),
    published: (records) => published.inc(records),
    publishErrors: (records) => publishErrors.inc(records),
    dropped: (reason, records) => dropped.inc({ reason }, records),
    observeQueue(read) {
      made.gauge(METRIC_TABLE.exportQueueDepth, (gauge) => gauge.set(read().depth));
      made.gauge(METRIC_TABLE.exportQueueBytes, (gauge) => gauge.set(read().bytes));
    },
  };
}
