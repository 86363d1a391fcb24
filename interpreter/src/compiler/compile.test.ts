import { describe, expect, it } from "vitest";
import { formatErrors } from "../errors.ts";
import type { Rule, Term } from "../syntax/ast.ts";
import { parseModule } from "../syntax/parse.ts";
import { CAPABILITIES, compileText, compiled, errorsOf, rewrittenQuery } from "../testing/compile-text.ts";
import { compile } from "./compile.ts";
import { childOf } from "./compiled.ts";
import { isEquality } from "./nodes.ts";
import { walkRule } from "./walk.ts";

describe("compile", () => {
  it("takes modules in the order of their names and lists their rules in order of definition", () => {
    const { rules } = compiled(["package a\np contains 1\np contains 2", "package a\np contains 3"]);
    const node = childOf(childOf(rules, "a") as typeof rules, "p");
    expect(node?.rules.map(({ module, rule }) => [module, rule.location.row])).toEqual([
      ["a.rego", 2],
      ["a.rego", 3],
      ["b.rego", 2],
    ]);
  });

  it.each([
    "x = {x: 1}",
    '{"a": 1, x: 2} = x',
    'x = [{"a": 3, x: 3}]',
    "x = {x}",
    "{[x]} = x",
    "[_, x] = [1, {x}]",
  ])("binds nothing to a value that would hold itself: %s", (equation) => {
    expect(errorsOf(`package a\np if { ${equation} }`)).toEqual([expect.stringContaining("var x is unsafe")]);
  });

  it("places rules at the ground prefix of their refs", () => {
    const { rules } = compiled("package a\np.q[x].r := 1 if some x in [1]");
    const q = ["a", "p", "q"].reduce(
      (node: typeof rules | undefined, key) => node && childOf(node, key),
      rules,
    );
    expect(q?.rules[0]?.groundParts).toBe(4);
    expect(q?.rules[0]?.ref.parts).toHaveLength(6);
  });

  it("hides data.system from wildcards", () => {
    const { rules } = compiled(["package system.x\np := 1", "package y\np := 1"]);
    expect([...rules.children.values()].map(({ key, hidden }) => [key, hidden])).toEqual([
      ["system", true],
      ["y", false],
    ]);
  });

  it("stops after the stage that reports and says where it stopped counting", () => {
    const body = Array.from({ length: 12 }, (_, i) => `v${i} == 1`).join("\n");
    const errors = errorsOf(`package a\np if {\n${body}\n}`);
    expect(errors).toHaveLength(11);
    expect(errors[10]).toBe("undefined:undefined error limit reached");
    expect(errorsOf(`package a\np if {\n${body}\n}`, { errorLimit: 0 })).toHaveLength(12);
  });

  it("prints errors as OPA does", () => {
    const result = compileText("package a\nf(x) := startswith(x, 1)");
    expect(result.ok ? "" : formatErrors(result.errors)).toBe(
      "1 error occurred: a.rego:2: rego_type_error: startswith: invalid argument(s)\n" +
        "\thave: (???, number, ???)\n\twant: (search: string, base: string, result: boolean)",
    );
  });

  it("names the rules that lie below a value", () => {
    expect(errorsOf("package a\np.q := 1\np.q.r := 2")).toEqual([
      "2:1 rule data.a.p.q conflicts with:\n  rule data.a.p.q.r at a.rego:3",
    ]);
  });

  it("reports rules that hide base data", () => {
    const dataPathExists = (path: readonly string[]): boolean => path.join("/") === "a/p";
    expect(errorsOf("package a\np := 1", { dataPathExists })).toEqual([
      "2:1 conflicting rule for data path a/p found",
    ]);
  });

  it("reports packages at the place of a rule", () => {
    expect(errorsOf(["package a\nb := 1", "package a.b"])).toEqual([
      "1:1 package a.b conflicts with rule b defined at a.rego:2",
    ]);
  });

  it("hints at the builtin that was meant", () => {
    const result = compileText('package a\np if starstwith("a", "b")');
    expect(result.ok ? undefined : result.errors[0]?.hint).toBe("did you mean `startswith`?");
  });

  it("refuses what the host forbids, called or mocked", () => {
    const unsafeBuiltins = new Set(["http.send"]);
    expect(errorsOf("package a\np := http.send({})", { unsafeBuiltins })).toEqual([
      "2:6 unsafe built-in function calls in expression: http.send",
    ]);
    expect(errorsOf("package a\np if { true with http.send as 1 }", { unsafeBuiltins })).toEqual([
      '2:18 with keyword replacing built-in function: target must not be unsafe: "http.send"',
    ]);
  });

  it.each([
    ["p if { x := 1 }", ["3:8 assigned var x unused"]],
    ["f(x) := 1", ["3:1 unused argument x. (hint: use _ (wildcard variable) instead)"]],
    ["import data.foo\np := 1", ["3:1 import data.foo unused"]],
    ["f(x) := 1 if { false } else := x", []],
    ["p if { x := 1; count([x | x := 2; x]) > 0 }", ["3:8 assigned var x unused"]],
  ])("in strict mode: %s", (rules, errors) => {
    expect(errorsOf(`package test\n\n${rules}`, { strict: true })).toEqual(errors);
  });

  it("reports undeclared vars of print where print is kept", () => {
    expect(errorsOf("package a\np if print(x)", { print: true })).toEqual(["2:12 var x is undeclared"]);
    expect(errorsOf("package a\np if print(x)")).toEqual([]);
  });

  it("has deprecated builtins in v0 only", () => {
    expect(errorsOf("package a\np { any([true]) }", { version: "v0" })).toEqual([]);
    expect(errorsOf("package a\np if any([true])")).toEqual([
      "2:6 deprecated built-in function calls in expression: any",
    ]);
  });

  it("answers a tree deeper than the stack with an error", () => {
    const parsed = parseModule({ name: "a.rego", source: "package a\np := [1]", version: "v1" });
    if (!parsed.ok) throw new Error(formatErrors(parsed.errors));
    const { module } = parsed;
    const rule = module.rules[0] as Rule;
    let value = rule.head.value as Term;
    for (let depth = 0; depth < 100_000; depth++) {
      value = { kind: "array", items: [value], location: value.location };
    }
    const deep = { ...module, rules: [{ ...rule, head: { ...rule.head, value } }] };
    const result = compile(new Map([["a.rego", deep]]), { capabilities: CAPABILITIES });
    expect(result.ok ? [] : result.errors.map(({ message }) => message)).toEqual([
      "policy is nested too deeply to compile",
    ]);
  });

  it("puts long bodies in reverse order right without trying all orders", () => {
    const body = Array.from(
      { length: 2000 },
      (_, i) => `x${1999 - i} = ${i === 1999 ? "input" : `x${1998 - i}`}.a`,
    );
    expect(errorsOf(`package a\np if {\n${body.join("\n")}\n}`)).toEqual([]);
  });
});

