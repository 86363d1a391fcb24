import { describe, expect, it } from "vitest";
import { PublishCount } from "./publishing.ts";
import type { Publishing } from "./publishing.ts";
import { publishReport } from "./publish-report.ts";

const AT = new Date("2026-01-02T03:04:05.678Z");

describe("what is told of publishing", () => {
  it("is nothing where nothing was published, and each time what is new", () => {
    let now = AT;
    const count = new PublishCount("audit", () => now);
    expect(count.take()).toBeUndefined();
    count.failed("disk full");
    count.failed("disk full");
    expect(count.take()).toEqual({
      source: "audit",
      active: false,
      lastAttemptTime: "2026-01-02T03:04:05Z",
      errors: ["disk full"],
    });
    expect(count.take()).toBeUndefined();
    count.succeeded();
    now = new Date("2026-01-02T03:05:00Z");
    count.failed("x");
    expect(count.take()).toEqual({
      source: "audit",
      active: true,
      lastAttemptTime: "2026-01-02T03:05:00Z",
      lastSuccessTime: "2026-01-02T03:04:05Z",
      errors: ["x"],
    });
  });

  it("is bounded, whatever goes wrong", () => {
    const count = new PublishCount("webhook", () => AT);
    for (let i = 0; i < 2000; i++) count.failed(`${i} ${"x".repeat(5000)}`);
    expect(count.errors).toHaveLength(500);
    expect(count.errors.at(-1)).toBe("additional publish errors omitted");
    expect(Math.max(...count.errors.map((error) => error.length))).toBeLessThan(1100);
  });

  it("stands in a pod status for readers of Gatekeeper 3.23 and of 3.24", () => {
    const publishing = (how: Partial<Publishing>): Publishing => ({
      source: "webhook",
      active: false,
      lastAttemptTime: "2026-01-02T03:04:05Z",
      errors: [],
      ...how,
    });
    const report = publishReport("driver x is not supported", [
      publishing({ publisher: "1", errors: ["b", "a"] }),
      publishing({ publisher: "2", active: true, lastSuccessTime: "2026-01-02T03:00:00Z", errors: ["a"] }),
      publishing({ source: "audit", lastAttemptTime: "2026-01-02T00:00:00Z" }),
    ]);
    const refused = { type: "UpsertConnection", message: "driver x is not supported" };
    const failed = ["a", "b"].map((message) => ({ type: "Publish", message }));
    expect(report).toEqual({
      active: true,
      errors: [refused, ...failed],
      connectionErrors: [refused],
      publishStatuses: [
        { source: "audit", lastAttemptTime: "2026-01-02T00:00:00Z" },
        {
          source: "webhook",
          active: true,
          lastAttemptTime: "2026-01-02T03:04:05Z",
          lastSuccessTime: "2026-01-02T03:00:00Z",
          errors: failed,
        },
      ],
    });
  });
});
