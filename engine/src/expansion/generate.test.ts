import type { PlainObject, Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { namespace } from "../testing/index.ts";
import { generate } from "./generate.ts";
import { decodeExpansionTemplate } from "./template.ts";

function template(templateSource = "spec.template") {
  return decodeExpansionTemplate({
    apiVersion: "expansion.gatekeeper.sh/v1beta1",
    kind: "ExpansionTemplate",
    metadata: { name: "e" },
    spec: {
      applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
      templateSource,
      generatedGVK: { group: "", version: "v1", kind: "Pod" },
    },
  });
}

function deployment(
  spec: Value,
  metadata: PlainObject = { name: "Web", namespace: "shop", uid: "u1" },
): PlainObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
}

const OWNER = { apiVersion: "apps/v1", kind: "Deployment", name: "Web", uid: "" };

describe("an object that another implies", () => {
  it("has the generated kind, a name and namespace of its parent's, and the parent as owner", () => {
    const parent = deployment({
      template: {
        apiVersion: "x/v1",
        kind: "X",
        metadata: { name: "x", namespace: "y", labels: { a: "b" } },
        spec: { n: 1 },
      },
    });
    expect(generate(parent, undefined, template())).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-pod", namespace: "shop", labels: { a: "b" }, ownerReferences: [OWNER] },
      spec: { n: 1 },
    });
  });

  it("is in the Namespace that is known", () => {
    const generated = generate(deployment({ template: {} }), namespace("other"), template());
    expect(generated["metadata"]).toMatchObject({ namespace: "other" });
  });

  it.each<readonly [string, readonly PlainObject[], PlainObject, readonly PlainObject[] | undefined]>([
    ["beside other owners", [{ name: "x" }], { name: "Web" }, [{ name: "x" }, OWNER]],
    ["once", [{ ...OWNER, uid: "u1" }], { name: "Web" }, [{ ...OWNER, uid: "u1" }]],
    ["not where it has no name", [], { generateName: "web-" }, []],
  ])("names its parent %s", (_what, ownerReferences, metadata, wanted) => {
    const parent = deployment({ template: { metadata: { ownerReferences } } }, metadata);
    expect(generate(parent, undefined, template())["metadata"]).toMatchObject({ ownerReferences: wanted });
  });

  it.each<readonly [Value, string, string]>([
    [{}, "spec.template", 'could not find source field "spec.template" in resource Web'],
    [{ a: {} }, "spec.a.b.c", 'could not find source field "spec.a.b.c" in resource Web'],
    [
      { template: "x" },
      "spec.template",
      "could not extract source field from unstructured: .spec.template accessor error: x is of the type string, expected map[string]interface{}",
    ],
    [
      { template: null },
      "spec.template",
      "could not extract source field from unstructured: .spec.template accessor error: <nil> is of the type <nil>, expected map[string]interface{}",
    ],
    [
      "x",
      "spec.template",
      "could not extract source field from unstructured: .spec.template accessor error: x is of the type string, expected map[string]interface{}",
    ],
  ])("cannot be had of %j at %s", (spec, source, message) => {
    expect(() => generate(deployment(spec), undefined, template(source))).toThrow(message);
  });
});
