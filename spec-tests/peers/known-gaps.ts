import { readFileSync } from "node:fs";

/** What a list beside a campaign says is known to differ: `MODE: NAME` a line, `#` begins a remark. The causes stand in decision 0015. */
export function readKnownGaps(list: URL): ReadonlySet<string> {
  return new Set(
    readFileSync(list, "utf8")
      .split("\n")
      .map((line) => line.replace(/#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}
