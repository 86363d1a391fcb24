import type { AuditedSweep } from "./audited.ts";

/** One line with the figures of a sweep. */
export function row(name: string, sweep: AuditedSweep): void {
  const { objects, violations, wallSeconds, cpuSeconds, judgingSeconds, requests, peakMiB } = sweep;
  const cells = [
    name.padEnd(22),
    `${objects} objects`,
    `${violations} violations`,
    `${wallSeconds.toFixed(2)} s`,
    `${cpuSeconds.toFixed(2)} s of CPU`,
    `${Math.round(objects / wallSeconds)} objects/s`,
    `${Math.round(objects / cpuSeconds)} objects/s of CPU`,
    `judging ${Math.round((100 * judgingSeconds) / cpuSeconds)} %`,
    `${requests} calls`,
    `peak ${Math.round(peakMiB)} MiB`,
  ];
  console.log(cells.join("  "));
}
