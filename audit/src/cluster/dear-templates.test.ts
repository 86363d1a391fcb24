import { constraint, pod, template } from "@portcullis/engine/testing";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACES, PODS, sweepOnce, testCluster, testPool } from "../testing/cluster.ts";
import type { TestCluster } from "../testing/cluster.ts";

// A template that takes more memory than a thread has ends the thread, and costs the others no verdict.

const pool = testPool({ threads: 1 });
afterAll(() => pool.close());

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await testCluster(pool, [PODS, NAMESPACES]);
  for (let i = 0; i < 7; i++) cluster.server.put(pod(`p-${i}`));
  const match = { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] };
  cluster.client.addTemplate(template("DenyAll", 'package p\nviolation[{"msg": "no"}] { true }'));
  cluster.client.addConstraint(constraint("DenyAll", "deny", { match }));
});
afterEach(() => cluster.stop());

const LONG = "x".repeat(100);

function addDear(body: string): void {
  const rego = `package p\nviolation[{"msg": "dear"}] { ${body} }`;
  cluster.client.addTemplate(template("Dear", rego));
  cluster.client.addConstraint(constraint("Dear", "dear"));
}

async function denied(audit = cluster.audit({ pageSize: 3 })) {
  const { report, violations } = await sweepOnce(audit);
  const found = violations.filter(({ constraint: { kind } }) => kind === "DenyAll");
  return { found: found.length, scopes: report.errors.map(({ scope }) => scope) };
}

describe("a template of too much memory", { timeout: 120_000 }, () => {
  it.each([
    ["a set", "xs := numbers.range(1, 4000000); count({[x, x, x] | x := xs[_]}) < 0"],
    [
      "a text",
      `xs := numbers.range(1, 2000000); count(concat("", [sprintf("%v${LONG}", [x]) | x := xs[_]])) < 0`,
    ],
  ])("for %s is told, and given up after three objects", async (_, body) => {
    addDear(body);
    const { found, scopes } = await denied();
    expect(found).toBe(7);
    expect(scopes.length).toBeGreaterThanOrEqual(4);
    for (const scope of scopes) expect(scope).toMatchObject({ constraintKind: "Dear" });
  });

  it("for one object costs that one, also where it alone has changed", async () => {
    addDear('input.review.name == "p-4"; count({[x, x, x] | x := numbers.range(1, 4000000)[_]}) < 0');
    const audit = cluster.audit({ pageSize: 50 });
    for (let i = 0; i < 30; i++) cluster.server.put(pod(`q-${i}`));
    for (let sweeps = 0; sweeps < 2; sweeps++) {
      const { found, scopes } = await denied(audit);
      expect(found).toBe(37);
      expect(scopes).toMatchObject([{ constraintKind: "Dear", name: "p-4" }]);
      cluster.server.put(pod("p-4", { labels: { changed: "yes" } }));
    }
  });
});
