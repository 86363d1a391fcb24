import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { createClient } from "../../create-client.ts";
import { Engine } from "../../engine.ts";
import { constraint, fakeDriver, pod, template } from "../../testing/index.ts";
import type { Question } from "../driver.ts";
import type { ConstraintParts, TemplateParts } from "../../testing/index.ts";
import type { Explain } from "../../reviews/review.ts";

interface Setup {
  readonly parts?: TemplateParts;
  readonly constraints?: readonly PlainObject[];
  readonly object?: PlainObject;
  readonly explain?: Explain;
  readonly timeoutMs?: number;
}

function explained(rego: string, setup: Setup = {}): readonly string[] {
  const client = createClient({ nowNs: () => process.hrtime.bigint() });
  const added = client.addTemplate(template("KA", rego, setup.parts));
  if (!added.ok) throw new Error(added.error.message);
  for (const one of setup.constraints ?? [constraint("KA", "c")]) client.addConstraint(one);
  const object = setup.object ?? pod("web");
  const kind = { group: "", version: "v1", kind: "Pod" };
  const request = { uid: "u", kind, name: "web", namespace: "shop", operation: "CREATE", object };
  const { explanation = "" } = client.review(
    { request, source: "Original" },
    {
      enforcementPoint: "validation.gatekeeper.sh",
      honourOperations: true,
      explain: setup.explain ?? {},
      ...(setup.timeoutMs !== undefined && { timeoutMs: setup.timeoutMs }),
    },
  );
  return explanation.split("\n");
}

const parameters = (given: PlainObject): ConstraintParts => ({ parameters: given });

const ALWAYS = 'package p\nviolation[{"msg": "no"}] { true }';

