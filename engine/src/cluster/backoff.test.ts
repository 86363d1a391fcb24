import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoff } from "./backoff.ts";

describe("backoff", () => {
  it("lies between half of the doubled wait and all of it, never beyond the longest", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (failures) => {
        const wait = backoff(failures, { firstMs: 100, longestMs: 5000 });
        const full = Math.min(5000, 100 * 2 ** (failures - 1));
        expect(wait).toBeGreaterThanOrEqual(full / 2);
        expect(wait).toBeLessThanOrEqual(full);
      }),
    );
  });
});
