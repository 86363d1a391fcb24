import { parseJson } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import fc from "fast-check";
import { expect, it } from "vitest";
import { templateShape } from "../templates/template-shape.ts";
import { shapeFault } from "./shape.ts";

it("has an answer for every JSON value", () => {
  const json = fc.json({ depthSize: "large" }).map((text) => {
    const parsed = parseJson(text);
    return parsed.ok ? parsed.value : null;
  });
  const keys = fc.constantFrom(
    "metadata",
    "spec",
    "crd",
    "names",
    "targets",
    "validation",
    "openAPIV3Schema",
    "items",
  );
  const object = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof({ maxDepth: 6 }, json, fc.dictionary(keys, tie("value"))),
  })).value;
  fc.assert(
    fc.property(object, (value) => {
      const fault = shapeFault(value, templateShape("v1"));
      expect(fault ?? "json: cannot unmarshal").toMatch(
        /^json: cannot unmarshal|^boolean or JSON schema expected$/,
      );
    }),
  );
});
