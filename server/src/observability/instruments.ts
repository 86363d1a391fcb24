import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { MetricRow } from "./metric-table.ts";

/** Makes the instruments of rows, all in one registry. */
export class Instruments {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter(row: MetricRow): Counter {
    return new Counter(this.#settings(row));
  }

  histogram(row: MetricRow): Histogram {
    return new Histogram({ ...this.#settings(row), buckets: [...(row.buckets ?? [])] });
  }

  gauge(row: MetricRow, collect?: (gauge: Gauge) => void): Gauge {
    const gauge: Gauge = new Gauge({
      ...this.#settings(row),
      ...(collect && { collect: () => collect(gauge) }),
    });
    return gauge;
  }

  /** A gauge of what works and what does not. */
  readonly gaugeBy = (row: MetricRow): ((active: number, failed: number) => void) => {
    const gauge = this.gauge(row);
    return (active, failed) => {
      gauge.set({ status: "active" }, active);
      gauge.set({ status: "error" }, failed);
    };
  };

  /** A counter of attempts by outcome, and how long they took. */
  readonly countBy = (row: MetricRow, secondsRow: MetricRow): ((ok: boolean, seconds: number) => void) => {
    const counter = this.counter(row);
    const seconds = this.histogram(secondsRow);
    return (ok, took) => {
      const status = ok ? "active" : "error";
      counter.inc({ status });
      seconds.observe({ status }, took);
    };
  };

  #settings({ name, help, labels = [] }: MetricRow) {
    return { name, help, labelNames: [...labels], registers: this.#registers };
  }
}
