import { describe, expect, it } from "vitest";
import { numberFromText } from "./number.ts";
import { hash } from "./order.ts";
import { RegoSet } from "./set.ts";

describe("a set", () => {
  it("keeps the first spelling of equal numbers, and finds it under the other", () => {
    const decimal = numberFromText("1.0");
    expect(new RegoSet([1, decimal]).sorted()).toEqual([1]);
    expect(new RegoSet([decimal, 1]).sorted()).toEqual([decimal]);
    expect(new RegoSet([decimal]).find(1)).toBe(decimal);
    expect(new RegoSet([1]).find(decimal)).toBe(1);
  });

  it("stays fast where all elements have the same hash", () => {
    // Long texts are hashed by samples: these differ between two of them.
    const elements = Array.from({ length: 20_000 }, (_, i) => [
      `${"x".repeat(20)}${String(i).padStart(6, "0")}${"x".repeat(974)}`,
    ]);
    expect(new Set(elements.map((element) => hash(element))).size).toBe(1);
    const start = performance.now();
    const set = new RegoSet([...elements, ...elements]);
    expect(set.size).toBe(elements.length);
    expect(set.has([...(elements[7] as string[])])).toBe(true);
    // One by one this would take minutes.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
