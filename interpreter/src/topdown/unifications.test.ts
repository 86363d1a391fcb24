import { describe, expect, it } from "vitest";
import { TraceRecorder } from "../observe/trace.ts";
import { createRego } from "../rego.ts";

/** The unifications wanted are those OPA 1.22 shows for the same rules, query and input. */
const INPUT = { x: 3, list: ["a", "b"], object: { k: [1, 2] } };
const DATA = { base: { a: [5] } };

describe("a query tells of each unification, and of those within it", () => {
  it.each<readonly [name: string, rules: string, query: string, unifications: readonly string[]]>([
    ["a variable gets a constant", "", "x = 1", ["x = 1"]],
    ["a statement has a value that nobody reads", "", "input.x", ["input.x = _", "3 = _"]],
    [
      "composites are taken apart, as far as they fit",
      "",
      "[x, [y, x], 4] = [1, [2, 3], 4]",
      ["[x, [y, x], 4] = [1, [2, 3], 4]", "x = 1", "[y, x] = [2, 3]", "y = 2", "1 = 3"],
    ],
    [
      "objects in the order of their keys",
      "",
      '{"b": x, "a": y} = {"a": 1, "b": 2}',
      ['{"a": y, "b": x} = {"a": 1, "b": 2}', "y = 1", "x = 2"],
    ],
    [
      "a reference, then the keys it enumerates, then its value",
      "",
      'input.list[i] = "b"',
      ['input.list[i] = "b"', "0 = i", '"a" = "b"', "1 = i", '"b" = "b"'],
    ],
    [
      "the value of a base document stands at the right",
      "",
      "x = data.base.a[i]",
      ["x = data.base.a[i]", "0 = i", "x = 5"],
    ],
    [
      "of a set that is searched for something known nothing else",
      "",
      "s = {1, 2, 3}; 2 = s[x]",
      ["s = {1, 2, 3}", "2 = s[x]", "2 = x", "2 = 2"],
    ],
    [
      "the arguments of a function and its output with the head, before the body",
      'f([x, y], "k") := z if { z := x + y }',
      'data.t.f([1, 2], "k", r)',
      ["[1, 2] = [x, y]", "1 = x", "2 = y", '"k" = "k"', "r = z", "__local3__ = 3", "z = 3"],
    ],
    [
      "what is known of a function with the output alone",
      "f(x) := x",
      "data.t.f(1, a); data.t.f(1, b)",
      ["1 = x", "a = 1", "true = _", "b = 1"],
    ],
    [
      "a variable stands for the term it was unified with until that is part of a result",
      "f(x) := [x, y] if { y := 2 }",
      "data.t.f(1, r); s = r; count(s, n); data.t.f(1, t)",
      ["1 = x", "r = [x, y]", "y = 2", "s = [x, y]", "n = 2", "t = [1, 2]"],
    ],
    [
      "the head of a set with the key that is asked for",
      "q contains x if some x in [1, 2]",
      "data.t.q[2]",
      [
        "data.t.q[2] = _",
        "2 = x",
        "__local3__ = [1, 2]",
        "2 = __local3__[__local0__]",
        "0 = __local0__",
        "1 = 2",
        "1 = __local0__",
        "2 = 2",
        "2 = _",
      ],
    ],
    [
      "a comprehension, and its value in its place",
      "",
      "x = [y | y = input.list[_]]",
      [
        "x = [y | y = input.list[_]]",
        "y = input.list[_]",
        "0 = _",
        '"a" = y',
        "1 = _",
        '"b" = y',
        '["a", "b"] = x',
      ],
    ],
    ["the output of a builtin", "", "plus(1, 2, x)", ["x = 3"]],
    [
      "each result of walk at a path that begins with what is known of it",
      "",
      'walk(input.object, [["k", i], x])',
      [
        "__localq0__ = input.object",
        '{"k": [1, 2]} = __localq0__',
        '[["k", i], x] = [["k", 0], 1]',
        '["k", i] = ["k", 0]',
        '"k" = "k"',
        "i = 0",
        "x = 1",
        '[["k", i], x] = [["k", 1], 2]',
        '["k", i] = ["k", 1]',
        '"k" = "k"',
        "i = 1",
        "x = 2",
      ],
    ],
    [
      "the elements of an every's domain",
      "p if every x in [1] { x > 0 }",
      "data.t.p",
      [
        "data.t.p = _",
        "__local2__ = [1]",
        "__local2__[__local0__] = x",
        "0 = __local0__",
        "1 = x",
        "true = _",
      ],
    ],
    [
      "the rules of a package, all under the last one's name",
      "p := 1\nq := 2",
      "data.t",
      [
        "data.t = _",
        "data.t.q = _",
        "true = _",
        "1 = _",
        "data.t.q = _",
        "true = _",
        "2 = _",
        '_ = {"p": 1, "q": 2}',
      ],
    ],
    [
      "what stands in the place of a function",
      "f(x) := x\ng(_) := 7",
      "data.t.f(1, a) with data.t.f as 5; data.t.f(1, b) with data.t.f as data.t.g",
      ["a = 5", "1 = _", "b = 7", "true = _"],
    ],
  ])("%s", (_, rules, query, unifications) => {
    expect(unificationsOf(rules, query)).toEqual(unifications);
  });
});

function unificationsOf(rules: string, query: string): readonly string[] {
  const recorder = new TraceRecorder({ unifications: true });
  const { errors } = createRego({ modules: [{ name: "t.rego", source: `package t\n${rules}` }] })
    .prepare(query, { observers: [recorder] })
    .eval({ input: INPUT, data: DATA });
  expect(errors).toEqual([]);
  return recorder.events.filter(({ op }) => op === "Unify").map(({ text }) => text);
}
