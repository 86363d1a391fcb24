import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { constraint, pod, template } from "../../testing/index.ts";
import { folder, gator } from "../testing/gator-in-process.ts";

const PODS = { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } };
const policies = (): string =>
  folder({
    "template.json": template(
      "KA",
      'package x\nviolation[{"msg": sprintf("no %v", [input.review.name])}] { true }',
    ),
    "deny.json": constraint("KA", "c", PODS),
    "warn.json": constraint("KA", "w", { ...PODS, enforcementAction: "warn" }),
  });
const stream = (name: string): string =>
  [pod("a"), pod(name)]
    .map((one) => `---\n${JSON.stringify(one)}\n`)
    .join("")
    .replace("---\n", "# two\n");

describe("gator test -o junit", () => {
  it("reports what is piped in: denials are failures, warnings are beside the case", async () => {
    const { exit, stdout, stderr } = await gator(["test", "-f", policies(), "-o", "junit"], stream("b&'<c>"));
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "" });
    expect(stdout).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="2">
  <testsuite name="gator test" tests="4" failures="2">
    <testcase classname="v1/Pod" name="default/a c">
      <failure type="deny" message="no a"></failure>
    </testcase>
    <testcase classname="v1/Pod" name="default/b&amp;'&lt;c&gt; c">
      <failure type="deny" message="no b&amp;'&lt;c&gt;"></failure>
    </testcase>
    <testcase classname="v1/Pod" name="default/a w">
      <system-out>warn: no a</system-out>
    </testcase>
    <testcase classname="v1/Pod" name="default/b&amp;'&lt;c&gt; w">
      <system-out>warn: no b&amp;'&lt;c&gt;</system-out>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it("holds nothing that XML cannot hold", async () => {
    const { stdout } = await gator(["test", "-f", policies(), "-o", "junit"], stream("b&\u0001<c>"));
    expect(stdout).toContain('message="no b&amp;\ufffd&lt;c&gt;"');
    expect(stdout).not.toContain("\u0001");
  });

  it("is a report without cases where nothing is violated", async () => {
    const { exit, stdout } = await gator(["test", "-o", "junit"], JSON.stringify(pod("a")));
    expect(exit).toBe(0);
    expect(stdout).toContain('<testsuites tests="0" failures="0">');
  });
});

describe("gator test --stats", () => {
  const STATS = [
    {
      scope: "template",
      statsFor: "KA",
      stats: expect.arrayContaining([
        expect.objectContaining({ name: "templateRunTimeNS", value: expect.any(Number) }),
        expect.objectContaining({ name: "constraintCount", value: 2 }),
      ]),
    },
  ];

  it("goes beside the results in JSON", async () => {
    const { stdout } = await gator(
      ["test", "-f", policies(), "-o=json", "--stats"],
      JSON.stringify(pod("a")),
    );
    const { results, stats } = JSON.parse(stdout) as {
      results: readonly unknown[];
      stats: readonly unknown[];
    };
    expect(results).toHaveLength(2);
    expect(stats).toMatchObject(STATS);
  });

  it("goes beside the results in YAML", async () => {
    const { stdout } = await gator(
      ["test", "-f", policies(), "-o=yaml", "--stats"],
      JSON.stringify(pod("a")),
    );
    const { results, stats } = parse(stdout) as { results: readonly unknown[]; stats: readonly unknown[] };
    expect(results).toHaveLength(2);
    expect(stats).toMatchObject(STATS.map(({ statsFor, ...rest }) => ({ ...rest, statsfor: statsFor })));
  });

  it("is not asked for", async () => {
    const { stdout } = await gator(["test", "-f", policies(), "-o=json"], JSON.stringify(pod("a")));
    expect(JSON.parse(stdout)).toHaveLength(2);
  });
});
