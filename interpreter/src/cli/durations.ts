/** Nanoseconds as Go prints a duration: `1.5µs`, `2.000001s`, `1m0.5s`. */
export function durationText(nanoseconds: number): string {
  const ns = Math.round(nanoseconds);
  if (ns < 1_000) return ns === 0 ? "0s" : `${ns}ns`;
  if (ns < 1_000_000) return `${fraction(ns, 1_000)}µs`;
  if (ns < 1_000_000_000) return `${fraction(ns, 1_000_000)}ms`;
  const hours = Math.floor(ns / 3_600e9);
  const minutes = Math.floor((ns % 3_600e9) / 60e9);
  const seconds = fraction(ns % 60e9, 1_000_000_000);
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

function fraction(amount: number, unit: number): string {
  const digits = String(amount % unit)
    .padStart(String(unit).length - 1, "0")
    .replace(/0+$/, "");
  const whole = Math.floor(amount / unit);
  return digits === "" ? String(whole) : `${whole}.${digits}`;
}
