/** Figures by OPA's names, in its order. */
export type Statistics = Readonly<Record<string, number>>;

/** What OPA's histograms tell of samples, under their names: percentiles, count, max, mean, median, min, stddev. */
export function statistics(samples: readonly number[]): Statistics {
  const sorted = samples.toSorted((a, b) => a - b);
  const count = sorted.length;
  const mean = sorted.reduce((sum, sample) => sum + sample, 0) / count;
  const variance = sorted.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / count;
  return {
    "75%": percentile(sorted, 0.75),
    "90%": percentile(sorted, 0.9),
    "95%": percentile(sorted, 0.95),
    "99%": percentile(sorted, 0.99),
    "99.9%": percentile(sorted, 0.999),
    "99.99%": percentile(sorted, 0.9999),
    count,
    max: sorted[count - 1] as number,
    mean,
    median: percentile(sorted, 0.5),
    min: sorted[0] as number,
    stddev: Math.sqrt(variance),
  };
}

/** Between the two samples around the place. */
function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length + 1);
  if (place < 1) return sorted[0] as number;
  if (place >= sorted.length) return sorted[sorted.length - 1] as number;
  const lower = sorted[Math.floor(place) - 1] as number;
  const upper = sorted[Math.floor(place)] as number;
  return lower + (place - Math.floor(place)) * (upper - lower);
}
