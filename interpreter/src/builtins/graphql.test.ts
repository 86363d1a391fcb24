import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("parsing", () => {
  it.each([
    [
      'graphql.parse_query("{a(x: [1, $v]) {b}}")',
      '{"Operations": [{"Name": "", "Operation": "query", "SelectionSet": [{"Alias": "a", "Arguments": [{"Name": "x", "Value": {"Children": [{"Name": "", "Value": {"ExpectedTypeHasDefault": false, "Kind": 1, "Raw": "1"}}, {"Name": "", "Value": {"ExpectedTypeHasDefault": false, "Kind": 0, "Raw": "v"}}], "ExpectedTypeHasDefault": false, "Kind": 8, "Raw": ""}}], "Name": "a", "SelectionSet": [{"Alias": "b", "Name": "b"}]}]}]}',
    ],
    [
      'graphql.parse_query("{")',
      "eval_builtin_error: graphql.parse_query: Expected Name, found <EOF> in GraphQL string at location 1:2",
    ],
    [
      'graphql.parse_query("fragment on on on { on }")',
      'eval_builtin_error: graphql.parse_query: Unexpected Name "on" in GraphQL string at location 1:10',
    ],
    [
      'graphql.parse_schema("# note\\ntype A { \\"doc\\" a(x: Int = 1): [B!]! }")',
      '{"Definitions": [{"AfterDescriptionComment": {"List": [{"Value": "# note"}]}, "BuiltIn": false, "Description": "", "Fields": [{"Arguments": [{"DefaultValue": {"ExpectedTypeHasDefault": false, "Kind": 1, "Raw": "1"}, "Description": "", "Name": "x", "Type": {"NamedType": "Int", "NonNull": false}}], "Description": "doc", "Name": "a", "Type": {"Elem": {"NamedType": "B", "NonNull": true}, "NamedType": "", "NonNull": true}}], "Kind": "OBJECT", "Name": "A"}]}',
    ],
    [
      'graphql.parse_schema("input I {}")',
      "eval_builtin_error: graphql.parse_schema: expected at least one definition, found } in GraphQL string at location 1:10",
    ],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});

describe("validation", () => {
  it.each([
    ['graphql.is_valid("{a}", "type Query { a: Int }")', "true"],
    [
      'graphql.parse("{b}", "type Query { a: Int }")',
      'eval_builtin_error: graphql.parse: Cannot query field "b" on type "Query". Did you mean "a"?\n in GraphQL string at location 1:2',
    ],
    [
      'graphql.parse("{a(y: 1)}", "type Query { a(x: Int!): Int }")',
      'eval_builtin_error: graphql.parse: Unknown argument "y" on field "Query.a". Did you mean "x"?\ninput:1:2: Field "a" argument "x" of type "Int!" is required, but it was not provided in GraphQL string at location 1:2',
    ],
    [
      'graphql.parse("query Q($v: Int) {a(x: $v)}", "type Query { a(x: Int!): Int }")',
      'eval_builtin_error: graphql.parse: Variable "$v" of type "Int" used in position expecting type "Int!" in GraphQL string at location 1:24',
    ],
    [
      'graphql.parse("{a(x: \\"s\\")}", "type Query { a(x: Int!): Int }")',
      'eval_builtin_error: graphql.parse: Int cannot represent non-integer value: "s"\n in GraphQL string at location 1:8',
    ],
    [
      'graphql.parse("{x: a x: b}", "type Query { a: Int b: Int }")',
      'eval_builtin_error: graphql.parse: Fields "x" conflict because "a" and "b" are different fields. Use different aliases on the fields to fetch both if this was intentional in GraphQL string at location 1:7',
    ],
    [
      'graphql.parse("{...F} fragment F on Query {...F}", "type Query { a: Int }")',
      'eval_builtin_error: graphql.parse: Cannot spread fragment "F" within itself in GraphQL string at location 1:32',
    ],
    [
      'graphql.parse("{a}", "type Query { a: Strin }")',
      "eval_builtin_error: graphql.parse: Error in gqlparser SchemaDocument to Schema conversion: input:1:17: Undefined type Strin.",
    ],
    ['graphql.schema_is_valid("interface I { a: Int } type A implements I { b: Int }")', "false"],
    ['graphql.parse_and_verify("{b}", "type Query { a: Int }")', "[false, {}, {}]"],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
