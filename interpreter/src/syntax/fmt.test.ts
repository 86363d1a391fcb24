import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { EXPERIMENTAL } from "../testing/experimental.ts";
import type { RegoVersion } from "./ast.ts";
import { formatSource } from "./fmt.ts";
import { parseModule } from "./parse.ts";
import { printModule } from "./print.ts";

const DATA = process.env["PORTCULLIS_TEST_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");

function format(source: string, version: RegoVersion = "v1"): string {
  const formatted = formatSource({ name: "test.rego", source, version, capabilities: EXPERIMENTAL });
  return formatted.ok ? formatted.text : formatted.errors.map(({ message }) => message).join("\n");
}

/** What a module's rules mean, whichever of `=` and `:=` they are written with. */
function meaning(source: string, version: RegoVersion): string {
  const parsed = parseModule({ name: "", source, version, capabilities: EXPERIMENTAL });
  return parsed.ok
    ? printModule({ ...parsed.module, imports: [] }).replaceAll(" := ", " = ")
    : "does not parse";
}

describe("formatting", () => {
  it("sorts imports within their group and parts everything by one blank line", () => {
    const source = "package a\nimport data.z\nimport data.b as c\n\n\nimport data.a\np:=1\nq:= 2\n\n\nr :=3";
    expect(format(source)).toBe(
      "package a\n\nimport data.b as c\nimport data.z\n\nimport data.a\n\np := 1\nq := 2\n\nr := 3\n",
    );
  });

  it("keeps short bodies on their line and indents the others", () => {
    const source =
      "package a\np if input.x\nq if {input.x; not   y}\nr contains x if {\n  some x in input.xs\n\n  x>1 }";
    expect(format(source)).toBe(
      [
        "package a\n",
        "p if input.x\n",
        "q if {\n\tinput.x\n\tnot y\n}\n",
        "r contains x if {\n\tsome x in input.xs\n\n\tx > 1\n}\n",
      ].join("\n"),
    );
  });

  it("keeps items on lines of their own where they were, with a comma after the last", () => {
    expect(format('package a\np := {"b": [1,2],\n "a": f(x,\ny)}')).toBe(
      'package a\n\np := {\n\t"b": [1, 2],\n\t"a": f(\n\t\tx,\n\t\ty,\n\t),\n}\n',
    );
  });

  it("keeps comments where they were", () => {
    const source =
      "# top\npackage a # here\n\n# above p\np := 1 # behind p\nq if {\n  # first\n  x # second\n  # last\n}\n# end";
    expect(format(source)).toBe(
      "# top\npackage a # here\n\n# above p\np := 1 # behind p\nq if {\n\t# first\n\tx # second\n\t# last\n}\n\n# end\n",
    );
  });

  it("writes v0 as v0", () => {
    expect(format("package a\np[x]{x:=1}else=2{true}", "v0")).toContain("else keyword cannot be used");
    expect(format("package a\np[x]{x:=1}", "v0")).toBe("package a\n\np[x] {\n\tx := 1\n}\n");
  });

  it("keeps of all keywords those that v1 has not, where they are used", () => {
    const imports = "import rego.v1\nimport future.keywords\n";
    expect(format(`package a\n${imports}p if not { x := 1; x > 2 }`, "v0")).toBe(
      "package a\n\nimport future.keywords.not\nimport rego.v1\n\np if not { x := 1; x > 2 }\n",
    );
    expect(format(`package a\n${imports}p if 1 in [1]`, "v0")).toBe(
      "package a\n\nimport rego.v1\n\np if 1 in [1]\n",
    );
  });

  it.each(["true != (1 < 2)", "1 - (2 - 3)", "1 < 2 < 3", "1 - 2 - 3 == 0", "(1 == 2) + 1"])(
    "keeps the order of operators: %s",
    (expression) => {
      expect(meaning(format(`package a\np if ${expression}`), "v1")).toBe(
        meaning(`package a\np if ${expression}`, "v1"),
      );
    },
  );

  it("writes the strings of a head as they are above each of its bodies", () => {
    expect(format('package a\nf({"k": x}) := 1 if { x }\n{ ``; "" }').match(/^f.*(?= if)/gm)).toEqual([
      'f({"k": x}) := 1',
      'f({"k": x}) := 1',
    ]);
  });

  it("puts nested infix operators in parentheses", () => {
    expect(format("package a\np := 1+2*3-4")).toBe("package a\n\np := (1 + (2 * 3)) - 4\n");
  });

  it.each([
    ["a number", "x := 2; -1", "x := 2\n\t(-1)"],
    ["an operand", "x := 2; -1 == x", "x := 2\n\t(-1) == x"],
    ["an operand of an operand", "x := 2; -1 + x == 3", "x := 2\n\t(-1) + x == 3"],
    ["a member", "x := 2; -1 in [x]", "x := 2\n\t(-1) in [x]"],
    ["the first of a body", "-1 == x; y", "-1 == x\n\ty"],
  ])("keeps a literal apart that a minus would join to the one above: %s", (_, body, lines) => {
    expect(format(`package a\np if { ${body} }`)).toBe(`package a\n\np if {\n\t${lines}\n}\n`);
  });

  it("writes control characters so that they are read again", () => {
    const control = String.raw`"\u0001\u0007\u000b\u007f\udb40\udc01"`;
    expect(format(`package a\np[${control}].b := 1`)).toBe(`package a\n\np[${control}].b := 1\n`);
    expect(format(`package a\np[${control}] := $${control}`)).toBe(
      `package a\n\np[${control}] := $${control}\n`,
    );
  });
});

describe.skipIf(!existsSync(DATA))("formatting real modules", () => {
  it.each(["v0", "v1"] as const)("%s: changes no meaning, and nothing the second time", (version) => {
    const files = globSync(join(DATA, "opa-conformance", version, "*/*.{json,yaml}")).sort();
    const faults: string[] = [];
    for (const file of files.filter((_, i) => i % 4 === 0)) {
      for (const { modules = [] } of (
        parseYaml(readFileSync(file, "utf8")) as { cases: { modules?: string[] }[] }
      ).cases) {
        for (const source of modules) {
          const text = format(source, version);
          if (format(text, version) !== text) faults.push(`not idempotent: ${source}`);
          if (meaning(text, version) !== meaning(source, version))
            faults.push(`other meaning: ${source}\n${text}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});
