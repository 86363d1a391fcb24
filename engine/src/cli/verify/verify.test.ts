import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { constraint, pod, template } from "../../testing/index.ts";
import { folder, gator } from "../testing/gator-in-process.ts";

const TEMPLATE = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: k8sbanned}
spec:
  crd: {spec: {names: {kind: K8sBanned}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    libs:
    - |
      package lib.names
      banned(name) { name == "evil" }
      banned(name) {
        startswith(name, "wicked-")

        not name == "wicked-witch"
      }
    rego: |
      package k8sbanned
      import data.lib.names
      violation[{"msg": msg}] {
        names.banned(input.review.object.metadata.name)
        msg := "banned"
      }
      violation[{"msg": msg}] {
        input.review.object.spec.old
        msg := "old"
      }
`;

const suite = (cases: string): string =>
  `kind: Suite\napiVersion: test.gatekeeper.sh/v1alpha1\ntests:\n- name: names\n  template: template.yaml\n  constraint: constraint.json\n  cases:\n${cases}`;
const EVIL = "  - {name: evil, object: evil.json, assertions: [{violations: 1}]}\n";
const WICKED = "  - {name: wicked, object: wicked.json, assertions: [{violations: yes}]}\n";

function policy(cases: string): string {
  return folder({
    "template.yaml": TEMPLATE,
    "constraint.json": constraint("K8sBanned", "c"),
    "evil.json": pod("evil"),
    "wicked.json": pod("wicked-witch"),
    "suite.yaml": suite(cases),
  });
}

function coverageOf(stdout: string): readonly string[] {
  return stdout.split("PASS\n\n")[1]?.trimEnd().split("\n") ?? [];
}

describe("gator verify --coverage", () => {
  it("names the lines of the template's file that no case reaches, with how they begin", async () => {
    const root = policy(EVIL);
    const file = join(root, "template.yaml");
    const { exit, stdout } = await gator(["verify", root, "--coverage"]);
    expect(exit).toBe(0);
    expect(coverageOf(stdout)).toEqual([
      " 40.0%  k8sbanned  4/10 lines",
      `        ${file}:12-15  banned(name) {`,
      `        ${file}:24-26  violation[{"msg": msg}] {`,
      "coverage: 40.0% of 10 lines in 1 template",
    ]);
  });

  it("counts what any case of any suite reaches", async () => {
    const root = policy(EVIL + WICKED.replace("violations: yes", "violations: no"));
    const { stdout } = await gator(["verify", `${root}/...`, "--coverage"]);
    expect(coverageOf(stdout)[0]).toBe(" 60.0%  k8sbanned  6/10 lines");
  });

  it("counts a template of which nothing is reached", async () => {
    const { stdout } = await gator(["verify", policy(EVIL), "--coverage", "--run=names//none"]);
    expect(coverageOf(stdout).at(-1)).toBe("coverage: 0.0% of 10 lines in 1 template");
  });

  it("has nothing to tell of no suite", async () => {
    const { exit, stdout } = await gator(["verify", folder({ "a.yaml": "a: b" }), "--coverage"]);
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: "PASS\n\ncoverage: 100.0% of 0 lines in 0 templates\n\n",
    });
  });
});

describe("gator verify --format json", () => {
  const json = async (root: string, ...more: readonly string[]) => {
    const { exit, stdout, stderr } = await gator(["verify", root, "--format=json", ...more]);
    return { exit, stderr, report: JSON.parse(stdout) as Record<string, unknown> };
  };

  it("tells what holds and what does not, and where that was decided", async () => {
    const root = policy(`${EVIL}${WICKED}  - {name: later, skip: true}\n`);
    const { exit, stderr, report } = await json(root);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "" });
    expect(report).toMatchObject({
      passed: false,
      suites: [
        {
          path: join(root, "suite.yaml"),
          passed: false,
          milliseconds: expect.any(Number),
          tests: [
            {
              name: "names",
              passed: false,
              cases: [
                { name: "evil", skipped: false },
                {
                  name: "wicked",
                  error:
                    "unexpected number of violations: got 0 violations but want at least 1: got messages []",
                  explanation: expect.arrayContaining([expect.stringContaining("template.yaml:21:9")]),
                },
                { name: "later", skipped: true },
              ],
            },
          ],
        },
      ],
    });
    expect(report).not.toHaveProperty("coverage");
  });

  it("has the coverage as numbers", async () => {
    const root = policy(EVIL);
    const { exit, report } = await json(root, "--coverage");
    expect(exit).toBe(0);
    expect(report["coverage"]).toMatchObject([
      {
        template: "k8sbanned",
        file: join(root, "template.yaml"),
        covered: [11, 20, 21, 22],
        notCovered: [12, 13, 15, 24, 25, 26],
        gaps: [
          { from: 12, to: 15, text: "banned(name) {" },
          { from: 24, to: 26, text: 'violation[{"msg": msg}] {' },
        ],
        percent: 40,
      },
    ]);
  });

  it("refuses other formats", async () => {
    expect(await gator(["verify", policy(EVIL), "--format=xml"])).toEqual({
      exit: 1,
      stdout: "",
      stderr: 'Error: unsupported format "xml": use text or json\n',
    });
  });
});

describe("templates that ask the network", () => {
  const server = createServer((_request, response) => response.end('{"banned": ["evil"]}'));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const asking = (): Readonly<Record<string, unknown>> => ({
    "template.yaml": template(
      "K8sBanned",
      `package x
violation[{"msg": "banned"}] {
  print("asking for", input.review.name)
  url := "http://127.0.0.1:${(server.address() as AddressInfo).port}/"
  http.send({"method": "GET", "url": url, "force_json_decode": true}).body.banned[_] == input.review.name
}`,
    ),
    "constraint.json": constraint("K8sBanned", "c", {
      match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] },
    }),
    "evil.json": pod("evil"),
  });
  const OFF = "WARNING - a template's call fails: http.send is off: --allow-net HOST switches it on\n";

  it("get answers in verify from hosts that --allow-net names; what they print is told once", async () => {
    const root = folder({ ...asking(), "suite.yaml": suite(EVIL) });
    const { exit, stdout, stderr } = await gator(["verify", root, "-v", "--allow-net", "127.0.0.1"]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout.match(/asking for evil/g)).toHaveLength(1);
    expect(await gator(["verify", root])).toMatchObject({ exit: 1, stderr: `${OFF}Error: FAIL\n` });
  });

  it("get answers in test from hosts that --allow-net names; what they print is told once", async () => {
    const root = folder({ ...asking(), "good.json": pod("good") });
    expect(await gator(["test", "-f", root, "-v", "--allow-net=127.0.0.1"])).toEqual({
      exit: 1,
      stdout: 'v1/Pod default/evil: ["c"] Message: "banned"\n\nasking for evil\nasking for good\n\n',
      stderr: "",
    });
    expect(await gator(["test", "-f", root])).toEqual({ exit: 0, stdout: "", stderr: OFF });
  });
});
