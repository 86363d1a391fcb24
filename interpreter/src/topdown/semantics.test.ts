import { describe, expect, it } from "vitest";
import { formatError } from "../errors.ts";
import { createRego, type EvalOptions } from "../rego.ts";
import { printValue } from "../value/print.ts";

type Row = [behaviour: string, rules: string, query: string, wanted: string, options?: EvalOptions];

/** What `data.t.…` is, for the rules of a package `t`; results of several bindings are parted by `; `. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  "undefined and false": [
    ["a missing key is undefined", "p := input.a.b", "data.t.p", "undefined", { input: { a: {} } }],
    ["zero, null and the empty string succeed", `p if { 0; null; "" }`, "data.t.p", "true"],
    ["a rule can be false and defined", "p := false", "data.t.p", "false"],
    ["false fails as a statement", "p if data.t.q\nq := false", "data.t.p", "undefined"],
    [
      "not succeeds for undefined and for false",
      "p if { not input.x; not q }\nq := false",
      "data.t.p",
      "true",
    ],
    ["no input is undefined, not null", "p if input == null", "data.t.p", "undefined"],
    ["inherited names are no keys", "p := input.constructor", "data.t.p", "undefined", { input: {} }],
    [
      "__proto__ is a key",
      `p := input["__proto__"]`,
      "data.t.p",
      "1",
      { input: JSON.parse(`{"__proto__": 1}`) },
    ],
  ],
  "complete rules and functions": [
    ["equal values do not conflict", "p := 1\np := 1.0", "data.t.p", "1"],
    [
      "two values conflict, at the second rule",
      "p := 1\np := 2",
      "data.t.p",
      "t.rego:3: eval_conflict_error: complete rules must not produce multiple outputs",
    ],
    [
      "a false result takes part in conflicts",
      "f(_) := false\nf(_) := true\np if f(1)",
      "data.t.p",
      "t.rego:3: eval_conflict_error: functions must not produce multiple outputs for same inputs",
    ],
    ["else is tried when the body fails", "p := 1 if input.x else := 2", "data.t.p", "2"],
    ["a false value ends an else chain", "p := false if true else := 2", "data.t.p", "false"],
    ["default is for no value", "default p := 7\np := 1 if input.x", "data.t.p", "7"],
    [
      "a default function has the value for what no clause matches",
      "default f(_) := 0\nf(1) := 2\np := [f(1), f(3)]",
      "data.t.p",
      "[2, 0]",
    ],
    [
      "patterns in arguments are matched",
      `f([x, {"k": y}]) := x + y\np := f([1, {"k": 2}])`,
      "data.t.p",
      "3",
    ],
    ["an undefined argument makes the call undefined", "f(_) := 1\np := f(input.x)", "data.t.p", "undefined"],
  ],
  "partial rules": [
    ["a set without elements is defined", "p contains x if some x in input", "data.t.p", "set()"],
    ["an object without entries is defined", "p[x] := 1 if some x in input", "data.t.p", "{}"],
    [
      "one key has one value",
      `p["a"] := x if some x in [1, 2]\np[y] := 3 if y := "b"`,
      "data.t.p",
      "t.rego:2: eval_conflict_error: object keys must be unique",
    ],
    [
      "a known key evaluates only its part",
      `p[x] := y if { some x in ["a", "b"]; y := 1 / f(x) }\nf("a") := 1\nf("b") := 0`,
      "data.t.p.a",
      "1",
    ],
    ["refs go on behind a variable", `p[x].y.z := 1 if some x in ["a", "b"]`, "data.t.p.b.y", `{"z": 1}`],
    [
      "a rule with a fixed ref joins the document of a variable one",
      `p[x].y := 1 if x := "a"\np.b.y := 2`,
      "data.t.p",
      `{"a": {"y": 1}, "b": {"y": 2}}`,
    ],
    [
      "a path that ends where another goes on is a conflict",
      `p[x] := {"y": 1} if x := "a"\np[x].y := 1 if x := "a"`,
      "data.t.p",
      "t.rego:3: eval_conflict_error: object keys must be unique",
    ],
    [
      "sets can stand below a variable",
      `p[x] contains y if some [x, y] in [["a", 1], ["a", 2], ["b", 3]]`,
      "data.t.p",
      `{"a": {1, 2}, "b": {3}}`,
    ],
  ],
  "base and virtual documents": [
    ["a package shows both", "p := 1", "data.t", `{"b": 2, "p": 1}`, { data: { t: { b: 2 } } }],
    [
      "base wins in an extent, the rule when named",
      "p := 1",
      "[data.t.p, data.t]",
      `[1, {"p": 2}]`,
      { data: { t: { p: 2 } } },
    ],
    [
      "a key known late finds base and rules",
      "p := 1",
      '[x | some k in ["p", "b"]; x := data.t[k]]',
      "[1, 2]",
      { data: { t: { b: 2 } } },
    ],
    [
      "each key is enumerated once",
      "p := 1",
      "[k | data.t[k]]",
      `["b", "p"]`,
      { data: { t: { b: 2, p: 3 } } },
    ],
    ["functions are no documents", "f(x) := x\np := 1", "data.t", `{"p": 1}`],
    [
      "a number finds a key of a base document",
      "p := data.b[2]",
      "data.t.p",
      "1",
      { data: { b: { "2": 1 } } },
    ],
    [
      "but not of a value read into a variable",
      "p := x[2] if x := data.b",
      "data.t.p",
      "undefined",
      { data: { b: { "2": 1 } } },
    ],
  ],
  with: [
    [
      "replaces a part of the input",
      "p := input.a + input.b",
      "[x | x := data.t.p with input.b as 5]",
      "[6]",
      { input: { a: 1, b: 2 } },
    ],
    [
      "makes the objects on the way",
      "p := input",
      "[x | x := data.t.p with input.a.b as 1]",
      `[{"a": {"b": 1}}]`,
    ],
    [
      "ends with its expression",
      "p := [x, y] if { x := q with input as 1; y := q }\nq := input",
      "data.t.p",
      "[1, 2]",
      { input: 2 },
    ],
    ["hides rules below data", "p := x if x := q with data.t.q as 2\nq := 1", "data.t.p", "2"],
    [
      "replaces builtins by functions",
      "p := x if x := count([1]) with count as f\nf(x) := [x]",
      "data.t.p",
      "[[1]]",
    ],
    [
      "a replacement does not replace itself",
      "p := x if x := count([1]) with count as f\nf(x) := count(x) + 10",
      "data.t.p",
      "11",
    ],
    [
      "an undefined value makes the expression undefined",
      "p if { true with input as input.x }",
      "data.t.p",
      "undefined",
    ],
    [
      "is undone for each solution of a loop",
      "p := [[x, input] | q[x] with input as 9]\nq contains x if { some x in [1, 2]; input == 9 }",
      "data.t.p",
      "[[1, 3], [2, 3]]",
      { input: 3 },
    ],
  ],
  closures: [
    ["every over nothing holds", "p if { every x in [] { x > 1 } }", "data.t.p", "true"],
    ["every over a scalar is undefined", "p if { every x in 1 { x > 1 } }", "data.t.p", "undefined"],
    [
      "comprehensions see variables around them",
      "p := [y | some x in [1, 2]; y := [z | some z in [x, 5]; z > x]]",
      "data.t.p",
      "[[5], [5]]",
    ],
    [
      "an object comprehension has one value a key",
      "p := {1: x | some x in [1, 2]}",
      "data.t.p",
      "t.rego:2: eval_conflict_error: object keys must be unique",
    ],
    [
      "arrays of comprehensions are in evaluation order",
      `p := [v | some v in {"b": 1, "a": 2, "c": 0}]`,
      "data.t.p",
      "[2, 1, 0]",
    ],
  ],
  unification: [
    ["both sides may hold new variables", "p := [x, y] if [x, 2] = [1, y]", "data.t.p", "[1, 2]"],
    ["through each other", "p := x if [x, y] = [y, 1]", "data.t.p", "1"],
    [
      "a failed element leaves nothing bound",
      "p := x if [x, 1] = input.a[_]",
      "data.t.p",
      "3",
      {
        input: {
          a: [
            [2, 2],
            [3, 1],
          ],
        },
      },
    ],
    [
      "a key compared with its own element",
      "p := i if i == input.a[i]",
      "data.t.p",
      "1",
      { input: { a: [7, 1] } },
    ],
    ["numbers are equal by value", "p if { 1 == 1.0; {1.0} == {1}; [1e2] == [100] }", "data.t.p", "true"],
  ],
};

for (const [topic, rows] of Object.entries(ROWS)) {
  describe(topic, () => {
    it.each<Row>([...rows])("%s", (_, rules, query, wanted, options) => {
      expect(answer(`package t\n${rules}`, query, options ?? {})).toBe(wanted);
    });
  });
}

describe("errors of builtins", () => {
  const source = `package t\np := 1 / input.x\nq := "ok" if not p`;

  it("make a call undefined", () => {
    expect(answer(source, "data.t.q", { input: { x: 0 } })).toBe(`"ok"`);
  });

  it("are reported in strict mode, the first one, though evaluation goes on", () => {
    const prepared = createRego({ modules: [{ name: "t.rego", source }] }).prepare("data.t.q", {
      strictBuiltinErrors: true,
    });
    const { results, errors } = prepared.eval({ input: { x: 0 } });
    expect(errors.map(formatError)).toEqual(["t.rego:2: eval_builtin_error: div: divide by zero"]);
    expect(results).toHaveLength(1);
  });
});

function answer(source: string, query: string, options: EvalOptions): string {
  const rego = createRego({ modules: [{ name: "t.rego", source }] });
  expect(rego.errors.map(formatError)).toEqual([]);
  const prepared = rego.prepare(query);
  expect(prepared.errors.map(formatError)).toEqual([]);
  const { results, errors } = prepared.eval(options);
  if (errors[0]) return formatError(errors[0]);
  if (results.length === 0) return "undefined";
  return results
    .map((result) => result.expressions.map(({ value }) => printValue(value)).join(", "))
    .join("; ");
}
