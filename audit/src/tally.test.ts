import type { ConstraintInfo, Result } from "@portcullis/engine";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tally, truncate } from "./tally.ts";

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

describe("a tally", () => {
  it("counts all, keeps the smallest and lists them in descending order", () => {
    const tally = new Tally([constraint("c")], 2);
    for (const name of ["d", "b", "a", "c"]) tally.add(pod(name), result("c", "m"));
    const [row] = tally.close();
    expect(row?.totalViolations).toBe(4);
    expect(row?.violations.map(({ status }) => status.name)).toEqual(["b", "a"]);
  });

  it("has a row for a constraint without violations, and counts with a limit of 0", () => {
    const tally = new Tally([constraint("clean"), constraint("c")], 0);
    tally.add(pod("a"), result("c", "m"));
    expect(tally.close().map((row) => [row.name, row.totalViolations, row.violations.length])).toEqual([
      ["c", 1, 0],
      ["clean", 0, 0],
    ]);
  });

  it("writes what a constraint's status holds", () => {
    const tally = new Tally([]);
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", namespace: "n" } };
    expect(tally.add(namespace, result("c", "m")).status).toEqual({
      group: "",
      version: "v1",
      kind: "Namespace",
      name: "n",
      message: "m",
      enforcementAction: "deny",
    });
    const scoped = result("c", "m", { enforcementAction: "scoped", actions: ["deny", "warn"] });
    expect(tally.add(deployment, scoped).status).toEqual({
      group: "apps",
      version: "v1",
      kind: "Deployment",
      name: "d",
      namespace: "n",
      message: "m",
      enforcementAction: "scoped",
      enforcementActions: ["deny", "warn"],
    });
  });

  it("keeps the same violations in whatever order they come", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-zé😀]{1,3}$/u), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 5 }), fc.func(fc.integer()), (list, limit, order) => {
        const kept = (sorted: readonly string[]) => {
          const tally = new Tally([], limit);
          for (const name of sorted) tally.add(pod(name), result("c", "m"));
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

it.each([
  ["a".repeat(256), "a".repeat(256)],
  ["a".repeat(257), `${"a".repeat(253)}...`],
  ["é".repeat(128), "é".repeat(128)],
  ["é".repeat(129), `${"é".repeat(126)}...`],
])("cuts messages of more than 256 bytes (%#)", (message, cut) => expect(truncate(message)).toBe(cut));
