import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatErrors } from "../errors.ts";
import type { Module, RegoVersion, Rule } from "./ast.ts";
import { RegoParser } from "./grammar.ts";
import { parseModule, parseQuery, parseTerm } from "./parse.ts";
import { printBody, printHead, printTerm } from "./print.ts";
import { walkRule } from "./visit.ts";

function module(source: string, version: RegoVersion = "v1"): Module {
  const parsed = parseModule({ name: "test.rego", source: `package test\n${source}`, version });
  if (!parsed.ok) throw new Error(formatErrors(parsed.errors));
  return parsed.module;
}

const kindOfRule = ({ head }: Rule): string =>
  head.args ? "function" : head.key ? "set" : head.ref.parts.length > 1 ? "object" : "complete";

describe("rules", () => {
  it.each([
    ["v1", "p := 1", "complete", "p := 1"],
    ["v1", "p = x if { x = 1 }", "complete", "p = x"],
    ["v1", "p if true", "complete", "p = true"],
    ["v1", "p contains 1", "set", "p contains 1"],
    ["v1", "p.q contains x if { x = 1 }", "set", "p.q contains x"],
    ["v1", "p[x] := 1 if { x = 1 }", "object", "p[x] := 1"],
    ["v1", "p[x] if { x = 1 }", "object", "p[x] = true"],
    ["v1", "p.q.r := 1", "object", "p.q.r := 1"],
    ["v1", "f(x, _) := x if x", "function", "f(x, _) := x"],
    ["v1", "f(x) if x", "function", "f(x) = true"],
    ["v1", "if.foo := 1", "object", "if.foo := 1"],
    ["v0", "p { true }", "complete", "p = true"],
    ["v0", "p[x] { x = 1 }", "set", "p contains x"],
    ["v0", "p[1]", "set", "p contains 1"],
    ["v0", "p.q { true }", "set", 'p contains "q"'],
    ["v0", "p.q.r { true }", "object", "p.q.r = true"],
    ["v0", "p[x] = 2 { x = 1 }", "object", "p[x] = 2"],
    ["v0", "if := 1", "complete", "if := 1"],
  ] as const)("%s: %s is a %s rule", (version, source, kind, head) => {
    const [rule] = module(source, version).rules;
    expect(rule && [kindOfRule(rule), printHead(rule.head)]).toEqual([kind, head]);
  });

  it("makes a rule of each chained body, with wildcards of its own", () => {
    const { rules } = module("f(_) { true } { false }", "v0");
    expect(rules).toHaveLength(2);
    const [first, second] = rules.map(({ head }) => head.args?.[0]);
    expect(first).not.toEqual(second);
  });

  it("keeps else branches in order", () => {
    const [rule] = module("p := 1 if { a } else := 2 if b else if { c } else := 4").rules;
    const values: string[] = [];
    for (let branch = rule; branch; branch = branch.else) values.push(printTerm(branch.head.value as never));
    expect(values).toEqual(["1", "2", "true", "4"]);
  });

  it.each([
    ["p if { x }", "x"],
    ["p if {x, y in xs}", "internal.member_3(x, y, xs)"],
    ["p if {x | x = 1}", "{x | x = 1}"],
    ['p if {"a": 1}', '{"a": 1}'],
    ["p if {1} == input.x", "equal({1}, input.x)"],
    ["p if { a | b }", "{a | b}"],
    ["p if { x := {1 | 2}; x }", "assign(x, {1 | 2}); x"],
  ])("reads what is in braces after `if`: %s", (source, body) => {
    expect(printBody(module(source).rules[0]?.body ?? [])).toBe(body);
  });
});

describe("v0 and its imports", () => {
  it("takes words for keywords only after their import", () => {
    const { rules } = module("in := 1\nimport future.keywords.in\np { 1 in [1] }", "v0");
    expect(rules.map(({ head }) => printHead(head))).toEqual(["in := 1", "p = true"]);
  });

  it("takes `import` after `package` for a name, which imports nothing", () => {
    const source = "package\nimport future.keywords\na.d contains 1";
    const parsed = parseModule({ name: "a.rego", source, version: "v0" });
    expect(!parsed.ok && parsed.errors.map(({ location }) => String(location))).toEqual([
      "a.rego:3",
      "a.rego:3",
    ]);
  });

  it("checks like v1 after `import rego.v1`", () => {
    const parsed = parseModule({
      name: "a.rego",
      source: "package a\nimport rego.v1\np { true }",
      version: "v0",
    });
    expect(!parsed.ok && formatErrors(parsed.errors)).toBe(
      "1 error occurred: a.rego:3: rego_parse_error: `if` keyword is required before rule body",
    );
  });
});

describe("terms", () => {
  it.each([
    ["[a | b]", "array-comprehension"],
    ["[a | b, c]", "array"],
    ["{a | b}", "set-comprehension"],
    ["{a | b, c}", "set"],
    ["{(a | b)}", "set"],
    ["{a: b | c}", "object-comprehension"],
    ["{a: b | c, d: e}", "object"],
    ["{}", "object"],
    ["set()", "set"],
    ["[,1,2,]", "array"],
    ['$"{$"{1}"}"', "template"],
    ["a.if.in[0]", "ref"],
    ["f(x)[0].y", "ref"],
    ["-x", "call"],
    ["-1", "scalar"],
  ])("reads %s as %s", (text, kind) => {
    const parsed = parseTerm(`[${text}]`);
    expect(parsed.ok && parsed.term.kind === "array" && parsed.term.items[0]?.kind).toBe(kind);
  });

  it("ends a ref at whitespace", () => {
    const parsed = parseQuery("c\n[1]\n(2)");
    expect(parsed.ok && printBody(parsed.body)).toBe("c; [1]; 2");
  });

  it.each([
    ['"\\u00e9\\ud83d\\ude00"', "é😀"],
    ['"\\ud800"', "\ufffd"],
    ["`\\n`", "\\n"],
  ])("decodes %s", (text, value) => {
    const parsed = parseTerm(text);
    expect(parsed.ok && parsed.term.kind === "scalar" && parsed.term.value).toBe(value);
  });
});

