import { describe, expect, it } from "vitest";
import { runRego } from "./commands.ts";
import { OutputClosed } from "./terminal.ts";
import { rego } from "./testing.ts";

const COMMANDS = ["eval", "test", "check", "fmt", "parse", "deps", "bench", "capabilities", "version"];

describe("help", () => {
  it("lists the commands", async () => {
    const { code, out } = await rego(["--help"]);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(await rego([])).toEqual({ code: 0, out, err: "" });
  });

  it.each(COMMANDS)("%s teaches by example", async (name) => {
    const { code, out } = await rego([name, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`Usage:\n  rego ${name}`);
    expect(out).toMatch(new RegExp(`Examples:\n  (cat .* \\| )?rego ${name}`));
    expect((await rego(["help", name])).out).toBe(out);
  });
});

describe("arguments", () => {
  it.each([
    [["evl"], 'error: unknown command "evl"; did you mean eval?'],
    [["eval", "--formt", "raw", "1"], "error: unknown flag: --formt; did you mean --format?"],
    [["eval", "-x", "1"], "error: unknown shorthand flag: 'x' in -x"],
    [["eval", "-d"], "error: flag needs an argument: 'd' in -d"],
    [["eval", "--data"], "error: flag needs an argument: --data"],
    [
      ["eval", "-f", "yaml", "1"],
      'error: invalid argument "yaml" for "-f, --format" flag: must be one of {json,values,bindings,pretty,source,raw,discard}',
    ],
    [
      ["eval", "--fail=perhaps", "1"],
      'error: invalid argument "perhaps" for "--fail" flag: true or false is wanted',
    ],
    [
      ["eval", "--timeout", "soon", "1"],
      'for "--timeout" flag: a duration such as 10s, 250ms or 1m30s is wanted',
    ],
    [["eval", "--profile-limit", "-1", "1"], 'for "--profile-limit" flag: a whole number is wanted'],
  ])("%j", async (args, message) => {
    const { code, out, err } = await rego(args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
  });

  it.each([
    [["eval", "-fraw", "1"], "1\n"],
    [["eval", "-f=raw", "1"], "1\n"],
    [["eval", "1", "--format=raw"], "1\n"],
    [["eval", "-f", "raw", "--", "-1"], "-1\n"],
    [["eval", "-f", "raw", "--fail", "--fail=false", "input"], ""],
    [["eval", "-Sf", "raw", "1"], "1\n"],
  ])("%j is understood", async (args, out) => {
    expect(await rego(args)).toEqual({ code: 0, out, err: "" });
  });
});

it("a reader that goes away ends the run quietly", async () => {
  const code = await runRego(["eval", "numbers.range(1, 1000)"], {
    stdin: () => Buffer.from(""),
    out: () => {
      throw new OutputClosed();
    },
    err: () => {
      throw new Error("nothing is to be said");
    },
  });
  expect(code).toBe(0);
});

it("version says what this is", async () => {
  const { out } = await rego(["version"]);
  expect(out).toMatch(/^Version: \d+\.\d+\.\d+\n/);
  expect(out).toContain("Rego Version: v1\n");
});

describe("capabilities", () => {
  it("are OPA's JSON", async () => {
    const { builtins, future_keywords } = JSON.parse((await rego(["capabilities"])).out);
    expect(future_keywords).toEqual(["not"]);
    const plus = builtins.find((row: { name: string }) => row.name === "plus");
    expect(plus).toMatchObject({ infix: "+", decl: { type: "function", result: { type: "number" } } });
    const uuid = builtins.find((row: { name: string }) => row.name === "opa.runtime");
    expect(uuid.decl).not.toHaveProperty("args");
    expect(uuid.nondeterministic).toBe(true);
  });
});
