import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("schemas", () => {
  it.each([
    [
      'json.verify_schema({"type": "foo"})',
      '[false, "jsonschema: has a primitive type that is NOT VALID -- given: /foo/ Expected valid values are:[array boolean integer number null object string]"]',
    ],
    ['json.verify_schema("{")', '[false, "jsonschema: invalid JSON string"]'],
    [
      'json.verify_schema({"minLength": 5, "maxLength": 4})',
      '[false, "jsonschema: minLength cannot be greater than maxLength"]',
    ],
    ['json.verify_schema({"pattern": "(?!a)"})', '[false, "jsonschema: pattern must be a valid regex"]'],
    ['json.verify_schema({"$ref": "http://example.com/x"})[0]', "false"],
    [
      'json.match_schema({"id": "x"}, {"properties": {"id": {"type": ["integer", "null"]}}, "required": ["name"]})',
      '[false, [{"desc": "name is required", "error": "(Root): name is required", "field": "(Root)", "type": "required"}, {"desc": "Invalid type. Expected: [integer,null], given: string", "error": "id: Invalid type. Expected: [integer,null], given: string", "field": "id", "type": "invalid_type"}]]',
    ],
    ['json.match_schema("[1, 1.0]", {"uniqueItems": true})[1][0].desc', '"array items[0,1] must be unique"'],
    ['json.match_schema("0.35", {"multipleOf": 0.1})[1][0].desc', '"Must be a multiple of 0.1"'],
    [
      'json.match_schema("5", {"anyOf": [{"type": "string"}, {"minimum": 7}]})[1][_].error',
      '"(Root): Must validate at least one schema (anyOf)"',
    ],
    [
      'json.match_schema({"n": {"n": {"v": "x"}}}, {"$ref": "#/definitions/n", "definitions": {"n": {"properties": {"n": {"$ref": "#/definitions/n"}, "v": {"type": "integer"}}}}})[1][0].field',
      '"n.n.v"',
    ],
    [
      'json.match_schema({"e": "a@b", "d": "2020-01-32"}, {"properties": {"e": {"format": "email"}, "d": {"format": "date"}}})[1][0].error',
      "\"d: Does not match format 'date'\"",
    ],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
