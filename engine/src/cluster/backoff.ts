export interface BackoffLimits {
  /** The wait after the first failure. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * How long to wait after so many failures in a row (from 1): doubled each time up to the longest, then cut by up to a
 * half at random, so that many who failed together do not come back together.
 */
export function backoff(failures: number, { firstMs, longestMs }: BackoffLimits): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full * (0.5 + Math.random() / 2);
}
