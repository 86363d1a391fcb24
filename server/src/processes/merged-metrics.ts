import { AggregatorRegistry } from "prom-client";
import type { Registry } from "prom-client";
import type { MetricsSource } from "../routes/metrics.ts";
import type { MetricSnapshot } from "./protocol.ts";

type Snapshots = readonly (readonly MetricSnapshot[])[];

/** The metrics of this process together with those of others that are added: sums, by name and labels. */
export class ExposedMetrics implements MetricsSource {
  readonly contentType: string;
  readonly #own: Registry;
  readonly #others: (() => Promise<Snapshots>)[] = [];

  constructor(own: Registry) {
    this.#own = own;
    this.contentType = own.contentType;
  }

  add(others: () => Promise<Snapshots>): void {
    this.#others.push(others);
  }

  async metrics(): Promise<string> {
    if (this.#others.length === 0) return this.#own.metrics();
    const others = await Promise.all(this.#others.map((each) => each()));
    // What cannot be put together, such as the time of the start, is this process' own.
    const own = snapshots(await this.#own.getMetricsAsJSON()).map((metric) =>
      metric.aggregator === "omit" ? { ...metric, aggregator: "first" as const } : metric,
    );
    return aggregated([own, ...others.flat()]).metrics();
  }
}

const OF_THE_PROCESS: ReadonlySet<string> = new Set([
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
]);

/** What each process takes, and the metrics of these names: all else another process knows as well, and counts once. */
export function countsOf(metrics: unknown, names: ReadonlySet<string>): readonly MetricSnapshot[] {
  return snapshots(metrics).filter(({ name }) => names.has(name) || OF_THE_PROCESS.has(name));
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
