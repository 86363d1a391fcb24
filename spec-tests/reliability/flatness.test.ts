import { expect, it } from "vitest";
import { trends } from "./flatness.ts";

const MIB = 1024 * 1024;

it.each([
  ["stays", () => 50, true],
  ["grows while it is warmed up alone", (i: number) => (i < 6 ? 20 + i * 5 : 50), true],
  ["swings", (i: number) => 50 + (i % 2) * 2, true],
  ["grows by a fifth of a MiB each time", (i: number) => 50 + i / 5, false],
  ["falls", (i: number) => 100 - i, true],
])("a heap that %s", (_name, heap, flat) => {
  const samples = Array.from({ length: 20 }, (_, i) => ({
    requests: (i + 1) * 1000,
    heapBytes: heap(i) * MIB,
    residentBytes: 200 * MIB,
  }));
  expect(trends(samples)).toMatchObject({ heap: { flat }, resident: { flat: true } });
});
