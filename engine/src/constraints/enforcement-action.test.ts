import { describe, expect, it } from "vitest";
import { constraint } from "../testing/index.ts";
import type { ConstraintParts } from "../testing/index.ts";
import { enforcementOf, validateEnforcementActions } from "./enforcement-action.ts";

const AUDIT = "audit.gatekeeper.sh";
const WEBHOOK = "validation.gatekeeper.sh";

function scoped(
  ...entries: readonly (readonly [action: string, ...points: readonly string[]])[]
): ConstraintParts {
  return {
    enforcementAction: "scoped",
    scopedEnforcementActions: entries.map(([action, ...points]) => ({
      action,
      enforcementPoints: points.map((name) => ({ name })),
    })),
  };
}

describe("the enforcement action", () => {
  it.each([
    ["deny by default", {}, WEBHOOK, ["deny"]],
    ["deny for the empty one", { enforcementAction: "" }, WEBHOOK, ["deny"]],
    ["as written", { enforcementAction: "warn" }, WEBHOOK, ["warn"]],
    ["unknown ones as written", { enforcementAction: "shout" }, WEBHOOK, ["shout"]],
    [
      "several at one point, sorted",
      scoped(["warn", WEBHOOK], ["deny", WEBHOOK, AUDIT]),
      WEBHOOK,
      ["deny", "warn"],
    ],
    ["a star for every point", scoped(["dryrun", "*"]), AUDIT, ["dryrun"]],
    ["none at another point", scoped(["deny", AUDIT]), WEBHOOK, []],
  ])("is %s", (_what, parts, point, wanted) => {
    expect(enforcementOf(constraint("K", "c", parts)).actionsAt(point)).toEqual(wanted);
  });
});

describe("the check of actions", () => {
  it.each([
    [
      { enforcementAction: "shout" },
      'unrecognized enforcementAction: "shout" is not within the supported list [deny dryrun warn scoped]',
    ],
    [
      { enforcementAction: "scoped" },
      "error fetching scopedEnforcementActions: scopedEnforcementActions is required",
    ],
    [
      scoped(["shout", "moon"]),
      "unrecognized enforcement points: constraint will not be enforced for enforcement points [moon], supported enforcement " +
        "points are [validation.gatekeeper.sh audit.gatekeeper.sh gator.gatekeeper.sh vap.k8s.io]\n" +
        "unrecognized enforcementAction: [shout] is not within the supported list [deny dryrun warn]",
    ],
    [
      scoped(["deny", "moon"]),
      "unrecognized enforcement points: constraint will not be enforced for enforcement points [moon], supported " +
        "enforcement points are [validation.gatekeeper.sh audit.gatekeeper.sh gator.gatekeeper.sh vap.k8s.io]",
    ],
    [
      scoped(["shout", AUDIT]),
      "unrecognized enforcementAction: [shout] is not within the supported list [deny dryrun warn]",
    ],
  ])("refuses %j", (parts, message) => {
    expect(validateEnforcementActions(constraint("K", "c", parts))).toMatchObject({
      ok: false,
      error: { message },
    });
  });

  it.each([{}, { enforcementAction: "dryrun" }, scoped(["warn", "vap.k8s.io"])])("takes %j", (parts) => {
    expect(validateEnforcementActions(constraint("K", "c", parts)).ok).toBe(true);
  });
});
