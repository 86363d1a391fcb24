import { describe, expect, it } from "vitest";
import { exportLine } from "./record.ts";

describe("an exported record", () => {
  it("leaves out what is empty, but not a request that is none of a dry run", () => {
    const line = exportLine({
      id: "1",
      message: "m",
      group: "",
      enforcementActions: [],
      resourceLabels: {},
      dryRun: false,
    });
    expect(line).toBe('{"id":"1","message":"m","dryRun":false}');
  });

  it("is one line, with its fields in Gatekeeper's order and all digits of its numbers", () => {
    const line = exportLine({
      message: "a\nb\u2028<c>",
      resourceLabels: { __proto__x: "y", a: "b" },
      kind: "K",
      details: '{"big":12345678901234567890}',
      enforcementActions: ["deny"],
      id: "1",
    });
    expect(line).toBe(
      '{"id":"1","details":{"big":12345678901234567890},"kind":"K","message":"a\\nb\\u2028\\u003cc\\u003e",' +
        '"enforcementActions":["deny"],"resourceLabels":{"__proto__x":"y","a":"b"}}',
    );
  });
});