describe("what a planner relies on", () => {
  const source = `package test
import data.lib
p contains $"{x} {input.y}" if {
	some x in lib.xs[input.i].ys
	every v in f(x, {"a": [input.z]}) { not startswith(upper(v), concat("", [k | some k in data.ks])) }
	[a, {"b": b}] := [q[x], {"b": lib.g(x).c}]
	not a == b with input.y as count({b}) with f as lib.h
}
f(x, {"a": [y]}) := [y | y := x.z] if count(x) > 1 else := x
q[k][v] := sum([k, v]) if some k, v in input.xs
`;
  const lib = 'package lib\nxs := input.lib\ng(x) := {"c": x}\nh(x, _) := x';

  it("calls stand alone, args and brackets hold no refs", () => {
    const { modules } = compiled([source, lib]);
    const plain = (term: Term): boolean =>
      term.kind === "array" || term.kind === "set"
        ? term.items.every(plain)
        : term.kind === "object"
          ? term.entries.every(([key, value]) => plain(key) && plain(value))
          : term.kind === "scalar" || (term.kind === "var" && term.name !== "input" && term.name !== "data");
    const wrong: string[] = [];
    const check = (place: string, terms: readonly (Term | undefined)[]): void => {
      for (const term of terms) if (term && !plain(term)) wrong.push(`${place}: ${term.kind}`);
    };
    for (const rule of [...modules.values()].flatMap((module) => module.rules)) {
      check("head", [rule.head.key, rule.head.value]);
      walkRule(rule, {
        term: (term) => {
          if (term.kind === "call" || term.kind === "template") wrong.push(term.kind);
          if (term.kind === "ref") check("bracket", term.parts.slice(1));
        },
        expr: (expr) => {
          if (expr.terms.kind === "some") wrong.push("some");
          if (expr.terms.kind === "call" && !isEquality(expr)) check("arg", expr.terms.args);
        },
      });
    }
    expect(wrong).toEqual([]);
  });

  it("compiles queries within a package and its imports", () => {
    expect(rewrittenQuery("data.test.p[x]; data.lib.g(x, y)", compiled([source, lib]))).toContain(
      "data.lib.g(x, y)",
    );
  });
});