describe("locations", () => {
  it("slices the source exactly and counts columns in code points", () => {
    const [rule] = module('p if {\n\tx := "😀"; y := x\n}').rules;
    const places = (rule?.body ?? []).map(({ location }) => [location.row, location.col, location.text]);
    expect(places).toEqual([
      [3, 2, 'x := "😀"'],
      [3, 12, "y := x"],
    ]);
  });

  it("gives every term a place inside the source", () => {
    const { rules } = module("p := x if {\n  x := [y | some y in {1, 2}; y > -f(y.z)[0]]\n}");
    for (const rule of rules) {
      walkRule(rule, { term: ({ location }) => void expect(location.text.length).toBeGreaterThan(0) });
    }
  });
});

describe("errors", () => {
  it("shows the line and a caret", () => {
    const parsed = parseModule({ name: "a.rego", source: "package a\n\n\tp := [1 2]", version: "v1" });
    expect(!parsed.ok && formatErrors(parsed.errors)).toBe(
      [
        "2 errors occurred:",
        'a.rego:3: rego_parse_error: unexpected number token: expected "," or "]"',
        "\tp := [1 2]",
        "\t        ^",
        "a.rego:3: rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })",
        "\tp := [1 2]",
        "\t        ^",
      ].join("\n"),
    );
  });

  it.each(["[", "(", '{"a":', "f(", "a[", "{x|", "{", "every x in y {", '$"{'])(
    "stops at a bounded depth of %s",
    (opening) => {
      const parsed = parseQuery(opening.repeat(20_000));
      expect(parsed.ok).toBe(false);
      const texts = parsed.ok ? [] : parsed.errors.map(({ message }) => message);
      expect(texts).toContain("max parsing recursion depth exceeded");
    },
  );

  it.each(["1", "x in xs", "f(x)"])("bounds the tree of a long chain from %s", (start) => {
    const link = { "1": " + 1", "x in xs": " in ys", "f(x)": ".y(z)" }[start] as string;
    expect(parseQuery(start + link.repeat(900)).ok).toBe(true);
    const parsed = parseQuery(start + link.repeat(5000));
    expect(!parsed.ok && parsed.errors[0]?.message).toBe("max parsing recursion depth exceeded");
  });

  it("takes no exponential time for what can be read in two ways", () => {
    const nested = ["[a|", "{a|", "{a:b|", "[a+", "(a,"].map((opening) => opening.repeat(60));
    for (const text of nested) expect(parseQuery(text).ok).toBe(false);
    const closed = `${"[a|".repeat(60)}x${",b]".repeat(60)}`;
    expect(parseQuery(closed).ok).toBe(true);
  });

  it("gives a result or an error, whatever the text", () => {
    const words = [
      "p",
      "if",
      "{",
      "}",
      "[",
      "]",
      "(",
      ")",
      ":=",
      "=",
      "|",
      ",",
      ":",
      ".",
      "\n",
      " ",
      '"a"',
      "1",
      "some",
      "in",
    ];
    const more = [
      "every",
      "not",
      "with",
      "as",
      "else",
      "default",
      "contains",
      "import",
      "package",
      '$"',
      '"',
      "`",
      "-",
      ";",
      "_",
    ];
    const soup = fc.array(fc.constantFrom(...words, ...more), { maxLength: 40 }).map((list) => list.join(""));
    const check = (text: string): void => {
      const parsed = (["v0", "v1"] as const).flatMap((version) => [
        parseModule({ name: "", source: text, version }),
        parseModule({ name: "", source: `package a\nimport future.keywords\n${text}`, version }),
      ]);
      // Each is a result or says why not.
      const silent = [...parsed, parseQuery(text)].filter((one) => !one.ok && one.errors.length === 0);
      expect(silent).toEqual([]);
    };
    fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), check), { numRuns: 400 });
  });
});

it("has a grammar without ambiguities that the library would find", () => {
  expect(() => new RegoParser(false)).not.toThrow();
});

describe("hints", () => {
  const hint = (source: string, version: RegoVersion = "v1"): string | undefined => {
    const parsed = parseModule({ name: "a.rego", source: `package a\n${source}`, version });
    return parsed.ok ? undefined : parsed.errors[0]?.hint;
  };

  it.each([
    ["import date.foo", "did you mean `data`?"],
    ["import future.keyword.in", "did you mean `keywords`?"],
    ["import future.keywords.evry", "did you mean `every`?"],
    ["import elsewhere.foo", undefined],
    ["p { true }", "if this policy is written in Rego v0, read it as such: --v0-compatible"],
    ["p[x] { x = 1 }", "if this policy is written in Rego v0, read it as such: --v0-compatible"],
    ["p := ]", undefined],
  ])("%s: %s", (source, expected) => {
    expect(hint(source)).toBe(expected);
  });

  it("says nothing of v0 where the policy asks for v1 itself", () => {
    expect(hint("import rego.v1\np { true }", "v0")).toBeUndefined();
  });
});
