import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rateLimit } from "./rate-limit.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("rateLimit", () => {
  it("lets a burst through, then places one after the other", () => {
    const limit = rateLimit(10, 2);
    expect([1, 2, 3, 4].map(() => limit.reserve())).toEqual([0, 0, 100, 200]);
  });

  it("fills up again with time, up to the burst", () => {
    const limit = rateLimit(10, 2);
    limit.reserve();
    limit.reserve();
    vi.advanceTimersByTime(100);
    expect(limit.reserve()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect([1, 2, 3].map(() => limit.reserve())).toEqual([0, 0, 100]);
  });

  it("does not limit at a rate of 0 or less", () => {
    const limit = rateLimit(0, 1);
    expect([1, 2, 3].map(() => limit.reserve())).toEqual([0, 0, 0]);
  });
});
