/** Memory after so many requests. */
export interface Sample {
  readonly requests: number;
  /** In use after a full garbage collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

export interface Trend {
  /** What a straight line through the judged samples gains from the first one to the last one. */
  readonly growthBytes: number;
  readonly meanBytes: number;
  readonly flat: boolean;
}

const MIB = 1024 * 1024;
/** Caches fill up and V8 takes its time to find its size: this part of a run is not judged. */
const WARM_UP = 0.3;
/** What is no growth: the larger of both. */
const HEAP = { share: 0.02, bytes: MIB };
const RESIDENT = { share: 0.1, bytes: 16 * MIB };

/** Whether heap and resident size stay where they are once the run is warm. */
export function trends(samples: readonly Sample[]): { readonly heap: Trend; readonly resident: Trend } {
  const judged = samples.slice(Math.ceil(samples.length * WARM_UP));
  const of = (bytes: (sample: Sample) => number, allowed: typeof HEAP): Trend =>
    trend(judged.map(bytes), allowed);
  return {
    heap: of(({ heapBytes }) => heapBytes, HEAP),
    resident: of(({ residentBytes }) => residentBytes, RESIDENT),
  };
}

function trend(values: readonly number[], allowed: typeof HEAP): Trend {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  const spread = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0) / spread;
  const growthBytes = slope * (values.length - 1);
  const flat = growthBytes <= Math.max(allowed.bytes, allowed.share * mean);
  return { growthBytes, meanBytes: mean, flat };
}
