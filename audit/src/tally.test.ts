import type { ConstraintInfo, Result } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tally } from "./tally.ts";
import { violationsOf } from "./violation.ts";

const constraint = (name: string): ConstraintInfo => ({
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name,
  object: {},
  enforcementAction: "deny",
  revision: 1,
});
const result = (name: string, msg: string, over: Partial<Result> = {}): Result => ({
  constraint: constraint(name),
  msg,
  details: {},
  enforcementAction: "deny",
  actions: ["deny"],
  ...over,
});
const pod = (name: string, namespace = "default") => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace },
});

const add = (tally: Tally, object: PlainObject, found: Result): void => {
  for (const violation of violationsOf(object, [found])) tally.add(violation);
};

describe("a tally", () => {
  it("counts all, keeps the smallest and lists them in descending order", () => {
    const tally = new Tally([constraint("c")], 2);
    for (const name of ["d", "b", "a", "c"]) add(tally, pod(name), result("c", "m"));
    const [row] = tally.close();
    expect(row?.totalViolations).toBe(4);
    expect(row?.violations.map(({ status }) => status.name)).toEqual(["b", "a"]);
  });

  it("has a row for a constraint without violations, and counts with a limit of 0", () => {
    const tally = new Tally([constraint("clean"), constraint("c")], 0);
    add(tally, pod("a"), result("c", "m"));
    expect(tally.close().map((row) => [row.name, row.totalViolations, row.violations.length])).toEqual([
      ["c", 1, 0],
      ["clean", 0, 0],
    ]);
  });

  it("counts by the action that a violation has, whatever its constraint has, and those that deny", () => {
    const tally = new Tally([constraint("c")]);
    const implied = { enforcementAction: "warn", actions: ["warn"] };
    const scoped = { enforcementAction: "scoped", actions: ["deny", "dryrun"] };
    for (const over of [{}, implied, implied, scoped]) add(tally, pod("a"), result("c", "m", over));
    expect(tally.close()[0]).toMatchObject({
      enforcementAction: "deny",
      totalViolations: 4,
      denied: 2,
      byAction: { deny: 1, warn: 2, scoped: 1 },
    });
  });

  it("keeps the same violations in whatever order they come", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-zé😀]{1,3}$/u), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 5 }), fc.func(fc.integer()), (list, limit, order) => {
        const kept = (sorted: readonly string[]) => {
          const tally = new Tally([], limit);
          for (const name of sorted) add(tally, pod(name), result("c", "m"));
          return tally.close()[0]?.violations.map(({ status }) => status.name);
        };
        const shuffled = list.toSorted((a, b) => order(a) - order(b));
        const wanted = list
          .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .slice(0, limit);
        expect(kept(shuffled)).toEqual(wanted.reverse());
      }),
    );
  });
});
