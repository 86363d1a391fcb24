import type { BenchResult } from "./results.ts";

export interface Comparison {
  readonly engine: string;
  readonly metrics: readonly Metric[];
}

export interface Metric {
  readonly name: string;
  readonly unit: "duration" | "rate" | "bytes";
  readonly baseline: number;
  readonly current: number;
  /** Percent of change. */
  readonly delta: number;
  readonly passed: boolean;
}

export interface Thresholds {
  /** Percent. */
  readonly threshold: number;
  /** Nanoseconds that a latency has to change by at least. */
  readonly minThreshold: number;
}

/** Holds results against those of an earlier run, engine by engine. */
export function compareResults(
  baseline: readonly BenchResult[],
  current: readonly BenchResult[],
  thresholds: Thresholds,
): readonly Comparison[] {
  return current.flatMap((result) => {
    const before = baseline.find(({ engine }) => engine === result.engine);
    return before ? [{ engine: result.engine, metrics: metricsOf(before, result, thresholds) }] : [];
  });
}

const LATENCIES = [
  ["P50 Latency", "p50"],
  ["P95 Latency", "p95"],
  ["P99 Latency", "p99"],
  ["Mean Latency", "mean"],
] as const;

function metricsOf(before: BenchResult, now: BenchResult, limits: Thresholds): readonly Metric[] {
  const { threshold, minThreshold } = limits;
  const metrics: Metric[] = LATENCIES.map(([name, key]) => {
    const [baseline, current] = [before.latencies[key], now.latencies[key]];
    const delta = change(baseline, current);
    const passed = delta <= threshold || current - baseline < minThreshold;
    return { name, unit: "duration", baseline, current, delta, passed };
  });
  const [baseline, current] = [before.reviewsPerSecond, now.reviewsPerSecond];
  const delta = change(baseline, current);
  metrics.push({ name: "Throughput", unit: "rate", baseline, current, delta, passed: -delta <= threshold });
  if (before.memoryStats && now.memoryStats) {
    const [was, is] = [before.memoryStats.bytesPerReview, now.memoryStats.bytesPerReview];
    const grown = change(was, is);
    metrics.push({
      name: "Bytes/Review",
      unit: "bytes",
      baseline: was,
      current: is,
      delta: grown,
      passed: grown <= threshold,
    });
  }
  return metrics;
}

function change(baseline: number, current: number): number {
  if (baseline === 0) return current === 0 ? 0 : 100;
  return ((current - baseline) / baseline) * 100;
}
