import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("regular expressions", () => {
  it.each([
    ['regex.match("^a$", "a\\n")', "false"],
    ['regex.match("a|^b$", "b")', "true"],
    [
      'regex.match("a{1001}", "a")',
      "eval_builtin_error: regex.match: error parsing regexp: invalid repeat count: `{1001}`",
    ],
    [
      'regex.match("\\\\", "a")',
      "eval_builtin_error: regex.match: error parsing regexp: trailing backslash at end of expression: ``",
    ],
    [
      'regex.match("(?=a)", "a")',
      "eval_builtin_error: regex.match: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
    ],
    ['regex.is_valid("\\\\p{greek}")', "true"],
    ['regex.is_valid("++")', "false"],
    ['regex.find_n("a.", "paranormal", -1)', '["ar", "an", "al"]'],
    ['regex.find_n("x*", "axb", -1)', '["", "x", ""]'],
    [
      'regex.find_n(".", "a😀", 1.5)',
      "eval_type_error: regex.find_n: operand 3 must be integer number but got floating-point number",
    ],
    ['regex.find_all_string_submatch_n("(a)(x)?", "aax", -1)', '[["a", "a", ""], ["ax", "a", "x"]]'],
    ['regex.split("", "a😀b")', '["a", "😀", "b"]'],
    ['regex.split("a", "banana")', '["b", "n", "n", ""]'],
    ['regex.split("^$", "")', '[""]'],
    ['regex.replace("foo bar", "(o+)", "<$1x|${1}x|$$>")', '"f<|oox|$> bar"'],
    ['regex.replace("ab", "(?P<n>a)|(?P<n>b)", "[$n]")', '"[a][b]"'],
    ['regex.replace("abc", "x*", "-")', '"-a-b-c-"'],
    ['regex.template_match("urn:foo:{.*}", "urn:foo:bar:baz", "{", "}")', "true"],
    [
      'regex.template_match("{a", "a", "{", "}")',
      'eval_builtin_error: regex.template_match: unbalanced braces in "{a"',
    ],
    [
      'regex.template_match("{a)(b}", "ab", "{", "}")',
      "eval_builtin_error: regex.template_match: error parsing regexp: unexpected ): `^a)(b$`",
    ],
    [
      'regex.template_match("a", "a", "{{", "}")',
      "eval_builtin_error: regex.template_match: start delimiter has to be exactly one character long but is 2 long",
    ],
    ['regex.globs_match("a.a.[0-9]+z", ".b.b2359825792*594823z")', "true"],
    ['regex.globs_match("[a-z]+", "[0-9]*")', "false"],
    [
      'regex.globs_match("[c-a]", "a")',
      "eval_builtin_error: regex.globs_match: input:[c-a], pos:4, range is out of order: 'a' comes before 'c' in Unicode: the input provided is invalid",
    ],
    [
      'regex.globs_match("+", "a")',
      "eval_builtin_error: regex.globs_match: input:+, pos:1, flag '+' must be preceded by a non-flag: the input provided is invalid",
    ],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
