import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { constraint, template } from "../testing/index.ts";
import { decodeTemplate } from "../templates/decode.ts";
import type { Template } from "../templates/template.ts";
import { prepareConstraint } from "./constraint.ts";
import { constraintMetaFault, validateConstraint } from "./validate.ts";

const TEXT: PlainObject = { type: "string" };
const PARAMETERS: PlainObject = {
  type: "object",
  properties: {
    count: { type: "integer", default: 5, minimum: 2, maximum: 10 },
    labels: {
      type: "array",
      items: { type: "string", pattern: "^a", maxLength: 3 },
      minItems: 1,
      maxItems: 3,
    },
    mode: { type: "string", enum: ["a", "b"] },
    owner: {
      type: "object",
      required: ["x"],
      properties: { x: TEXT, y: { type: "boolean", default: true } },
    },
    sizes: { type: "object", additionalProperties: { type: "integer" } },
    port: { "x-kubernetes-int-or-string": true },
    note: { type: "string", nullable: true },
    when: { type: "string", format: "date-time" },
    small: { type: "integer", format: "int32" },
    either: {
      type: "object",
      properties: { a: TEXT, b: TEXT },
      anyOf: [{ required: ["a"] }, { required: ["b"] }],
    },
    only: {
      type: "object",
      properties: { a: TEXT, b: TEXT },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    },
    both: { type: "object", properties: { a: TEXT }, allOf: [{ required: ["a"] }, { maxProperties: 1 }] },
    never: { type: "object", properties: { a: TEXT }, not: { required: ["a"] } },
    level: { type: "integer", enum: [1, 2] },
    open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

const TEMPLATE = decoded(template("KA", "x", { parameters: PARAMETERS }));

function decoded(object: PlainObject): Template {
  const shape = decodeTemplate(object);
  if (!shape.ok) throw new Error(shape.error.message);
  return { ...shape.value, source: { rego: "x", libs: [], version: "v0" } };
}

function specOf(object: PlainObject): PlainObject {
  return prepareConstraint(object, TEMPLATE, 1).ref.object["spec"] as PlainObject;
}

function messageOf(object: PlainObject): string {
  const fault = constraintMetaFault(object);
  if (fault !== undefined) return fault;
  const outcome = validateConstraint(object, TEMPLATE);
  return outcome.ok ? "" : outcome.error.message;
}

describe("parameters", () => {
  it.each<readonly [PlainObject, string]>([
    [
      { count: "x" },
      '[].spec.parameters.count: Invalid value: "string": spec.parameters.count in body must be of type integer: "string"',
    ],
    [
      { count: 1 },
      "[].spec.parameters.count: Invalid value: 1: spec.parameters.count in body should be greater than or equal to 2",
    ],
    [
      { labels: [] },
      "[].spec.parameters.labels: Invalid value: 0: spec.parameters.labels in body should have at least 1 items",
    ],
    [
      { labels: ["b"] },
      "[].spec.parameters.labels[0]: Invalid value: \"b\": spec.parameters.labels[0] in body should match '^a'",
    ],
    [{ labels: ["aaaa"] }, "[].spec.parameters.labels[0]: Too long: may not be more than 3 bytes"],
    [{ labels: ["a", "a", "a", "a"] }, "[].spec.parameters.labels: Too many: 4: must have at most 3 items"],
    [{ mode: "c" }, '[].spec.parameters.mode: Unsupported value: "c": supported values: "a", "b"'],
    [{ owner: {} }, "[].spec.parameters.owner.x: Required value"],
    [
      { sizes: { a: 1, b: "x" } },
      '[].spec.parameters.sizes.b: Invalid value: "string": spec.parameters.sizes.b in body must be of type integer: "string"',
    ],
    [
      { port: true },
      '[].spec.parameters.port: Invalid value: "boolean": spec.parameters.port in body must be of type integer,string: "boolean"',
    ],
    [
      { when: "abc" },
      '[].spec.parameters.when: Invalid value: "abc": spec.parameters.when in body must be of type date-time: "abc"',
    ],
    [
      { count: 2.5 },
      '[[].spec.parameters.count: Invalid value: "number": spec.parameters.count in body must be of type integer: "number", ' +
        '[]: Invalid value: "": Checked value must be of type integer (default format) in spec.parameters.count]',
    ],
    [
      { small: 5_000_000_000 },
      '[]: Invalid value: "": Checked value must be of type integer with format int32 in spec.parameters.small',
    ],
    [
      { either: {} },
      '[[]: Invalid value: "": "spec.parameters.either" must validate at least one schema (anyOf), ' +
        "[].spec.parameters.either.a: Required value]",
    ],
    [
      { only: { a: "x", b: "y" } },
      '[]: Invalid value: "": "spec.parameters.only" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      { both: {} },
      '[[].spec.parameters.both.a: Required value, []: Invalid value: "": "spec.parameters.both" must validate all the schemas (allOf)]',
    ],
    [
      { never: { a: "x" } },
      '[]: Invalid value: "": "spec.parameters.never" must not validate the schema (not)',
    ],
    [{ level: 3 }, '[].spec.parameters.level: Unsupported value: 3: supported values: "1", "2"'],
    [
      { labels: [1] },
      '[].spec.parameters.labels[0]: Invalid value: "number": spec.parameters.labels[0] in body must be of type string: "number"',
    ],
  ])("%j are refused", (parameters, fault) => {
    expect(messageOf(constraint("KA", "c", { parameters }))).toBe(`schema validation failed: ${fault}`);
  });

  it.each([
    {},
    { note: null },
    { port: 80 },
    { port: "http" },
    { sizes: { any: 3 } },
    { when: "2026-01-01T00:00:00Z" },
    { either: { b: "x" } },
    { only: { b: "x" } },
    { open: { any: { thing: [1] } } },
  ])("%j are taken", (parameters) => {
    expect(messageOf(constraint("KA", "c", { parameters }))).toBe("");
  });

  it("may not have fields that the schema does not know", () => {
    const parameters = { owner: { x: "a", z: 2 }, q: 1 };
    const fault = "invalid Constraint: unknown fields: [spec.parameters.owner.z spec.parameters.q]";
    expect(messageOf(constraint("KA", "c", { parameters }))).toBe(fault);
  });

  it("get the defaults of the schema", () => {
    expect(specOf(constraint("KA", "c", { parameters: { owner: { x: "a" } } }))).toEqual({
      enforcementAction: "deny",
      parameters: { count: 5, owner: { x: "a", y: true } },
    });
  });

  it("are not made up where the constraint has none", () => {
    expect(specOf(constraint("KA", "c"))).toEqual({ enforcementAction: "deny" });
  });
});

describe("a constraint", () => {
  const good = constraint("KA", "c");
  it.each<readonly [string, PlainObject, string]>([
    ["without a name", { ...good, metadata: {} }, "invalid Constraint: missing metadata.name"],
    [
      "with a name that is none",
      constraint("KA", "C_c"),
      'invalid Constraint: invalid name: "a lowercase RFC 1123 subdomain must consist',
    ],
    [
      "of another kind",
      constraint("Ka", "c"),
      'invalid Constraint: wrong kind "c" for constraint "Ka"; want "KA"',
    ],
    [
      "of an unknown version",
      { ...good, apiVersion: "constraints.gatekeeper.sh/v1" },
      'invalid Constraint: unsupported version "v1" for Constraint "c"; supported versions: map[v1alpha1:true v1beta1:true]',
    ],
    [
      "with a name too long",
      constraint("KA", "a".repeat(64)),
      "schema validation failed: [].metadata.name: Too long: may not be more than 63 bytes",
    ],
    [
      "with an unknown operator",
      constraint("KA", "c", {
        match: { labelSelector: { matchExpressions: [{ key: "a", operator: "Foo" }] } },
      }),
      'invalid Constraint: spec.labelSelector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator',
    ],
    [
      "with In and no values",
      constraint("KA", "c", {
        match: { namespaceSelector: { matchExpressions: [{ key: "a", operator: "In" }] } },
      }),
      "invalid Constraint: spec.labelSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
    [
      "with a selector that is none",
      constraint("KA", "c", { match: { labelSelector: [] } }),
      "invalid Constraint: .spec.match.labelSelector accessor error: [] is of the type []interface {}, expected map[string]interface{}",
    ],
    [
      "with a bad glob",
      constraint("KA", "c", { match: { name: "***" } }),
      "schema validation failed: [].spec.match.name: Invalid value: \"***\": spec.match.name in body should match '^\\*?[-:a-z0-9]*\\*?$'",
    ],
    [
      "with an unknown source",
      constraint("KA", "c", { match: { source: "Foo" } }),
      'schema validation failed: [].spec.match.source: Unsupported value: "Foo": supported values: "All", "Generated", "Original"',
    ],
    ["without a kind", { ...good, kind: "" }, "invalid Constraint: missing kind"],
    [
      "of another group",
      { ...good, apiVersion: "v1" },
      'invalid Constraint: wrong API Group for Constraint "c", got "" but need "constraints.gatekeeper.sh"',
    ],
    [
      "with a name longer than any",
      constraint("KA", "a".repeat(254)),
      'invalid Constraint: invalid name: "must be no more than 253 characters"',
    ],
    [
      "whose spec is null",
      { ...good, spec: null },
      '[].spec: Invalid value: "null": spec in body must be of type object: "null"',
    ],
    [
      "whose match is text",
      constraint("KA", "c", { match: "x" as unknown as PlainObject }),
      "invalid Constraint: .spec.match.labelSelector accessor error: x is of the type string, expected map[string]interface{}",
    ],
    [
      "with a label that is a number",
      constraint("KA", "c", { match: { labelSelector: { matchLabels: { a: 5 } } } }),
      "invalid Constraint: Could not convert JSON to LabelSelector: json: cannot unmarshal number into Go struct field " +
        "LabelSelector.matchLabels of type string",
    ],
    [
      "with an expression that is text",
      constraint("KA", "c", { match: { namespaceSelector: { matchExpressions: ["x"] } } }),
      "invalid Constraint: Could not convert JSON to LabelSelector: json: cannot unmarshal string into Go struct field " +
        "LabelSelector.matchExpressions of type v1.LabelSelectorRequirement",
    ],
    [
      "with unknown fields",
      constraint("KA", "c", { match: { foo: 1 } }),
      "invalid Constraint: unknown fields: [spec.match.foo]",
    ],
  ])("%s is refused", (_what, object, message) => {
    expect(messageOf(object).replace("schema validation failed: []", "[]").slice(0, message.length)).toBe(
      message.replace("schema validation failed: []", "[]"),
    );
  });

  it("of a template without schema may have no parameters", () => {
    const object = template("KA", "x");
    const spec = object["spec"] as PlainObject;
    const bare = decoded({ ...object, spec: { ...spec, crd: { spec: { names: { kind: "KA" } } } } });
    expect(validateConstraint(constraint("KA", "c", { parameters: { a: 1 } }), bare)).toMatchObject({
      error: { message: "invalid Constraint: unknown fields: [spec.parameters]" },
    });
  });
});
