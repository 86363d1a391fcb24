import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("strings", () => {
  it.each([
    ['concat(",", {"b", "a"})', '"a,b"'],
    [
      'concat(",", data.mixed)',
      "eval_type_error: concat: operand 2 must be array of strings but got array containing number",
    ],
    ['indexof("åäö", "ö")', "2"],
    ['indexof("😀b", "b")', "1"],
    ['indexof("abc", "")', "eval_builtin_error: indexof: empty search character"],
    ['indexof_n("aaa", "aa")', "[0, 1]"],
    ['indexof_n("😀a😀a", "a")', "[1, 3]"],
    ['lower("İSSß ΑΣ ẞ")', '"issß ασ ß"'],
    ['upper("ßŉ ﬁ ſ ı ǆ ᾳ")', '"ßŉ ﬁ S I Ǆ ᾼ"'],
    ['replace("abc", "", "-")', '"-a-b-c-"'],
    // An empty text stands between bytes, not characters.
    ['count(replace("ñ", "", "-"))', "5"],
    ['split("abc", "")', '["a", "b", "c"]'],
    ['split("", ",")', '[""]'],
    ['split("", "")', "[]"],
    ['strings.split_n("a,b,c", ",", -2)', '["b", "c"]'],
    ['strings.any_prefix_match(["x", "abc"], {"ab"})', "true"],
    ['strings.count("abc", "")', "4"],
    ['strings.replace_n({"a": "b", "b": "c"}, "ab")', '"bc"'],
    ['strings.replace_n({"": "X", "b": "c"}, "abc")', '"XaXcXcX"'],
    ['strings.replace_n({"a": "1", "aa": "2"}, "aaa")', '"111"'],
    ['strings.reverse("aé😀")', '"😀éa"'],
    ['substring("åäö😀x", 3, 1)', '"😀"'],
    ['substring("abc", 1, -1)', '"bc"'],
    ['substring("abc", 5, 1)', '""'],
    ['substring("abc", -1, 1)', "eval_builtin_error: substring: negative offset"],
    [
      'substring("abc", 1e0, 1)',
      "eval_type_error: substring: operand 2 must be integer number but got floating-point number",
    ],
    ['trim("åbcå", "å")', '"bc"'],
    ['trim("😀a😀", "😀")', '"a"'],
    ['trim_left("aab", "a")', '"b"'],
    ['trim_prefix("aab", "a")', '"ab"'],
    [String.raw`trim_space("\u00a0\u0085 a \u2003\u3000")`, '"a"'],
    [String.raw`trim_space("\ufeffa\u200b")`, String.raw`"\ufeffa\u200b"`],
    ['count("aéñ😀")', "4"],
    ['semver.compare("1.0.0-rc.10", "1.0.0-rc.9")', "1"],
    ['semver.compare("v1.0.0+a", "1.0.0+b")', "0"],
    ['semver.compare("1.0.0-alpha.1", "1.0.0-alpha.beta")', "-1"],
    [
      'semver.compare("1.0", "1.0.0")',
      'eval_builtin_error: semver.compare: operand 1: string "1.0" is not a valid SemVer',
    ],
    ['semver.is_valid("01.0.0")', "false"],
  ])("%s is %s", (expression, wanted) => {
    expect(outcome(expression, { mixed: [1, "a"] })).toBe(wanted);
  });

  it.each([
    ['replace(concat("", [data.long, data.long, data.long]), "x", data.long)'],
    ['strings.replace_n({"x": data.long}, concat("", [data.long, data.long, data.long]))'],
    ["sprintf(data.wide, data.ones)"],
    ["concat(data.long, data.texts)"],
  ])("%s does not fill the memory", (expression) => {
    const data = {
      long: "x".repeat(10_000),
      wide: "%1000000d".repeat(300),
      ones: Array.from({ length: 300 }, () => 1),
      texts: Array.from({ length: 30_000 }, () => "x"),
    };
    expect(outcome(expression, data)).toBe(
      "eval_cancel_error: budget of 268435456 bytes used up in the query",
    );
  });
});
