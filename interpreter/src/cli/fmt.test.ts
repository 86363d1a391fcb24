import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego } from "./testing.ts";

const LAID_OUT = "package a\n\nimport data.x\n\np := x.y\n";
const FILES = {
  "ok.rego": LAID_OUT,
  "crowded.rego": "package a\nimport data.x\np:=  x.y\n",
  "folder/b.rego": "package b\nq   := 1\n",
  "folder/ok.rego": "package b\n\nr := 1\n",
  "folder/notes.txt": "not a policy",
  "broken.rego": "package x\np if {\n",
  "v0.rego": "package a\n\nimport data.x\n\np { x == 1 }\n\nq[y] { y := x }\n",
  "v1.rego": "package a\n\nimport rego.v1\n\np := 1\n",
};

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

describe("fmt", () => {
  it.each([
    [["crowded.rego"], 0, LAID_OUT],
    [["ok.rego"], 0, LAID_OUT],
    [["--list", "crowded.rego", "ok.rego", "folder"], 0, "crowded.rego\nfolder/b.rego\n"],
    [["--list", "ok.rego"], 0, ""],
    [["--fail", "ok.rego"], 0, LAID_OUT],
    [["--fail", "crowded.rego"], 2, ""],
    [["--fail", "--list", "folder"], 2, "folder/b.rego\n"],
    [
      ["--diff", "folder"],
      0,
      "--- folder/b.rego\n+++ folder/b.rego\n@@ -1,2 +1,3 @@\n package b\n-q   := 1\n+\n+q := 1\n",
    ],
    [["--drop-v0-imports", "v1.rego"], 0, "package a\n\np := 1\n"],
    [
      ["--v0-compatible", "v0.rego"],
      0,
      "package a\n\nimport data.x\n\np {\n\tx == 1\n}\n\nq[y] {\n\ty := x\n}\n",
    ],
    [
      ["--v0-v1", "v0.rego"],
      0,
      "package a\n\nimport rego.v1\n\nimport data.x\n\np if x == 1\n\nq contains y if y := x\n",
    ],
  ])("%j exits with %i", async (args, code, out) => {
    const said = await rego(["fmt", ...args]);
    expect({ code: said.code, out: said.out }).toEqual({ code, out });
  });

  it("reads standard input where no file is named", async () => {
    expect(await rego(["fmt"], FILES["crowded.rego"])).toEqual({ code: 0, out: LAID_OUT, err: "" });
    expect((await rego(["fmt", "--fail"], FILES["crowded.rego"])).code).toBe(2);
  });

  it("--write changes the files that need it", async () => {
    expect(await rego(["fmt", "--write", "folder"])).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync("folder/b.rego", "utf8")).toBe("package b\n\nq := 1\n");
    expect((await rego(["fmt", "--fail", "--list", "folder"])).code).toBe(0);
  });

  it("tells what does not parse, and what is not there", async () => {
    const broken = await rego(["fmt", "broken.rego"]);
    expect(broken.code).toBe(2);
    expect(broken.err).toContain("broken.rego:3: rego_parse_error: unexpected eof token");
    expect(await rego(["fmt", "absent"])).toMatchObject({
      code: 1,
      err: "stat absent: no such file or directory\n",
    });
  });
});
