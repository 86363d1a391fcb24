import { describe, expect, it } from "vitest";
import { barLine, progressBar } from "./progress-bar.ts";

const PROGRESS = {
  kindsDone: 3,
  kinds: 12,
  kind: "Pod",
  objects: 4500,
  objectsExpected: 18_000,
  share: 0.25,
  secondsElapsed: 13,
  secondsLeft: 39.2,
};

describe("the bar of an audit", () => {
  it.each([
    [
      "knows everything",
      PROGRESS,
      "[######------------------]  25 %  3/12 kinds, 4,500 of about 18,000 objects, 40 s left: Pod",
    ],
    [
      "begins",
      { kindsDone: 0, kinds: 0, objects: 0, secondsElapsed: 0 },
      "[------------------------]   0 %  0 objects",
    ],
    [
      "is done",
      { ...PROGRESS, kindsDone: 12, share: 1, objects: 18_000, secondsLeft: 0 },
      "[########################] 100 %  12/12 kinds, 18,000 of about 18,000 objects, 0 s left: Pod",
    ],
    [
      "takes long",
      { ...PROGRESS, secondsLeft: 3725 },
      "[######------------------]  25 %  3/12 kinds, 4,500 of about 18,000 objects, 1 h 2 min left: Pod",
    ],
    [
      "takes a while",
      { ...PROGRESS, secondsLeft: 61 },
      "[######------------------]  25 %  3/12 kinds, 4,500 of about 18,000 objects, 1 min 1 s left: Pod",
    ],
  ])("that %s", (_, progress, line) => {
    expect(barLine(progress, 200)).toBe(line);
  });

  it("never goes over the edge of the terminal", () => {
    expect(barLine(PROGRESS, 40)).toHaveLength(39);
    expect(barLine(PROGRESS, 0)).toHaveLength(79);
  });

  it("draws over itself, and is gone at the end", async () => {
    let drawn = "";
    const bar = progressBar({ write: (text) => (drawn += text), columns: 200 });
    const run = { runId: "r", startedAt: 0 };
    bar.progress?.(run, PROGRESS);
    bar.progress?.(run, { ...PROGRESS, kind: "\u001b[2JEvil" });
    await bar.broken?.(run, new Error("x"));
    expect(drawn.split("\r\u001b[K").map((line) => line.slice(0, 26))).toEqual([
      "",
      "[######------------------]",
      "[######------------------]",
      "",
    ]);
    expect(drawn).not.toContain("\u001b[2J");
  });
});
