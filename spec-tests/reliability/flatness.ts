/** Memory after so many requests. */
export interface Sample {
  readonly requests: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
}

/** One part of a run: the lowest heap, which is what a garbage collection left, and the middle of the resident sizes. */
export interface Window {
  readonly requests: number;
  readonly samples: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
}

export interface Trend {
  /** What a straight line through the windows gains from the first one judged to the last one. */
  readonly growthBytes: number;
  readonly meanBytes: number;
  readonly flat: boolean;
}

const MIB = 1024 * 1024;
/** Caches fill up and V8 takes its time to find its size: this part of a run is not judged. */
const WARM_UP = 0.3;
/** What is no growth: the larger of both. */
const HEAP = { share: 0.05, bytes: 4 * MIB };
const RESIDENT = { share: 0.1, bytes: 16 * MIB };

/** Cuts samples into windows of the same number of requests; windows without a sample are left out. */
export function windowsOf(samples: readonly Sample[], count: number, requests: number): readonly Window[] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [(i * requests) / count, ((i + 1) * requests) / count];
    const inside = samples.filter((sample) => sample.requests > from && sample.requests <= to);
    const resident = inside.map(({ residentBytes }) => residentBytes).sort((a, b) => a - b);
    return {
      requests: to,
      samples: inside.length,
      heapBytes: Math.min(...inside.map(({ heapBytes }) => heapBytes)),
      residentBytes: resident[Math.floor(resident.length / 2)] ?? 0,
    };
  }).filter((window) => window.samples > 0);
}

/** Whether heap and resident size stay where they are once the run is warm. */
export function trends(windows: readonly Window[]): { readonly heap: Trend; readonly resident: Trend } {
  const judged = windows.slice(Math.ceil(windows.length * WARM_UP));
  return {
    heap: trend(
      judged.map(({ heapBytes }) => heapBytes),
      HEAP,
    ),
    resident: trend(
      judged.map(({ residentBytes }) => residentBytes),
      RESIDENT,
    ),
  };
}

function trend(
  values: readonly number[],
  allowed: { readonly share: number; readonly bytes: number },
): Trend {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  const spread = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0) / spread;
  const growthBytes = slope * (values.length - 1);
  const flat = growthBytes <= Math.max(allowed.bytes, allowed.share * mean);
  return { growthBytes, meanBytes: mean, flat };
}
