import { describe, expect, it } from "vitest";
import { rewritten, rewrittenQuery } from "../testing/compile-text.ts";

/** Source in, compiled module out: `head: expr; expr`. Generated vars are `l0`, `l1`, …, in queries `q0`. */
describe("what stages make of a rule", () => {
  it.each<[what: string, source: string, compiled: readonly string[]]>([
    ["names of rules become full refs", "p := q\nq := 1", ["p := l0: l0 = data.test.q", "q := 1: true"]],
    ["imports become full refs", "import data.lib.f as g\np := g.x", ["p := l0: l0 = data.lib.f.x"]],
    ["locals shadow rules", "p if { q := 1; q == 2 }\nq := 1", ["p := true: l0 = 1; l0 = 2", "q := 1: true"]],
    ["expressions in a rule's ref move to the body", "p[input.x] := 1", ["p[l0] := 1: l0 = input.x"]],
    ["`:=` is `=` on a var of its own", "p if { x := 1; x == 2 }", ["p := true: l0 = 1; l0 = 2"]],
    [
      "`some k, v in` is a lookup",
      "p if { some k, v in input.xs; k == v }",
      ["p := true: l1 = input.xs[l0]; l0 = l1"],
    ],
    [
      "`some x in` gets a key",
      "p if { some x in input.xs; x > 1 }",
      ["p := true: l2 = input.xs[l1]; gt(l2, 1)"],
    ],
    [
      "`every` gets a key and its domain a var",
      "p if every x in input.xs { x > 1 }",
      ["p := true: l2 = input.xs; every l0, l1 in l2 { gt(l1, 1) }"],
    ],
    ["args are patterns of locals", "f(x, [y, _]) := x if y", ["f(l0, [l1, l2]) := l0: l1"]],
    [
      "heads of comprehensions move into them",
      "p := [input.x[0] | true]",
      ["p := l1: l1 = [l0 | l0 = input.x[0]]"],
    ],
    [
      "keys of heads move to the end of the body",
      "p contains input.x[i] if input.y[i]",
      ["p contains l0: input.y[i]; l0 = input.x[i]"],
    ],
    [
      "templates are calls whose undefined parts print",
      'p := $"a {input.b} c"',
      ['p := l1: l2 = {l0 | l0 = input.b}; internal.template_string(["a ", l2, " c"], l1)'],
    ],
    ["print goes", "p if { print(input.a); input.b }", ["p := true: input.b"]],
    ["a body of prints is true", "p if print(1)", ["p := true: true"]],
    [
      "calls inside calls come before the negation",
      'p if { not startswith(upper(input.x), "A") }',
      ['p := true: l1 = input.x; upper(l1, l0); not startswith(l0, "A")'],
    ],
    ["a compared ref stays inside the negation", "p if { not input.x == 1 }", ["p := true: not input.x = 1"]],
    ["an operand does not", "p if { not input.x > 1 }", ["p := true: l0 = input.x; not gt(l0, 1)"]],
    [
      "values of `with` come before",
      "p if input.x with input as data.z",
      ["p := true: l0 = data.z; input.x with input as l0"],
    ],
    [
      "what is taken out keeps the `with`",
      "p if { count(input.x) == 1 with count as sum }",
      [
        "p := true: l1 = input.x with count as sum; count(l1, l0) with count as sum; l0 = 1 with count as sum",
      ],
    ],
    ["negations wait for their vars", "p if { not x; x = input.y }", ["p := true: x = input.y; not x"]],
    ["so do comparisons", "p if { x == y; y = 1; x = 2 }", ["p := true: y = 1; x = 2; x = y"]],
    [
      "brackets hold vars",
      "p if { f(data.foo[input.z]) }\nf(_) := true",
      ["p := true: l1 = input.z; l2 = data.foo[l1]; data.test.f(l2)", "f(l0) := true: true"],
    ],
    [
      "heads of refs are vars",
      "p if [1, 2][i] == input.x[i]",
      ["p := true: l0 = [1, 2]; l0[i] = input.x[i]"],
    ],
    ["metadata is a constant", "p := rego.metadata.rule()", ["p := l0: l1 = {}; l0 = l1"]],
    [
      "names that sources have are not used again",
      "p if { __local0__ = 1; x := 2; x > __local0__ }",
      ["p := true: l0 = 1; l1 = 2; gt(l1, l0)"],
    ],
  ])("%s", (_, source, compiled) => {
    expect(rewritten(source)).toEqual(compiled);
  });

  it("keeps print where it is asked to", () => {
    expect(rewritten("p if { x := 1; print(x, input.y) }", { print: true })).toEqual([
      "p := true: l0 = 1; l3 = {l1 | l1 = l0}; l4 = {l2 | l2 = input.y}; internal.print([l3, l4])",
    ]);
  });
});

describe("what stages make of a query", () => {
  it.each([
    [
      "`==` stays a comparison whose operands are taken out",
      "not input.x == 1",
      "q0 = input.x; not equal(q0, 1)",
    ],
    [
      "values are captured, and must be true where there are several",
      "x := 1; x == 2",
      "q0 = 1; equal(q0, 2, $term1); $term1",
    ],
    ["so must those of an iteration", "input.a[_]", "input.a[$0] = $term0; $term0"],
    ["a single value may be false", "input.a", "input.a = $term0"],
  ])("%s", (_, query, compiled) => {
    expect(rewrittenQuery(query)).toBe(compiled);
  });
});
