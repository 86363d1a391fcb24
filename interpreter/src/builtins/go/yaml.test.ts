import { describe, expect, it } from "vitest";
import { writeJson } from "../../value/json.ts";
import { parseYaml, parseYamlDocuments } from "./yaml.ts";
import type { YamlRules } from "../../value/yaml-scalar.ts";

function read(text: string, rules: YamlRules = "kubernetes"): string {
  const parsed = parseYaml(text, { rules });
  return parsed.ok ? writeJson(parsed.value) : parsed.error.message;
}

describe("scalars", () => {
  it.each([
    ["9223372036854775807", "9223372036854775807"],
    ["18446744073709551615", "18446744073709551615"],
    ["18446744073709551616", "18446744073709552000"],
    ["0x1F", "31"],
    ["014", "12"],
    ["0o14", "12"],
    ["0b11", "3"],
    ["1_000", "1000"],
    ["1.50", "1.5"],
    ["12:30:45", '"12:30:45"'],
    ["2001-01-01", '"2001-01-01"'],
    ["~", "null"],
    ["!!str 1", '"1"'],
    ["!!float 1", "1"],
    ["!!binary aGk=", '"hi"'],
    [".nan", "json: unsupported value: NaN"],
  ])("%s is %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("reads the old booleans as manifests mean them, and as texts where OPA does", () => {
    expect(read("[yes, on, y, no, off, n]")).toBe("[true,true,true,false,false,false]");
    expect(read("[yes, on, y]", "opa")).toBe('["yes","on","y"]');
  });
});

describe("keys", () => {
  it.each([
    ["1: a\ntrue: b\n1.5: c", '{"1":"a","1.5":"c","true":"b"}'],
    ["__proto__: 1\nconstructor: 2", '{"__proto__":1,"constructor":2}'],
    ["on: x", '{"true":"x"}'],
    ["~: 1", "unsupported map key of type: null"],
    ["a: 1\nb: 2\na: 3", 'yaml: unmarshal errors:\n  line 3: key "a" already set in map'],
  ])("%j", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("lets the last of repeated keys win where OPA does", () => {
    expect(read("a: 1\na: 2", "opa")).toBe('{"a":2}');
  });
});

describe("anchors", () => {
  it.each([
    ["a: &a {x: 1, z: 2}\nb: {<<: *a, z: 3}", '{"a":{"x":1,"z":2},"b":{"x":1,"z":3}}'],
    ["- &a 1\n- &a 2\n- *a", "[1,2,2]"],
    ["<<: [{a: 1}, {a: 2, b: 3}]", '{"a":1,"b":3}'],
    ["*a", "yaml: unknown anchor 'a' referenced"],
    ["&a [*a]", "yaml: anchor 'a' value contains itself"],
  ])("%j", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("refuses a document that aliases would blow up", () => {
    let text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (let i = 1; i < 12; i++) text += `a${i}: &a${i} [${new Array(10).fill(`*a${i - 1}`).join(", ")}]\n`;
    expect(read(text)).toBe("yaml: document contains excessive aliasing");
  });
});

describe("faults", () => {
  it.each([
    ["[1, 2", "yaml: line 1: did not find expected ',' or ']'"],
    ["x: 1\ny: {a: 1", "yaml: line 2: did not find expected ',' or '}'"],
    ["a: b: c", "yaml: mapping values are not allowed in this context"],
    ["x: 1\ny: @a", "yaml: line 2: found character that cannot start any token"],
    ["a: \u0001", "yaml: control characters are not allowed"],
    ["[".repeat(100_000), "yaml: exceeded max depth"],
  ])("%.40s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it("is found in a later document too", () => {
    expect(read("a: 1\n---\nb: [")).toMatch(/did not find expected/);
  });
});

it("reads every document of a stream, with the line where it begins", () => {
  expect(parseYamlDocuments("a: 1\n---\nb: 2\n")).toEqual({
    ok: true,
    documents: [
      { value: { a: 1 }, line: 1 },
      { value: { b: 2 }, line: 3 },
    ],
  });
});
