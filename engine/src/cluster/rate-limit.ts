/** A token bucket: `burst` calls at once, then so many a second; callers wait in the order in which they came. */
export interface RateLimit {
  /** Takes a place and says how many milliseconds to wait for it. */
  reserve(): number;
}

/** A rate of 0 or less does not limit, as in client-go. */
export function rateLimit(perSecond: number, burst: number): RateLimit {
  if (perSecond <= 0) return { reserve: () => 0 };
  let tokens = burst;
  let updated = performance.now();
  return {
    reserve() {
      const now = performance.now();
      tokens = Math.min(burst, tokens + ((now - updated) / 1000) * perSecond) - 1;
      updated = now;
      // Below zero: places that others have already waiting for them.
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000;
    },
  };
}
