import { existsSync, readFileSync } from "node:fs";

/** `SUITE/FOLDER/NOTE` of each case that must fail, with the reason; see the head of `known-gaps.txt`. */
export function readKnownGaps(path: string): ReadonlyMap<string, string> {
  const gaps = new Map<string, string>();
  if (!existsSync(path)) return gaps;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [key, reason] = line.split(" — ");
    if (!key || !reason) throw new Error(`${path}: a line must read "suite/folder/note — reason": ${line}`);
    gaps.set(key.trim(), reason.trim());
  }
  return gaps;
}

export function gapKey(testCase: {
  readonly suite: string;
  readonly folder: string;
  readonly note: string;
}): string {
  return `${testCase.suite}/${testCase.folder}/${testCase.note}`;
}