describe("an explanation", () => {
  it("has each rule with its place, its rows, and the values that decided", () => {
    const rego = `package p
violation[{"msg": msg}] {
  missing := {l | l := input.parameters.labels[_]; not input.review.object.metadata.labels[l]}
  count(missing) > 0
  msg := sprintf("missing: %v", [missing])
}`;
    expect(explained(rego, { constraints: [constraint("KA", "c", parameters({ labels: ["a"] }))] })).toEqual([
      "KA/c: 1 violation",
      "  violation (template:2): holds",
      '    3: missing := {l | l := input.parameters.labels[_]; not input.review.object.metadata.labels[l]}  # missing = {"a"}, input.parameters.labels = ["a"], input.review.object.metadata.labels is undefined',
      '    4: count(missing) > 0  # missing = {"a"}',
      '    5: msg := sprintf("missing: %v", [missing])  # missing = {"a"}, msg = "missing: {\\"a\\"}"',
    ]);
  });

  it("shows the row in which a rule ended, and the values it ended with", () => {
    const rego = `package p
violation[{"msg": "bad"}] {
  name := input.review.object.metadata.name
  bad(name)
}
bad(n) {
  startswith(n, "x")
}`;
    expect(explained(rego)).toEqual([
      "KA/c: no violation",
      "  violation (template:2): does not hold",
      '    3: name := input.review.object.metadata.name  # name = "web", input.review.object.metadata.name = "web"',
      '    4: bad(name)  # does not hold: name = "web"',
      "  bad (template:6): does not hold",
      '    7: startswith(n, "x")  # does not hold: n = "web"',
    ]);
  });

  it("counts what was tried several times, and shows what held last", () => {
    const rego = `package p
violation[{"msg": c.image}] {
  c := input.review.object.spec.containers[_]
  not good(c.image)
}
good(image) {
  startswith(image, "mine/")
}`;
    const containers = [{ image: "mine/a" }, { image: "evil/b" }, { image: "mine/c" }];
    const lines = explained(rego, { object: { ...pod("web"), spec: { containers } } });
    expect(lines[0]).toBe("KA/c: 1 violation");
    expect(lines).toContain('    4: not good(c.image)  # holds 1 of 3 times: c = {"image": "evil/b"}');
    expect(lines).toContain("  good (template:6): holds 2 of 3 times");
    expect(lines).toContain('    7: startswith(image, "mine/")  # holds 2 of 3 times: image = "mine/c"');
  });

  it("names the rules that were not even begun, and what their input is", () => {
    const rego = `package p
violation[{"msg": "deleted"}] {
  input.review.operation == "DELETE"
}
violation[{"msg": "typo"}] {
  input.request.kind.kind == "Pod"
}`;
    expect(explained(rego)).toEqual([
      "KA/c: no violation",
      "  violation (template:2): not begun, what it compares with the input cannot hold",
      '    3: input.review.operation == "DELETE"  # input.review.operation = "CREATE"',
      "  violation (template:5): not begun, what it compares with the input cannot hold",
      '    6: input.request.kind.kind == "Pod"  # input.request is undefined',
    ]);
  });

  it("tells of every constraint, those that did not match or were not asked too", () => {
    const scoped = {
      enforcementAction: "scoped",
      scopedEnforcementActions: [{ action: "deny", enforcementPoints: [{ name: "audit.gatekeeper.sh" }] }],
    };
    const constraints = [
      constraint("KA", "audit-only", scoped),
      constraint("KA", "matches"),
      constraint("KA", "other-kind", { match: { kinds: [{ apiGroups: [""], kinds: ["Secret"] }] } }),
      constraint("KA", "other-namespace", { match: { namespaces: ["x"] } }),
      constraint("KA", "unknown-namespace", { match: { namespaceSelector: { matchLabels: { a: "b" } } } }),
    ];
    const lines = explained(ALWAYS, { constraints });
    expect(lines.filter((line) => !line.startsWith(" "))).toEqual([
      "KA/audit-only: not asked: it has no action for validation.gatekeeper.sh",
      "KA/matches: 1 violation",
      "KA/other-kind: does not match by spec.match.kinds",
      "KA/other-namespace: does not match by spec.match.namespaces",
      expect.stringMatching(/^KA\/unknown-namespace: violated: it cannot be matched: /),
    ]);
    const parts = { operations: ["DELETE"] };
    expect(explained(ALWAYS, { parts })).toEqual(["KA/c: not asked: its template is for DELETE alone"]);
  });

  it("can be limited to some constraints", () => {
    const constraints = [constraint("KA", "a"), constraint("KA", "b")];
    const only = (kind: string, name: string) => kind === "KA" && name === "b";
    const lines = explained(ALWAYS, {
      constraints,
      explain: { only },
    });
    expect(lines[0]).toBe("KA/b: 1 violation");
    expect(lines.join("\n")).not.toContain("KA/a");
    expect(explained(ALWAYS, { explain: { only: () => false } })).toEqual(["no constraint"]);
  });

  it("tells of a rule that fails, and of time that runs out", () => {
    const failing =
      'package p\na = 1 { input.review }\na = 2 { input.review }\nviolation[{"msg": "x"}] { a == 1 }';
    expect(explained(failing)[0]).toMatch(/^KA\/c: its rule failed: template:3: eval_conflict_error/);
    const endless = `package p
violation[{"msg": "x"}] {
  xs := numbers.range(1, 3000)
  count([1 | xs[_] + xs[_] + xs[_] == -1]) > 0
}`;
    expect(explained(endless, { timeoutMs: 200 })[0]).toMatch(/^KA\/c: no verdict: .*eval_cancel_error/);
  });

  it("cuts long values, between characters", () => {
    const object = { ...pod("web"), data: { a: "😀".repeat(5000) } };
    const lines = explained(
      'package p\nviolation[{"msg": "x"}] { x := input.review.object.data.a; x == "" }',
      { object },
    );
    for (const line of lines) {
      expect(line.length).toBeLessThan(800);
      expect(line).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    }
  });
});

it("costs the constraints nothing that it is not wanted of: they are judged without any observer", () => {
  const asked = new Map<string, Question>();
  const driver = fakeDriver((question) => asked.set(String(question.parameters["name"]), question));
  const engine = new Engine({ driver, referentialRules: true, nowNs: () => 0n });
  engine.addTemplate(template("KA", "deny all"));
  for (const name of ["a", "b"]) engine.addConstraint(constraint("KA", name, parameters({ name })));
  const request = {
    uid: "u",
    kind: { group: "", version: "v1", kind: "Pod" },
    operation: "CREATE",
    object: pod("web"),
  };
  const review = (explain?: Explain) =>
    engine.review(
      { request, source: "Original" },
      { enforcementPoint: "validation.gatekeeper.sh", ...(explain && { explain }) },
    );
  const observed = (name: string) =>
    (["explain", "trace", "observer"] as const).filter((key) => asked.get(name)?.[key] !== undefined);
  review();
  expect([observed("a"), observed("b")]).toEqual([[], []]);
  review({ only: (_kind, name) => name === "b" });
  expect([observed("a"), observed("b")]).toEqual([[], ["explain"]]);
});
