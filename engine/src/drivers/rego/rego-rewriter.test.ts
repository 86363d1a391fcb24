import { builtins } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import type { RegoSource } from "../../templates/template.ts";
import { rewriteTemplate } from "./rego-rewriter.ts";

const RULE = 'violation[{"msg": "no"}] { true }';

function rewrite(rego: string, libs: readonly string[] = [], version: RegoSource["version"] = "v0") {
  return rewriteTemplate({ rego, libs, version }, { referentialRules: true, builtins });
}

function messageOf(rego: string, libs: readonly string[] = []): string {
  const outcome = rewrite(rego, libs);
  return outcome.ok ? "" : outcome.error.message.replace("invalid ConstraintTemplate: ", "");
}

describe("the module of a template", () => {
  it("gets a package of its own and keeps its rows", () => {
    const outcome = rewrite(`# a comment\npackage any.name["at all"]\n\n${RULE}\n`);
    expect(outcome.ok && outcome.value.modules[0]?.source).toBe(`# a comment\npackage template\n\n${RULE}\n`);
  });

  it.each([
    ["foo[x] { x := 1 }", "invalid rego: invalid module: missing required rules: [violation]"],
    [`import data.foo\n${RULE}`, 'invalid import: bad import: "data.foo"'],
    [`import data.inventory\n${RULE}`, 'invalid import: bad import: "data.inventory"'],
    [`import input.review\n${RULE}`, 'invalid import: cannot import input: "input.review"'],
    [`import rego.v1\nviolation contains {"msg": "no"} if true`, 'invalid import: bad import: "rego.v1"'],
  ])("%j is refused", (rest, message) => {
    expect(messageOf(`package foo\n${rest}`)).toBe(message);
  });

  it("may refer to nothing below data but libs and the inventory", () => {
    const rego = `package foo
      violation[{"msg": x}] { x = data.bar; y := data; z := data[x]; w := data.foo.violation }
      p { data.inventory.cluster[_]; data.lib.a.b; data["lib"].c }
      q { input with data.x as 1 }
      r { x := [y | y := data.inventory[data.evil][_]] }`;
    expect(messageOf(rego)).toBe(
      "invalid data references: check refs failed on module {template}: errors (6):\n" +
        ["bar", "", "[x]", "foo.violation", "x", "evil"]
          .map((rest) => `disallowed ref data${rest === "" || rest.startsWith("[") ? rest : `.${rest}`}\n`)
          .join(""),
    );
  });

  it("may not read the inventory where referential rules are off", () => {
    const rego = `package foo\nviolation[{"msg": x}] { x = data.inventory.y }`;
    const options = { referentialRules: false, builtins };
    const outcome = rewriteTemplate({ rego, libs: [], version: "v0" }, options);
    expect(outcome).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("disallowed ref data.inventory.y") },
    });
  });

  it("reports what cannot be parsed with its place in the Rego", () => {
    const outcome = rewrite("package foo\nviolation[{ } { x = = 1 }");
    expect(!outcome.ok && outcome.error.code).toBe("ingest_error");
    expect(!outcome.ok && outcome.error.rego?.[0]?.location?.row).toBe(2);
  });
});

describe("a lib", () => {
  const template = `package foo\n${RULE}`;

  it.each([
    ["package lib\nf(x) = 1 { true }", "invalid lib prefix: path data.lib not found in lib prefixes"],
    ["package bar.b\nf(x) = 1 { true }", "invalid lib prefix: path data.bar.b not found in lib prefixes"],
    ["package lib.b\nimport data.bar\nf(x) = 1 { true }", 'invalid import: bad import: "data.bar"'],
    [
      "package lib.b\nf(x) = 1 { data.inv.x }",
      'invalid data references: check refs failed on module {libs["lib_0"]}: errors (1):\ndisallowed ref data.inv.x\n',
    ],
  ])("%j is refused", (lib, message) => {
    expect(messageOf(template, [lib])).toBe(message);
  });

  it("stays as it is", () => {
    const lib = "package lib.b\nimport data.lib.c\nf(x) = 1 { true }";
    const outcome = rewrite(template, [lib]);
    expect(outcome.ok && outcome.value.modules[1]).toEqual({
      name: 'libs["lib_0"]',
      source: lib,
      version: "v0",
    });
  });
});
