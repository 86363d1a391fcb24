import type { PlainObject } from "@portcullis/interpreter";
import { goDuration } from "../../go-duration.ts";
import type { Comparison, Metric } from "./compare.ts";
import type { BenchResult } from "./results.ts";

/** The results for people. */
export function resultsTable(results: readonly BenchResult[]): string {
  return results.map(resultTable).join("\n");
}

function resultTable(result: BenchResult): string {
  const { setupBreakdown: setup, latencies } = result;
  const reviews = result.iterations * result.objectCount;
  const sections: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      "Configuration:",
      [
        ["Templates", String(result.templateCount)],
        ["Constraints", String(result.constraintCount)],
        ["Objects", String(result.objectCount)],
        ["Iterations", String(result.iterations)],
        ...(result.concurrency > 1 ? [["Concurrency", String(result.concurrency)] as const] : []),
        ["Total Reviews", String(reviews)],
      ],
    ],
    [
      "Timing:",
      [
        ["Setup Duration", durationText(result.setupDuration)],
        ["  └─ Client Creation", durationText(setup.clientCreation)],
        ["  └─ Template Compilation", durationText(setup.templateCompilation)],
        ["  └─ Constraint Loading", durationText(setup.constraintLoading)],
        ["  └─ Data Loading", durationText(setup.dataLoading)],
        ["Total Duration", durationText(result.totalDuration)],
        ["Throughput", `${result.reviewsPerSecond.toFixed(2)} reviews/sec`],
      ],
    ],
    [
      "Latency (per review):",
      [
        ["Min", durationText(latencies.min)],
        ["Max", durationText(latencies.max)],
        ["Mean", durationText(latencies.mean)],
        ["P50", durationText(latencies.p50)],
        ["P95", durationText(latencies.p95)],
        ["P99", durationText(latencies.p99)],
      ],
    ],
    ["Results:", [["Violations Found", String(result.violationCount)]]],
    ...(result.memoryStats
      ? [
          [
            "Memory:",
            [
              ["Bytes/Review", bytesText(result.memoryStats.bytesPerReview)],
              ["Total Bytes", bytesText(result.memoryStats.totalBytes)],
            ],
          ] as const,
        ]
      : []),
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(([name]) => name.length))) + 3;
  const blocks = sections.map(([title, rows]) =>
    [title, ...rows.map(([name, value]) => `  ${`${name}:`.padEnd(width)}${value}`)].join("\n"),
  );
  return `=== Benchmark Results: ${result.engine.toUpperCase()} Engine ===\n\n${blocks.join("\n\n")}\n`;
}

/** The comparison for people. */
export function comparisonTable({ engine, metrics }: Comparison, threshold: number): string {
  const rows = [
    ["Metric", "Baseline", "Current", "Delta", "Status"],
    ["------", "--------", "-------", "-----", "------"],
    ...metrics.map((metric) => [
      metric.name,
      valueText(metric.baseline, metric.unit),
      valueText(metric.current, metric.unit),
      `${metric.delta < 0 ? "" : "+"}${metric.delta.toFixed(1)}%`,
      metric.passed ? "✓" : "✗ REGRESSION",
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)) + 2);
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("")
      .trimEnd(),
  );
  const failed = metrics.filter(({ passed }) => !passed).map(({ name }) => name);
  const limit = `(threshold: ${threshold.toFixed(1)}%)`;
  const verdict =
    failed.length === 0
      ? `✓ No significant regressions ${limit}`
      : `✗ Regressions detected in: ${failed.join(", ")} ${limit}`;
  return `=== Baseline Comparison: ${engine.toUpperCase()} Engine ===\n\n${lines.join("\n")}\n\n${verdict}\n`;
}

/** A result as the formats for scripts have it: durations as Go writes them. */
export function scriptResult(result: BenchResult): PlainObject {
  const { engine, templateCount, constraintCount, objectCount, iterations, concurrency } = result;
  const texts = (durations: object): PlainObject =>
    Object.fromEntries(Object.entries(durations).map(([key, each]) => [key, goDuration(Number(each))]));
  return {
    engine,
    templateCount,
    constraintCount,
    objectCount,
    iterations,
    concurrency,
    totalReviews: iterations * objectCount,
    setupDuration: goDuration(result.setupDuration),
    setupBreakdown: texts(result.setupBreakdown),
    totalDuration: goDuration(result.totalDuration),
    latencies: texts(result.latencies),
    violationCount: result.violationCount,
    reviewsPerSecond: result.reviewsPerSecond,
    ...(result.memoryStats && {
      memoryStats: {
        bytesPerReview: bytesText(result.memoryStats.bytesPerReview),
        totalBytes: bytesText(result.memoryStats.totalBytes),
      },
    }),
  };
}

function valueText(value: number, unit: Metric["unit"]): string {
  if (unit === "rate") return `${value.toFixed(2)}/sec`;
  return unit === "bytes" ? bytesText(value) : durationText(value);
}

function durationText(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${Math.round(nanoseconds)}ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)}µs`;
  if (nanoseconds < 1e9) return `${(nanoseconds / 1e6).toFixed(2)}ms`;
  return `${(nanoseconds / 1e9).toFixed(3)}s`;
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(2)} KB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(2)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(2)} GB`;
}
