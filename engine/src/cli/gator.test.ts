import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { constraint, pod, template } from "../testing/index.ts";
import { folder, gator } from "./testing/gator-in-process.ts";

const TEMPLATE = template(
  "KA",
  'package x\nviolation[{"msg": msg}] { msg := sprintf("no %v", [input.review.name]) }',
);
const PODS = { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] };

function policies(enforcementAction = "deny"): Readonly<Record<string, unknown>> {
  return {
    "template.json": TEMPLATE,
    "constraint.json": constraint("KA", "c", { enforcementAction, match: PODS }),
  };
}

describe("gator test", () => {
  it("prints a line for every violation and exits with 1 when one denies", async () => {
    const root = folder({ ...policies(), "pod.json": pod("web"), "notes.md": "not read" });
    expect(await gator(["test", "-f", root])).toEqual({
      exit: 1,
      stdout: 'v1/Pod default/web: ["c"] Message: "no web"\n',
      stderr: "",
    });
  });

  it.each(["warn", "dryrun", "shout"])("exits with 0 when all are %s", async (action) => {
    const root = folder({ ...policies(action), "pod.json": pod("web") });
    expect(await gator(["test", "-f", root])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("no web"),
    });
    expect(await gator(["test", "-f", root, "--deny-only"])).toMatchObject({ exit: 0, stdout: "" });
  });

  it("reads what is piped in", async () => {
    const root = folder(policies());
    const { exit, stdout } = await gator(["test", `-f=${root}`, "-o=json"], JSON.stringify(pod("web")));
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        msg: "no web",
        enforcementAction: "deny",
        violatingObject: { metadata: { name: "web" } },
        trace: null,
      },
    ]);
  });

  it("writes JUnit for build servers", async () => {
    const root = folder({ ...policies(), "pod.json": pod("a<b") });
    const { stdout } = await gator(["test", "-f", root, "-o", "junit"]);
    expect(stdout).toContain('<testsuites tests="1" failures="1">');
    expect(stdout).toContain('<failure type="deny" message="no a&lt;b"></failure>');
  });

  it.each([
    ["nothing to read", {}, "no input data identified\n"],
    [
      "a constraint without template",
      { "c.json": constraint("KA", "c") },
      'auditing objects: adding constraint "c": missing ConstraintTemplate: template "ka" not found\n',
    ],
  ])("fails with %s", async (_what, files, stderr) => {
    expect(await gator(["test", "-f", folder(files)])).toEqual({ exit: 1, stdout: "", stderr });
  });

  it("fails with a file of another extension that is named outright", async () => {
    const root = folder({ "notes.md": "x" });
    const { exit, stderr } = await gator(["test", "-f", join(root, "notes.md")]);
    expect(exit).toBe(1);
    expect(stderr).toContain("must be of extensions: [.yaml .yml .json]");
  });
});

describe("gator verify", () => {
  const suite = (violations: string): string => `
kind: Suite
apiVersion: test.gatekeeper.sh/v1alpha1
tests:
- name: pods
  template: template.json
  constraint: constraint.json
  cases:
  - name: web
    object: pod.json
    assertions: [{violations: ${violations}, message: "no w.*"}]
  - {name: later, skip: true}
`;

  it("reports like go test", async () => {
    const root = folder({
      ...policies(),
      "pod.json": pod("web"),
      "deep/suite.yaml": "not: a suite",
      "suite.yaml": suite("1"),
    });
    const { exit, stdout, stderr } = await gator(["verify", `${root}/...`, "-v"]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout.replace(/\d+\.\d{3}s/g, "0.000s")).toBe(
      [
        "=== RUN   pods",
        "    === RUN   web",
        "    --- PASS: web\t(0.000s)",
        "    === SKIP  later",
        "--- PASS: pods\t(0.000s)",
        `ok\t${root}/suite.yaml\t0.000s`,
        "PASS",
        "",
        "",
      ].join("\n"),
    );
  });

  it("says what does not hold", async () => {
    const root = folder({ ...policies(), "pod.json": pod("web"), "suite.yaml": suite("no") });
    const { exit, stdout, stderr } = await gator(["verify", root]);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "Error: FAIL\n" });
    expect(stdout).toContain(
      'unexpected number of violations: got 1 violations containing "no w.*" but want none: got messages [no web]',
    );
  });

  it.each([
    ["nowhere.yaml", "listing test files: stat nowhere.yaml: no such file or directory"],
    [". --run a//b//c", 'compiling filter: invalid test filter: a filter may include at most one "//"'],
  ])("refuses %s", async (args, message) => {
    expect(await gator(["verify", ...args.split(" ")])).toEqual({
      exit: 1,
      stdout: "",
      stderr: `Error: ${message}\n`,
    });
  });
});

describe("gator expand", () => {
  it("prints what a workload implies", async () => {
    const expansion = {
      apiVersion: "expansion.gatekeeper.sh/v1alpha1",
      kind: "ExpansionTemplate",
      metadata: { name: "e" },
      spec: {
        applyTo: [{ groups: ["apps"], kinds: ["Deployment"], versions: ["v1"] }],
        templateSource: "spec.template",
        generatedGVK: { group: "", version: "v1", kind: "Pod" },
      },
    };
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { template: { metadata: { labels: { app: "web" } }, spec: {} } },
    };
    const { exit, stdout } = await gator([
      "expand",
      "-n",
      folder({ "e.json": expansion, "d.json": deployment }),
    ]);
    expect(exit).toBe(0);
    expect(
      stdout.startsWith("apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    app: web\n  name: web-pod\n"),
    ).toBe(true);
  });
});
