import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { template } from "../testing/index.ts";
import { decodeSource, decodeTemplate } from "./decode.ts";

const REGO = 'package x\nviolation[{"msg": "no"}] { true }';

function withSchema(schema: PlainObject, version = "v1"): PlainObject {
  return {
    ...template("KA", REGO, { parameters: schema }),
    apiVersion: `templates.gatekeeper.sh/${version}`,
  };
}

function messageOf(object: PlainObject): string {
  const decoded = decodeTemplate(object);
  return decoded.ok ? "" : decoded.error.message;
}

const AT =
  "invalid ConstraintTemplate: spec.validation.openAPIV3Schema.properties[spec].properties[parameters]";

describe("a template", () => {
  const good = template("KA", REGO);

  it.each<readonly [string, PlainObject, string]>([
    [
      "without targets",
      { ...good, spec: { ...(good["spec"] as PlainObject), targets: [] } },
      "invalid ConstraintTemplate: must declare exactly one target",
    ],
    [
      "of another target",
      { ...good, spec: { ...(good["spec"] as PlainObject), targets: [{ target: "x" }] } },
      'invalid ConstraintTemplate: target "x" not recognized, known targets [admission.k8s.gatekeeper.sh]',
    ],
    [
      "with an empty target",
      { ...good, spec: { ...(good["spec"] as PlainObject), targets: [{ target: "" }] } },
      "invalid ConstraintTemplate: target name must not be empty",
    ],
    [
      "without kind",
      { ...good, spec: { ...(good["spec"] as PlainObject), crd: {} } },
      'invalid ConstraintTemplate: ConstraintTemplate "ka" does not specify CRD Kind',
    ],
    [
      "with another name than its kind",
      { ...good, metadata: { name: "kb" } },
      'invalid ConstraintTemplate: the ConstraintTemplate\'s name "kb" is not equal to the lowercase of CRD\'s Kind: "ka"',
    ],
    [
      "with * beside other operations",
      template("KA", REGO, { operations: ["*", "CREATE"] }),
      "if '*' is present, must not specify other operations",
    ],
  ])("%s is refused", (_what, object, message) => {
    expect(messageOf(object)).toBe(message);
  });

  it.each<readonly [PlainObject, string]>([
    [
      { properties: { a: { type: "string" } } },
      `${AT}.type: Required value: must not be empty for specified object fields`,
    ],
    [
      { type: "object", properties: { a: {} } },
      `${AT}.properties[a].type: Required value: must not be empty for specified object fields`,
    ],
    [
      { type: "object", properties: { a: { type: "array" } } },
      `${AT}.properties[a].items: Required value: must be specified`,
    ],
    [
      { type: "object", properties: { a: { type: "array", items: "string" } } },
      `${AT}.properties[a].items: Required value: must be specified`,
    ],
    [
      { type: "object", properties: { a: { type: "foo" } } },
      `${AT}.properties[a].type: Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
    [
      { type: "object", properties: { a: { type: "string", default: 3 } } },
      `${AT}.properties[a].default: Invalid value: "integer":  in body must be of type string: "integer"`,
    ],
    [
      { type: "object", properties: { a: { type: "string", pattern: "(" } } },
      `${AT}.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``,
    ],
    [
      { type: "object", properties: { a: { $ref: "#/x" } } },
      `${AT}.properties[a].$ref: Forbidden: $ref is not supported`,
    ],
    [
      { type: "object", properties: { a: { type: "array", uniqueItems: true, items: { type: "string" } } } },
      `${AT}.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    ],
    [
      { type: "object", "x-kubernetes-preserve-unknown-fields": false },
      `${AT}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`,
    ],
    [
      {
        type: "object",
        properties: { a: { type: "object", anyOf: [{ properties: { b: { type: "string" } } }] } },
      },
      `${AT}.properties[a].anyOf[0].properties[b].type: Forbidden: must be empty to be structural`,
    ],
    [
      { type: "object", properties: { b: { type: "string" } }, additionalProperties: { type: "string" } },
      `${AT}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
  ])("with the schema %j is refused at v1", (schema, message) => {
    expect(messageOf(withSchema(schema))).toBe(message);
  });

  it("reports all faults of a schema together", () => {
    const message = messageOf(
      withSchema({ type: "object", properties: { a: { oneOf: [{ type: "string" }] } } }),
    );
    expect(message).toBe(
      `invalid ConstraintTemplate: [${AT.slice(28)}.properties[a].oneOf[0].type: Forbidden: must be empty to be structural, ` +
        `${AT.slice(28)}.properties[a].type: Required value: must not be empty for specified object fields]`,
    );
  });

  it.each(["v1beta1", "v1alpha1"])("at %s may have a schema without types", (version) => {
    expect(messageOf(withSchema({ properties: { a: { type: "array", items: "string" } } }, version))).toBe(
      "",
    );
  });

  it("never has lists of item schemas", () => {
    const schema = { properties: { a: { type: "array", items: [{ type: "string" }] } } };
    expect(messageOf(withSchema(schema, "v1beta1"))).toContain("multiple schemas are not supported");
  });

  it("makes the CRD of its constraints", () => {
    const decoded = decodeTemplate({ ...good, metadata: { name: "ka", labels: { team: "a" } } });
    expect(decoded.ok && decoded.value.crd).toMatchObject({
      metadata: {
        name: "ka.constraints.gatekeeper.sh",
        labels: { team: "a", "gatekeeper.sh/constraint": "yes" },
      },
      spec: {
        group: "constraints.gatekeeper.sh",
        scope: "Cluster",
        names: {
          kind: "KA",
          listKind: "KAList",
          plural: "ka",
          singular: "ka",
          categories: ["constraint", "constraints"],
        },
        versions: [
          { name: "v1beta1", storage: true },
          { name: "v1alpha1", storage: false },
        ],
      },
    });
  });
});

describe("the Rego of a template", () => {
  const target = (fields: PlainObject): PlainObject => ({ spec: { targets: [fields] } });

  it("is `rego` before a `code` entry", () => {
    const code = [{ engine: "Rego", source: { rego: "b", version: "v1" } }];
    expect(decodeSource(target({ rego: "a", libs: ["l"], code }))).toMatchObject({
      value: { rego: "a", libs: ["l"], version: "v0" },
    });
    expect(decodeSource(target({ code }))).toMatchObject({ value: { rego: "b", libs: [], version: "v1" } });
  });

  it("is v0 for every other version", () => {
    expect(
      decodeSource(target({ code: [{ engine: "Rego", source: { rego: "b", version: "v2" } }] })),
    ).toMatchObject({ value: { version: "v0" } });
  });

  it.each([
    [
      {},
      'no language driver is installed that handles this constraint template: available drivers: map[Rego:1], wanted ""',
    ],
    [{ code: [{ engine: "Rego", source: {} }] }, "rego source missing required field: rego"],
  ])("of %j is refused", (fields, message) => {
    expect(decodeSource(target(fields))).toMatchObject({ ok: false, error: { message } });
  });
});
