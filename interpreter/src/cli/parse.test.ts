import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego } from "./testing.ts";

const FILES = {
  "p.rego": '# note\npackage a.b\n\nimport data.x as y\n\np(z) := [1, "s"] if not y[z]\n',
  "v0.rego": "package a\n\np { true }\n",
  "broken.rego": "package a\np if {\n",
};

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

const TREE = `module
 package
  ref
   data
   "a"
   "b"
 import
  ref
   data
   "x"
  y
 rule
  head
   ref
    p
   args
    z
   array
    1
    "s"
  body
   expr negated index=0
    ref
     y
     z
 comment
`;

const term = (type: string, value: unknown) => ({ type, value });

describe("parse", () => {
  it("draws the tree", async () => {
    expect(await rego(["parse", "p.rego"])).toEqual({ code: 0, out: TREE, err: "" });
  });

  it("JSON is OPA's", async () => {
    const { out } = await rego(["parse", "-f", "json", "p.rego"]);
    expect(JSON.parse(out)).toEqual({
      package: { path: [term("var", "data"), term("string", "a"), term("string", "b")] },
      imports: [{ alias: "y", path: term("ref", [term("var", "data"), term("string", "x")]) }],
      rules: [
        {
          head: {
            name: "p",
            args: [term("var", "z")],
            value: term("array", [term("number", 1), term("string", "s")]),
            assign: true,
            ref: [term("var", "p")],
          },
          body: [{ index: 0, negated: true, terms: term("ref", [term("var", "y"), term("var", "z")]) }],
        },
      ],
      comments: [{ Text: "IG5vdGU=", Location: { file: "p.rego", row: 1, col: 1 } }],
    });
  });

  it.each([
    ["locations", true, true],
    ["locations,-comments", true, false],
    ["-comments", false, false],
  ])("--json-include %s", async (include, locations, comments) => {
    const { out } = await rego(["parse", "-f", "json", "--json-include", include, "p.rego"]);
    const json = JSON.parse(out);
    expect("comments" in json).toBe(comments);
    expect(json.package.path[0].location).toEqual(
      locations ? { file: "p.rego", row: 2, col: 9, text: "YQ==" } : undefined,
    );
  });

  it("reads v0", async () => {
    expect((await rego(["parse", "--v0-compatible", "v0.rego"])).code).toBe(0);
    expect((await rego(["parse", "v0.rego"])).code).toBe(1);
  });

  it.each([
    [["broken.rego"], "unexpected eof token"],
    [["absent.rego"], "open absent.rego: no such file or directory"],
    [[], "no source file specified"],
    [["--json-include", "colours", "p.rego"], '"colours" is none of locations, comments'],
  ])("%j is an error", async (args, message) => {
    const { code, err } = await rego(["parse", ...args]);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});
