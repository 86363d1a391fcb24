import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// OPA would need a larger stack, a longer time or a restart for some of these.
describe("input that is made to hurt ends soon and with a clear answer", () => {
  it.each([
    ["a pattern that backtracks", 'regex.match("^(a*)*(a*)*b$", data.text)', "false"],
    ["a nested repetition", 'regex.match("((a{100}){100}){100}", "a")', "invalid repeat count"],
    ["a glob with many stars", 'glob.match("*a*a*a*a*a*a*a*a*b", null, data.text)', "false"],
    ["a glob with deep groups", 'glob.match(data.braces, [], "a")', "pattern too large"],
    ["a query with deep selections", "graphql.parse_query(data.braces)", "nesting is too deep"],
    [
      "a query with deep values",
      'graphql.parse_query(concat("", ["{a(x:", data.brackets, ")}"]))',
      "nesting is too deep",
    ],
    ["a schema that is its own target", 'json.match_schema({}, {"$ref": "#"})', "nested too deeply"],
    ["a schema as text with deep arrays", "json.verify_schema(data.brackets)", "invalid JSON string"],
    ["a number with a huge exponent", 'json.match_schema("1e100000", {"multipleOf": 3})[0]', "false"],
    ["a template that calls itself", "strings.render_template(data.recursive, {})", "maximum template depth"],
    [
      "a template with deep brackets",
      "strings.render_template(data.parens, {})",
      "max nesting depth exceeded",
    ],
    ["a duration of many digits", "time.parse_duration_ns(data.digits)", "invalid duration"],
    ["a date far away", "time.add_date(0, 1000000000000, 0, 0)", "time outside of valid range"],
    [
      "a module with deep brackets",
      'rego.parse_module("x", concat("", ["package a\\np := ", data.brackets]))',
      "max",
    ],
  ])("%s", (_, expression, expected) => {
    const data = {
      text: "a".repeat(20_000),
      braces: "{a".repeat(20_000) + "}".repeat(20_000),
      brackets: "[".repeat(20_000) + "]".repeat(20_000),
      parens: `{{${"(".repeat(20_000)}1${")".repeat(20_000)}}}`,
      digits: `${"9".repeat(20_000)}h`,
      recursive: '{{define "x"}}{{template "x"}}{{end}}{{template "x"}}',
    };
    expect(outcome(expression, data)).toContain(expected);
  });
});
