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
