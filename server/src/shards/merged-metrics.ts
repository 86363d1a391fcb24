import { AggregatorRegistry } from "prom-client";
import type { Registry } from "prom-client";
import { METRIC_TABLE } from "../observability/metric-table.ts";
import type { MetricsSource } from "../routes/metrics.ts";
import type { MetricSnapshot } from "./protocol.ts";

type Snapshots = readonly (readonly MetricSnapshot[])[];

/** The metrics of this process together with those of others that are added: sums, by name and labels. */
export class ExposedMetrics implements MetricsSource {
  readonly contentType: string;
  readonly #own: Registry;
  #others: (() => Promise<Snapshots>) | undefined;

  constructor(own: Registry) {
    this.#own = own;
    this.contentType = own.contentType;
  }

  add(others: () => Promise<Snapshots>): void {
    this.#others = others;
  }

  async metrics(): Promise<string> {
    if (!this.#others) return this.#own.metrics();
    return aggregated([snapshots(await this.#own.getMetricsAsJSON()), ...(await this.#others())]).metrics();
  }
}

/** What only the processes that answer requests know; all else the primary process knows as well, and counts once. */
const COUNTED: ReadonlySet<string> = new Set([
  ...[METRIC_TABLE.validations, METRIC_TABLE.validationSeconds].map(({ name }) => name),
  ...[METRIC_TABLE.mutations, METRIC_TABLE.mutationSeconds, METRIC_TABLE.mutationRounds].map(
    ({ name }) => name,
  ),
  METRIC_TABLE.providerErrors.name,
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
]);

/** The metrics of a shard that count in the sums. */
export function countsOf(metrics: unknown): readonly MetricSnapshot[] {
  return snapshots(metrics).filter(({ name }) => COUNTED.has(name));
}

/** The sums as one list, of counters and histograms alone: memory that is gone counts no more, counters must not go down. */
export function sumOf(all: Snapshots): readonly MetricSnapshot[] {
  const registry = aggregated(all);
  const lasting = all.flat().filter(({ type }) => String(type) === "counter" || String(type) === "histogram");
  return [...new Set(lasting.map(({ name }) => name))].map((name) => {
    const { help, type, aggregator, values } = registry.getSingleMetric(name) as unknown as MetricSnapshot;
    return { name, help, type, aggregator, values };
  });
}

function aggregated(all: Snapshots): Registry {
  return AggregatorRegistry.aggregate(all as Parameters<typeof AggregatorRegistry.aggregate>[0]);
}

/** prom-client declares its own return type too loosely. */
function snapshots(metrics: unknown): readonly MetricSnapshot[] {
  return metrics as readonly MetricSnapshot[];
}
