/** A duration as Go prints it, from nanoseconds: `0s`, `950ns`, `12.5µs`, `3.25ms`, `1m2.5s`, `1h0m0s`. */
export function goDuration(nanoseconds: number): string {
  const whole = Math.round(nanoseconds);
  if (whole === 0) return "0s";
  if (whole < 1e3) return `${whole}ns`;
  if (whole < 1e6) return `${whole / 1e3}µs`;
  if (whole < 1e9) return `${whole / 1e6}ms`;
  // In whole nanoseconds: rounded seconds could be sixty.
  const minutes = Math.floor(whole / MINUTE);
  const rest = `${(whole - minutes * MINUTE) / 1e9}s`;
  if (minutes === 0) return rest;
  return minutes < 60 ? `${minutes}m${rest}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}

const MINUTE = 60e9;
