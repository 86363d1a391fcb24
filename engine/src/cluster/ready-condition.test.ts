import type { PlainObject, Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { conditionsOf } from "./ready-condition.ts";

const now = () => new Date("2026-01-02T03:04:05.678Z");
const object = (generation: number, conditions: readonly Value[] = []): PlainObject => ({
  metadata: { name: "a", generation },
  status: { conditions },
});
const report = (id: string, observedGeneration: number, ...errors: readonly string[]): PlainObject => ({
  id,
  observedGeneration,
  ...(errors.length > 0 && { errors: errors.map((message) => ({ code: "x", message })) }),
});
const ready = (status: string, reason: string, message: string, observedGeneration: number): PlainObject => ({
  type: "Ready",
  status,
  reason,
  message,
  observedGeneration,
  lastTransitionTime: "2026-01-02T03:04:05Z",
});
const LOADED = ready("True", "Loaded", "loaded by every pod that reports on it", 2);

describe("the condition Ready", () => {
  it.each<[string, readonly PlainObject[], PlainObject]>([
    ["of every pod's success", [report("a", 2), report("b", 2)], LOADED],
    [
      "is unknown before the first report",
      [],
      ready("Unknown", "NoReports", "no pod has reported on it yet", 2),
    ],
    [
      "waits for pods that have seen an older generation",
      [report("a", 2), report("b", 1), report("c", 1)],
      ready("False", "Pending", "not loaded in this generation yet by b, c", 2),
    ],
    [
      "tells the first error",
      [report("a", 2), report("b", 2, "rego_parse_error: x", "more"), report("c", 1)],
      ready("False", "Refused", "b: rego_parse_error: x", 2),
    ],
  ])("%s", (_, reports, expected) => {
    expect(conditionsOf(object(2), reports, now)).toEqual([expected]);
  });

  it("waits for what else there is to wait for", () => {
    expect(conditionsOf(object(2), [report("a", 2)], now, ["a report of b", "its kind"])).toEqual([
      ready("False", "Pending", "waits for a report of b, its kind", 2),
    ]);
  });

  it("keeps the time of the last transition, and a status that is right, as they are", () => {
    const before = { ...LOADED, lastTransitionTime: "2020-01-01T00:00:00Z" };
    const found = object(2, [before]);
    expect(conditionsOf(found, [report("a", 2)], now)).toEqual([before]);
    expect(conditionsOf(object(3, [before]), [report("a", 3)], now)).toEqual([
      { ...before, observedGeneration: 3 },
    ]);
    expect(conditionsOf(object(2, [before]), [report("a", 2, "no")], now)).toEqual([
      ready("False", "Refused", "a: no", 2),
    ]);
  });

  it("leaves the conditions of others alone", () => {
    const foreign = { type: "Audited", status: "True" };
    expect(conditionsOf(object(2, [foreign, { ...LOADED, status: "False" }]), [report("a", 2)], now)).toEqual(
      [foreign, LOADED],
    );
  });

  it("cuts what is too long to read", () => {
    const [condition] = conditionsOf(object(1), [report("a", 1, "x".repeat(100_000))], now);
    expect(String((condition as PlainObject)["message"]).length).toBe(1025);
  });
});
