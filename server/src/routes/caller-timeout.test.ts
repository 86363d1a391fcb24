import { describe, expect, it } from "vitest";
import { deadlineMs } from "./caller-timeout.ts";

describe("the time that the caller leaves", () => {
  it.for([
    ["/v1/admit?timeout=10s", 8000],
    ["/v1/admit?timeout=500ms", 400],
    ["/v1/admit?a=b&timeout=1.5s&c=d", 1200],
    ["/v1/admit?timeout=1m", 48_000],
    ["/v1/admit", undefined],
    ["/v1/admit?timeout=", undefined],
    ["/v1/admit?timeout=-3s", undefined],
    ["/v1/admit?timeout=soon", undefined],
    ["/v1/admit?timeout=99999999999999999999s", undefined],
  ] as const)("%s: %s ms", ([url, ms]) => {
    expect(deadlineMs(url)).toBe(ms);
  });
});
