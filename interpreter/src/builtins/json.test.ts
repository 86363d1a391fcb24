import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("paths", () => {
  it.each([
    ['json.filter({"a": {"b": [1, {"c": 2}]}}, ["a/b/1"])', '{"a": {"b": [{"c": 2}]}}'],
    ['json.filter({"a": {"b": 1, "c": 2}}, ["a", "a/b"])', '{"a": {"b": 1, "c": 2}}'],
    ['json.filter({"x/y": 1, "~": 2}, ["x~1y"])', '{"x/y": 1}'],
    ['json.remove({"a": {"b": [1, 2, 3]}}, ["a/b/0"])', '{"a": {"b": [2, 3]}}'],
    ['json.remove({"a": 1}, [""])', '{"a": 1}'],
    ['json.remove({"a": {{"b": 1}}}, [["a", {"b": 1}]])', '{"a": set()}'],
    ['json.remove({"__proto__": 1, "b": 2}, ["b"])', '{"__proto__": 1}'],
    [
      "json.remove({}, data.bad)",
      "eval_type_error: json.remove: operand 2 must be one of {set, array} but got string",
    ],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});

describe("patches", () => {
  it.each([
    ['json.patch({"a": [1, 2]}, [{"op": "add", "path": "a/-", "value": 3}])', '{"a": [1, 2, 3]}'],
    ['json.patch({"a": 1}, [{"op": "move", "from": "a", "path": "b"}])', '{"b": 1}'],
    [
      'json.patch({"foo": {"a", "b"}}, [{"op": "add", "path": "foo/c", "value": "c"}])',
      '{"foo": {"a", "b", "c"}}',
    ],
    ['json.patch({[1]}, [{"op": "add", "path": [[1], 1], "value": 2}])', "{[1, 2]}"],
    [
      'json.patch([1, 2], [{"op": "remove", "path": "01"}])',
      "eval_builtin_error: json.patch: leading zeros are not allowed in JSON paths",
    ],
    [
      'json.patch({"a": 1}, [{"op": "test", "path": "a", "value": 2}])',
      "eval_builtin_error: json.patch: value from EditTree != patch value.\n\nExpected: 2\n\nFound: 1",
    ],
    [
      'json.patch({"a": 1}, [{"op": "add", "path": "a/b/c", "value": 2}])',
      'eval_builtin_error: json.patch: expected composite type for path "b", found value: 1 (type: ast.Number)',
    ],
    [
      'json.patch({}, [{"op": "remove", "path": "a"}])',
      'eval_builtin_error: json.patch: cannot delete child key "a" that does not exist',
    ],
    ['json.patch(1, [{"op": "replace", "path": "", "value": [2]}])', "[2]"],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
