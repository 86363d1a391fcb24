import { expect, it } from "vitest";
import { trends, windowsOf } from "./flatness.ts";
import type { Sample } from "./flatness.ts";

const MIB = 1024 * 1024;

/** A heap between two collections, ten samples a window, with a floor that the function gives in MiB. */
function run(floor: (window: number) => number): readonly Sample[] {
  return Array.from({ length: 100 }, (_, i) => {
    const heap = floor(Math.floor(i / 10)) + (i % 10) * 3;
    return { requests: i + 1, heapBytes: heap * MIB, residentBytes: (heap + 60) * MIB };
  });
}

it.each([
  ["stays", () => 50, true],
  ["grows while it is warmed up alone", (window: number) => (window < 3 ? 20 + window * 10 : 50), true],
  ["swings", (window: number) => 50 + (window % 2) * 2, true],
  ["grows by 2 MiB a window", (window: number) => 50 + window * 2, false],
  ["falls", (window: number) => 100 - window, true],
])("a heap that %s", (_name, floor, flat) => {
  expect(trends(windowsOf(run(floor), 10, 100)).heap.flat).toBe(flat);
});

it("a window's heap is the lowest of its samples", () => {
  expect(
    windowsOf(
      run(() => 50),
      10,
      100,
    ).map(({ heapBytes }) => heapBytes),
  ).toEqual(Array.from({ length: 10 }, () => 50 * MIB));
});
