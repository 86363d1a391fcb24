/** A trace that differs in `full` does so in `debug`, which shows the same events and unifications besides. */
export function isKnownGap(gaps: ReadonlySet<string>, mode: string, name: string): boolean {
  return gaps.has(`${mode}: ${name}`) || (mode === "debug" && gaps.has(`full: ${name}`));
}
