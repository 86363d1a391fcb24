import { describe, expect, it } from "vitest";
import { mayBeLeftOut, SweepErrors } from "./sweep-error.ts";
import type { SweepScope } from "./sweep-error.ts";

const violation = {
  constraint: { group: "g", version: "v1", kind: "K8sTest", name: "c" },
  object: { group: "apps", version: "v1", kind: "Deployment", namespace: "n", name: "d" },
};

describe("a violation that is not found again", () => {
  it.each<[string, SweepScope, boolean]>([
    ["nothing was judged", {}, true],
    ["its kind was left out", { group: "apps", kind: "Deployment" }, true],
    ["a kind of another group was left out", { group: "x", kind: "Deployment" }, false],
    ["its API group was left out", { group: "apps" }, true],
    ["its namespace was left out", { namespace: "n" }, true],
    ["another namespace was left out", { namespace: "o" }, false],
    ["its object was left out", { group: "apps", kind: "Deployment", namespace: "n", name: "d" }, true],
    ["another object was left out", { group: "apps", kind: "Deployment", namespace: "n", name: "e" }, false],
    ["its template is not in force", { constraintKind: "K8sTest" }, true],
    ["another template is not in force", { constraintKind: "K8sOther" }, false],
    ["its constraint is not in force", { constraintKind: "K8sTest", constraint: "c" }, true],
  ])("where %s: may still be there? (%j: %s)", (_, scope, wanted) => {
    const errors = new SweepErrors([{ message: "", scope }]);
    expect(mayBeLeftOut(violation, { errors: errors.listed, errorCount: errors.count })).toBe(wanted);
  });

  it("is gone where everything was judged, and only telling of it failed", () => {
    expect(mayBeLeftOut(violation, { errors: [{ message: "no room" }], errorCount: 1 })).toBe(false);
  });

  it("may be there where not all errors are listed", () => {
    const errors = new SweepErrors();
    for (let i = 0; i < 1001; i++) errors.add({ message: "", scope: { name: `x-${i}` } });
    expect(errors.listed).toHaveLength(1000);
    expect(mayBeLeftOut(violation, { errors: errors.listed, errorCount: errors.count })).toBe(true);
  });
});
