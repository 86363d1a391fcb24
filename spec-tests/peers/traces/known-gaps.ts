import { readFileSync } from "node:fs";

/** The queries whose traces differ, with the modes: `full: NAME` a line, `#` begins a remark. Each has a cause in decision 0015. */
export function readKnownGaps(): ReadonlySet<string> {
  const text = readFileSync(new URL("known-gaps.txt", import.meta.url), "utf8");
  return new Set(
    text
      .split("\n")
      .map((line) => line.replace(/#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

/** A trace that differs in `full` does so in `debug`, which shows the same events and unifications besides. */
export function isKnownGap(gaps: ReadonlySet<string>, mode: string, name: string): boolean {
  return gaps.has(`${mode}: ${name}`) || (mode === "debug" && gaps.has(`full: ${name}`));
}
