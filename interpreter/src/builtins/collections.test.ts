import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("arrays, sets, objects and graphs", () => {
  it.each([
    ["{1, 1.0, 2} - {2.0}", "{1}"],
    ["{1, 2} & {2, 3}", "{2}"],
    ["intersection(set())", "set()"],
    ["union({{1}, {2}})", "{1, 2}"],
    ["data.n & {1}", "eval_type_error: and: operand 1 must be set but got number"],
    ["array.slice([1, 2, 3], -1, 10)", "[1, 2, 3]"],
    ["array.slice([1, 2, 3], 2, 1)", "[]"],
    ["array.flatten([1, [2, [3]], {4}])", "[1, 2, [3], {4}]"],
    ['sort([3, "a", null, {1}, [0]])', '[null, 3, "a", [0], {1}]'],
    [
      "count(data.n)",
      "eval_type_error: count: operand 1 must be one of {array, object, set, string} but got number",
    ],
    ['object.get({"a": [1, {"b": 2}]}, ["a", 1, "b"], 9)', "2"],
    ['object.get({"a": 1}, [], 9)', '{"a": 1}'],
    ['object.get({"constructor": 1}, "toString", 9)', "9"],
    ['object.filter({"a": 1, "b": 2}, {"a": "anything"})', '{"a": 1}'],
    ['object.remove({"a": 1, 2: 3}, {2})', '{"a": 1}'],
    ['object.union({"a": {"b": 1}}, {"a": {"c": 2}})', '{"a": {"b": 1, "c": 2}}'],
    ['object.union_n([{"a": {"b": 1}}, {"a": 2}, {"a": {"c": 3}}])', '{"a": {"c": 3}}'],
    ["object.subset([], set())", "false"],
    ["object.subset([1, 2, 1, 2, 3], [1, 2, 3])", "true"],
    ["object.subset([[1, 2]], [[1]])", "false"],
    ['object.subset({"a": [1, 2]}, {"a": [2]})', "true"],
    ["object.subset([1, 2], {2})", "true"],
    [
      "object.subset({2}, [2])",
      "eval_type_error: object.subset: both arguments object.subset must be of the same type or array and set",
    ],
    ['graph.reachable({"a": ["b"], "b": ["x"]}, {"a"})', '{"a", "b"}'],
    ['graph.reachable_paths({"a": ["b", "z"], "b": ["c"], "c": ["a"]}, ["a"])', '{["a"], ["a", "b", "c"]}'],
    [
      '[x | walk({"a": [1, {2}]}, x)]',
      '[[[], {"a": [1, {2}]}], [["a"], [1, {2}]], [["a", 0], 1], [["a", 1], {2}], [["a", 1, 2], 2]]',
    ],
    ["1 in data.n", "false"],
    ['"a", 1 in {"a": 1}', "true"],
  ])("%s is %s", (expression, wanted) => {
    expect(outcome(expression, { n: 1 })).toBe(wanted);
  });

  it("walks a chain of nodes of any length", () => {
    const chain = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`n${i}`, [`n${i + 1}`]]));
    expect(outcome('count(graph.reachable_paths(data.chain, ["n0"]))', { chain })).toBe("1");
    expect(outcome('count(graph.reachable(data.chain, ["n0"]))', { chain })).toBe("3000");
  });
});
