import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { decodeSource } from "./source.ts";

describe("the Rego of a template", () => {
  const target = (fields: PlainObject): PlainObject => ({ spec: { targets: [fields] } });

  it("is `rego` before a `code` entry", () => {
    const code = [{ engine: "Rego", source: { rego: "b", version: "v1" } }];
    expect(decodeSource(target({ rego: "a", libs: ["l"], code }))).toMatchObject({
      value: { rego: "a", libs: ["l"], version: "v0" },
    });
    expect(decodeSource(target({ code }))).toMatchObject({ value: { rego: "b", libs: [], version: "v1" } });
  });

  it("is that of the engine Rego, whatever stands beside it", () => {
    const code = [
      { engine: "K8sNativeValidation", source: { validations: [] } },
      { engine: "Other", source: "x" },
      { engine: "Rego", source: { rego: "b" } },
    ];
    expect(decodeSource(target({ code }))).toMatchObject({ value: { rego: "b", version: "v0" } });
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
    [
      { code: [{ engine: "K8sNativeValidation", source: {} }] },
      'no language driver is installed that handles this constraint template: available drivers: map[Rego:1], wanted "K8sNativeValidation"',
    ],
    [{ code: [{ engine: "Rego" }] }, "could not recognize the type"],
    [{ code: [{ engine: "Rego", source: "x" }] }, "could not recognize the type"],
    [{ code: [{ engine: "Rego", source: {} }] }, "rego source missing required field: rego"],
    [
      { code: [{ engine: "Rego", source: { rego: 5 } }] },
      ".rego accessor error: 5 is of the type float64, expected string: while extracting Rego source",
    ],
    [
      { code: [{ engine: "Rego", source: { rego: "x", version: { a: null } } }] },
      ".version accessor error: map[a:<nil>] is of the type map[string]interface {}, expected string: while extracting Rego version",
    ],
    [
      { code: [{ engine: "Rego", source: { rego: "x", libs: "y" } }] },
      ".libs accessor error: y is of the type string, expected []interface{}: while extracting Rego libs",
    ],
    [
      { code: [{ engine: "Rego", source: { rego: "x", libs: ["y", true] } }] },
      ".libs accessor error: contains non-string key in the slice: true is of the type bool, expected string: while extracting Rego libs",
    ],
  ])("of %j is refused", (fields, message) => {
    expect(decodeSource(target(fields))).toMatchObject({ ok: false, error: { message } });
  });
});
