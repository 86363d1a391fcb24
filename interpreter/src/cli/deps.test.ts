import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego } from "./testing.ts";

const FILES = {
  "d.rego": `package d

import data.lib.x

p if { input.a.b; data.foo[i].bar; q; x }

q contains y if { y := data.base.z[input.k]; r(y) }

r(z) if { z == data.other }

u[k] := v if { some k, v in data.tree }

w if data.d.u.foo.bar
`,
  "lib.rego": "package lib\n\nx if input.xx\n\ny := 1\n",
};

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

describe("deps", () => {
  it.each([
    ["data.d.w", ["data.tree"], ["data.d.u", "data.d.w"]],
    ["data.lib[z]", ["input.xx"], ["data.lib.x", "data.lib.y"]],
    ["data.d.q", ["data.base.z", "data.other", "input.k"], ["data.d.q", "data.d.r"]],
    ["input.a; input.a.b; data.free[x].y", ["data.free", "input.a"], []],
    ['input["a b"][0]', ["input.a b.0"], []],
    ["x := 1", [], []],
  ])("%s", async (query, base, virtual) => {
    const { code, out } = await rego(["deps", "-d", "d.rego", "-d", "lib.rego", "-f", "json", query]);
    expect(code).toBe(0);
    const found = JSON.parse(out) as Record<string, { value: unknown }[][] | undefined>;
    const paths = (name: string) =>
      (found[name] ?? []).map((path) => path.map(({ value }) => value).join("."));
    expect({ base: paths("base"), virtual: paths("virtual") }).toEqual({ base, virtual });
  });

  it("draws a table", async () => {
    expect((await rego(["deps", "-d", "d.rego", "-d", "lib.rego", "data.d.w"])).out).toBe(`\
┌────────────────┬───────────────────┐
│ BASE DOCUMENTS │ VIRTUAL DOCUMENTS │
├────────────────┼───────────────────┤
│ data.tree      │ data.d.u          │
│                │ data.d.w          │
└────────────────┴───────────────────┘
`);
  });

  it.each([
    [["x ="], "unexpected eof token"],
    [["-d", "nowhere", "data"], "1 error occurred during loading: stat nowhere: no such file or directory"],
    [[], "specify exactly one query argument"],
  ])("%j is an error", async (args, message) => {
    const { code, err } = await rego(["deps", ...args]);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });
});
