/** Nanoseconds per call, as the median over rounds, with the spread between the quickest and the slowest round. */
export interface Timing {
  readonly median: number;
  readonly fastest: number;
  readonly slowest: number;
}

export interface TimingOptions {
  readonly rounds?: number;
  readonly roundMs?: number;
  readonly warmUpMs?: number;
}

/**
 * Times a function: warms it up, then measures `rounds` rounds of about `roundMs` milliseconds each. A round's figure is
 * the mean over its calls; the median over rounds shrugs off a busy neighbour.
 */
export function time(
  run: () => void,
  { rounds = 7, roundMs = 30, warmUpMs = 60 }: TimingOptions = {},
): Timing {
  let calls = 0;
  const warm = process.hrtime.bigint() + BigInt(warmUpMs) * 1_000_000n;
  const started = process.hrtime.bigint();
  while (process.hrtime.bigint() < warm) {
    run();
    calls++;
  }
  const perCall = Number(process.hrtime.bigint() - started) / calls;
  const callsPerRound = Math.max(1, Math.round((roundMs * 1e6) / perCall));
  const means: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < callsPerRound; i++) run();
    means.push(Number(process.hrtime.bigint() - begin) / callsPerRound);
  }
  means.sort((a, b) => a - b);
  return {
    median: medianOf(means),
    fastest: means[0] as number,
    slowest: means.at(-1) as number,
  };
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** `12.3 µs`, `1.20 ms`. */
export function duration(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(ns < 1e5 ? 2 : 1)} µs`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}
