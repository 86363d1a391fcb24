import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { template } from "../testing/index.ts";
import { admitTemplate, decodeTemplate } from "./decode.ts";
import { SUBDOMAIN_RULE } from "../kubernetes/label-selector.ts";

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

function named(kind: string, names: PlainObject = {}): PlainObject {
  const object = template(kind, REGO);
  const spec = { names: { kind, ...names } };
  return { ...object, spec: { ...(object["spec"] as PlainObject), crd: { spec } } };
}

const LABEL_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
  "'[a-z]([-a-z0-9]*[a-z0-9])?')";

const AT =
  "invalid ConstraintTemplate: spec.validation.openAPIV3Schema.properties[spec].properties[parameters]";

/** What may be said of lists and maps. */
function listRows(): readonly (readonly [PlainObject, string])[] {
  const list = (parts: PlainObject): PlainObject => ({
    type: "object",
    properties: { a: { type: "array", ...parts } },
  });
  const texts = { type: "string" };
  const place = `${AT}.properties[a]`;
  const keys = { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"] };
  return [
    [
      list({ items: texts, "x-kubernetes-list-type": "foo" }),
      `${place}.x-kubernetes-list-type: Unsupported value: "foo": supported values: "atomic", "set", "map"`,
    ],
    [
      list({ items: texts, "x-kubernetes-list-map-keys": ["n"] }),
      `${place}.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty`,
    ],
    [
      list({ items: texts, ...keys }),
      `${place}.items.type: Invalid value: "string": must be object if parent array's x-kubernetes-list-type is map`,
    ],
    [
      list({ items: { type: "object" }, ...keys }),
      `${place}.x-kubernetes-list-map-keys: Invalid value: ["n"]: entries must all be names of item properties`,
    ],
    [
      list({ items: { type: "object", properties: { n: texts } }, ...keys }),
      `${place}.items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a ` +
        "default or be a required property",
    ],
    [
      list({ items: { ...texts, nullable: true }, "x-kubernetes-list-type": "set" }),
      `${place}.items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set`,
    ],
    [list({ items: [texts] }), `${place}.items: Forbidden: items must be a schema object and not an array`],
    [
      list({ items: texts, additionalItems: false }),
      `${place}.additionalItems: Forbidden: additionalItems is not supported`,
    ],
    [
      { type: "object", $schema: "x" },
      `invalid ConstraintTemplate: spec.validation.openAPIV3Schema: Invalid value: "": OpenAPIV3Schema 'schema' is not supported`,
    ],
    [
      { type: "object", properties: { a: { type: "string", "x-kubernetes-map-type": "atomic" } } },
      `${place}.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified`,
    ],
    [
      {
        type: "object",
        properties: { a: { "x-kubernetes-int-or-string": true, oneOf: [{ type: "string" }] } },
      },
      `${place}.oneOf[0].type: Forbidden: must be empty to be structural`,
    ],
  ];
}

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
      "with a kind that makes no name of a CRD",
      named("K_A"),
      `invalid ConstraintTemplate: [metadata.name: Invalid value: "k_a.constraints.gatekeeper.sh": ${SUBDOMAIN_RULE}, ` +
        ["plural: k_a", "singular: k_a", "kind: K_A", "listKind: K_AList"]
          .map((line) => line.split(": ") as [string, string])
          .map(
            ([field, value]) =>
              `spec.names.${field}: Invalid value: "${value}": ` +
              (value === "k_a" ? "" : "may have mixed case, but should otherwise match: ") +
              LABEL_RULE,
          )
          .join(", ") +
        "]",
    ],
    [
      "with a kind whose list is too long",
      named("K".repeat(63)),
      `invalid ConstraintTemplate: spec.names.listKind: Invalid value: "${"K".repeat(63)}List": ` +
        "may have mixed case, but should otherwise match: must be no more than 63 characters",
    ],
    [
      "with a short name in capitals",
      named("KA", { shortNames: ["a", "B"] }),
      `invalid ConstraintTemplate: spec.names.shortNames[1]: Invalid value: "B": ${LABEL_RULE}`,
    ],
    [
      "with a label that is none",
      { ...good, metadata: { name: "ka", labels: { a: "b c" } } },
      'invalid ConstraintTemplate: metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of ' +
        "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or " +
        "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ])("%s is refused", (_what, object, message) => {
    expect(messageOf(object)).toBe(message);
  });

  it.each<readonly [PlainObject, string]>([
    [{ spec: "x" }, "string into Go struct field ConstraintTemplate.spec of type v1.ConstraintTemplateSpec"],
    [{ metadata: { name: 5 } }, "number into Go struct field ObjectMeta.metadata.name of type string"],
    [
      { metadata: { labels: { a: true } } },
      "bool into Go struct field ObjectMeta.metadata.labels of type string",
    ],
    [
      { metadata: { generation: 1.5 } },
      "number 1.5 into Go struct field ObjectMeta.metadata.generation of type int64",
    ],
    [
      { spec: { targets: {} } },
      "object into Go struct field ConstraintTemplateSpec.spec.targets of type []v1.Target",
    ],
    [
      { spec: { targets: ["x"] } },
      "string into Go struct field ConstraintTemplateSpec.spec.targets of type v1.Target",
    ],
    [
      { spec: { targets: [{ rego: 5 }] } },
      "number into Go struct field Target.spec.targets.rego of type string",
    ],
    [
      { spec: { targets: [{ code: "x" }] } },
      "string into Go struct field Target.spec.targets.code of type []v1.Code",
    ],
    [
      { spec: { crd: { spec: { names: { shortNames: "a" } } } } },
      "string into Go struct field Names.spec.crd.spec.names.shortNames of type []string",
    ],
    [
      {
        spec: { crd: { spec: { validation: { openAPIV3Schema: { properties: { a: { type: ["x"] } } } } } } },
      },
      "array into Go struct field JSONSchemaProps.spec.crd.spec.validation.openAPIV3Schema.properties.type of type string",
    ],
  ])("of another shape, %j, is refused in the words of Go's decoder", (parts, message) => {
    expect(messageOf({ ...good, ...parts })).toBe(`json: cannot unmarshal ${message}`);
  });

  it("names the version's types", () => {
    const object = { ...good, apiVersion: "templates.gatekeeper.sh/v1beta1", spec: { targets: "x" } };
    expect(messageOf(object)).toContain("of type []v1beta1.Target");
  });

  it("may not change its target while it has constraints", () => {
    const spec = { ...(good["spec"] as PlainObject), targets: [{ target: "x" }] };
    expect(decodeTemplate({ ...good, spec }, true)).toMatchObject({
      error: {
        message:
          "ConstraintTemplates with Constraints may not change targets: old targets [admission.k8s.gatekeeper.sh], new targets [x]",
      },
    });
  });

  it.each<readonly [PlainObject, string, string]>([
    [
      { ...good, metadata: { name: "kb" }, spec: { ...(good["spec"] as PlainObject), targets: [] } },
      "invalid ConstraintTemplate: must declare exactly one target",
      'invalid ConstraintTemplate: the ConstraintTemplate\'s name "kb" is not equal to the lowercase of CRD\'s Kind: "ka"',
    ],
    [
      template("KA", REGO, { operations: ["*", "CREATE"] }),
      "",
      "if '*' is present, must not specify other operations",
    ],
    [
      template("KA", REGO, { operations: ["PATCH"] }),
      "",
      'spec.targets[0].operations[0]: Unsupported value: "PATCH": supported values: "*", "CREATE", "UPDATE", "DELETE", "CONNECT"',
    ],
  ])("%# is checked in another order at admission", (object, loaded, admitted) => {
    expect(messageOf(object)).toBe(loaded);
    expect(admitTemplate(object)).toMatchObject({ ok: false, error: { message: admitted } });
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
    ...listRows(),
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

  it("owns the CRD of its constraints once the API server holds it", () => {
    const decoded = decodeTemplate({ ...good, metadata: { name: "ka", uid: "u1" } });
    expect(decoded.ok && decoded.value.crd["metadata"]).toMatchObject({
      ownerReferences: [
        {
          apiVersion: "templates.gatekeeper.sh/v1beta1",
          kind: "ConstraintTemplate",
          name: "ka",
          uid: "u1",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
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
