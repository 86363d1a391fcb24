import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego } from "./testing.ts";

const CAPABILITIES = {
  builtins: [
    {
      name: "plus",
      infix: "+",
      decl: { type: "function", args: [{ type: "number" }, { type: "number" }], result: { type: "number" } },
    },
  ],
  future_keywords: [],
  features: ["rego_v1"],
};

const FILES = {
  "fine.rego": "package a\n\np if input.x\n",
  "careless.rego": "package b\n\nimport data.x\n\np if { y := 1; true }\n",
  "wrong.rego": "package c\n\np if nobody(1)\n\nq if nothing(1)\n",
  "broken.rego": "package x\np if {\n",
  "counts.rego": "package d\n\np := count(input)\n",
  "v0.rego": "package e\n\np { true }\n",
  "not.rego": "package n\n\nimport future.keywords.not\n\np if not { input.x }\n",
  "and.rego": "package n\n\nimport future.keywords.and\n",
  "experimental.json": JSON.stringify({ ...CAPABILITIES, future_keywords: ["and", "not", "or"] }),
  "bad.json": "{",
  "mine.json": JSON.stringify(CAPABILITIES),
  "bundle/.manifest": '{"roots": ["e"], "rego_version": 0}',
  "bundle/e/v0.rego": "package e\n\np { true }\n",
  "data/conflict.rego": "package k\n\np := 1\n",
  "data/k/data.json": '{"p": 2}',
};

/** Experimental keywords exist where the capabilities name them, `and` and `or` in none of OPA's own. */
const unknownKeyword = (known: string): string =>
  `1 error occurred during loading: and.rego:3: rego_parse_error: unexpected keyword, must be one of [${known}]\n` +
  "\timport future.keywords.and\n\t       ^\n";

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

describe("check", () => {
  it.each([
    [["fine.rego"], 0, ""],
    [["careless.rego"], 0, ""],
    [["bad.json", "fine.rego"], 0, ""],
    [["--v0-compatible", "v0.rego"], 0, ""],
    [["--bundle", "bundle"], 0, ""],
    [["not.rego"], 0, ""],
    [["--capabilities", "experimental.json", "and.rego"], 0, ""],
    [["--capabilities", "mine.json", "and.rego"], 1, unknownKeyword("contains every if in")],
    [["and.rego"], 1, unknownKeyword("contains every if in not")],
    [["--v0-compatible", "and.rego"], 1, unknownKeyword("contains every if in not")],
    [
      ["--strict", "careless.rego"],
      1,
      "2 errors occurred:\ncareless.rego:3: rego_compile_error: import data.x unused\n" +
        "careless.rego:5: rego_compile_error: assigned var y unused\n",
    ],
    [
      ["--max-errors", "1", "wrong.rego"],
      1,
      "2 errors occurred:\nwrong.rego:3: rego_type_error: undefined function nobody\n" +
        "rego_compile_error: error limit reached\n",
    ],
    [
      ["broken.rego"],
      1,
      "1 error occurred during loading: broken.rego:3: rego_parse_error: unexpected eof token\n\tp if {\n\t     ^\n",
    ],
    [["absent"], 1, "1 error occurred during loading: stat absent: no such file or directory\n"],
    [
      ["--capabilities", "mine.json", "counts.rego"],
      1,
      "1 error occurred: counts.rego:3: rego_type_error: undefined function count\n",
    ],
  ])("%j exits with %i", async (args, code, err) => {
    expect(await rego(["check", ...args])).toEqual({ code, out: "", err });
  });

  it("JSON goes to standard error, as in OPA", async () => {
    const { code, err } = await rego(["check", "--format", "json", "wrong.rego"]);
    expect(code).toBe(1);
    expect(JSON.parse(err).errors[0]).toEqual({
      message: "undefined function nobody",
      code: "rego_type_error",
      location: { file: "wrong.rego", row: 3, col: 6 },
    });
  });

  it.each([
    ["absent.json", "no such file"],
    ["bad.json", "unexpected EOF"],
    ["bundle/.manifest", ""],
  ])("capabilities that make no sense are refused: %s", async (path, message) => {
    const { code, err } = await rego(["check", "--capabilities", path, "counts.rego"]);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});
