import { describe, expect, it } from "vitest";
import { createClient } from "../create-client.ts";
import { formatProblem } from "./format-problem.ts";
import { parseManifests } from "./parse-manifests.ts";
import { templateProblems } from "./template-problems.ts";

const HEAD = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ka}
spec:
  crd: {spec: {names: {kind: Ka}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
`;

/** The problems of the template whose target ends with these lines, which begin in line 8 of the file. */
function problemsOf(target: string): readonly string[] {
  const [manifest] = parseManifests("t.yaml", HEAD + target).manifests;
  if (!manifest) throw new Error("no template");
  const outcome = createClient().addTemplate(manifest.object);
  if (outcome.ok) return [];
  return templateProblems(manifest, outcome.error).map(
    (problem) => formatProblem(problem).split("\n")[0] ?? "",
  );
}

const VIOLATION = `        violation[{"msg": "x"}] {`;

describe("a template that does not compile names the place in its YAML", () => {
  it.each<readonly [string, string, readonly string[]]>([
    [
      "in a block of text",
      `      rego: |\n        package foo\n\n${VIOLATION}\n          bar(1)\n          x == 1\n        }\n`,
      ["t.yaml:12:11: rego_type_error: undefined function bar"],
    ],
    [
      "where it cannot be parsed",
      `      rego: |\n        package foo\n${VIOLATION}\n          x = = 1\n        }\n`,
      ["t.yaml:11:15: rego_parse_error: unexpected eq token"],
    ],
    [
      "for each of several faults",
      `      rego: |\n        package foo\n${VIOLATION}\n          bar(1)\n          baz(1)\n        }\n`,
      [
        "t.yaml:11:11: rego_type_error: undefined function bar",
        "t.yaml:12:11: rego_type_error: undefined function baz",
      ],
    ],
    [
      "in a lib",
      `      rego: |\n        package foo\n${VIOLATION} true }\n      libs:\n        - "package lib.a"\n        - |\n          package lib.b\n          f(x) { g(x) }\n`,
      ["t.yaml:15:18: rego_type_error: undefined function g"],
    ],
    [
      "in a list of codes",
      `      code:\n        - {engine: Other, source: {}}\n        - engine: Rego\n          source:\n            version: v1\n            rego: |\n              package foo\n              violation contains {"msg": "x"} if bar(1)\n`,
      ["t.yaml:15:50: rego_type_error: undefined function bar"],
    ],
    [
      "in one quoted line",
      `      rego: "package foo\\nviolation[{\\"msg\\": \\"x\\"}] { bar(1) }"\n`,
      ["t.yaml:8:57: rego_type_error: undefined function bar"],
    ],
    [
      "of its rule where that is none of violations",
      `      rego: |\n        package foo\n        violation(x) = x { true }\n`,
      [expect.stringMatching(/^t\.yaml:10:9: rego_type_error/) as string],
    ],
    [
      "of the template where there is no better one",
      `      rego: |\n        package foo\n        deny { true }\n`,
      [
        "t.yaml:1:1: invalid ConstraintTemplate: invalid rego: invalid module: missing required rules: [violation]",
      ],
    ],
  ])("%s", (_what, target, wanted) => {
    expect(problemsOf(target)).toEqual(wanted);
  });
});
