/** What a measurement gave. Durations are in nanoseconds; the keys are those of gator's files. */
export interface BenchResult {
  readonly engine: string;
  readonly templateCount: number;
  readonly constraintCount: number;
  readonly objectCount: number;
  readonly iterations: number;
  readonly concurrency: number;
  readonly setupDuration: number;
  readonly setupBreakdown: {
    readonly clientCreation: number;
    readonly templateCompilation: number;
    readonly constraintLoading: number;
    readonly dataLoading: number;
  };
  readonly totalDuration: number;
  readonly latencies: Latencies;
  readonly violationCount: number;
  readonly reviewsPerSecond: number;
  readonly memoryStats?: MemoryStats;
}

export interface Latencies {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface MemoryStats {
  readonly totalBytes: number;
  readonly bytesPerReview: number;
}

/** Sums up durations; percentiles lie between the neighbours they fall between. */
export function latenciesOf(durations: readonly number[]): Latencies {
  const sorted = [...durations].sort((a, b) => a - b);
  const at = (percent: number): number => {
    const place = (percent / 100) * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return Math.round(low + (high - low) * (place - Math.floor(place)));
  };
  const sum = sorted.reduce((total, each) => total + each, 0);
  return {
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    mean: sorted.length === 0 ? 0 : Math.round(sum / sorted.length),
    p50: at(50),
    p95: at(95),
    p99: at(99),
  };
}
