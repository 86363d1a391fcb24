import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("globs", () => {
  it.each([
    ['glob.match("*.github.com", ["."], "api.github.com")', "true"],
    ['glob.match("*.github.com", ["."], "a.b.github.com")', "false"],
    ['glob.match("**.com", ["."], "a.b.com")', "true"],
    ['glob.match("*", [], "a.b")', "false"],
    ['glob.match("*", null, "a.b")', "true"],
    ['glob.match("?at", ["f"], "fat")', "false"],
    ['glob.match("{cat,b*,[!f]at}", [], "rat")', "true"],
    ['glob.match("{,a}b", [], "b")', "true"],
    ['glob.match("[é-ü]", [], "ö")', "true"],
    ['glob.match("\\\\*", [], "*")', "true"],
    ['glob.match("a,b}", [], "a,b}")', "true"],
    ['glob.match("{a", [], "a")', "eval_builtin_error: glob.match: glob: syntax error at 2: unclosed `{`"],
    [
      'glob.match("[c-a]", [], "b")',
      "eval_builtin_error: glob.match: glob: syntax error at 5: range hi character is less than lo",
    ],
    [
      'glob.match("[]", [], "a")',
      "eval_builtin_error: glob.match: glob: syntax error at 2: could not parse range",
    ],
    [
      'glob.match("a\\\\", [], "a")',
      "eval_builtin_error: glob.match: glob: syntax error at 2: trailing backslash",
    ],
    [
      'glob.match("a", ["ab"], "a")',
      "eval_type_error: glob.match: operand 2 must be array of runes but got array containing string",
    ],
    ['glob.quote_meta("*?[a]{b,c}\\\\-")', '"\\\\*\\\\?\\\\[a\\\\]\\\\{b,c\\\\}\\\\\\\\-"'],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
