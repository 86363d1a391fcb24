import { describe, expect, it } from "vitest";
import { pod } from "../../testing/index.ts";
import { folder, gator } from "../testing/gator-in-process.ts";
import { float, int, on, text, texts, duration } from "./flag-kinds.ts";
import { parseFlags } from "./flags.ts";

const TABLE = {
  file: texts("files", { short: "f" }),
  out: text("format", { short: "o", initial: "yaml" }),
  trace: on("trace", { short: "t" }),
  verbose: on("verbose", { short: "v" }),
  count: int("count", { short: "n" }),
  share: float("share"),
  least: duration("least"),
};
const INITIAL = {
  file: [],
  out: "yaml",
  trace: false,
  verbose: false,
  count: 0,
  share: 0,
  least: 0,
} as const;

describe("flags are read as Go's pflag reads them", () => {
  it.each([
    ["", {}, []],
    ["-f a --file b --file=c", { file: ["a", "b", "c"] }, []],
    ["-fa -f=b -f c", { file: ["a", "b", "c"] }, []],
    ["--out json --out=text", { out: "text" }, []],
    ["--out=", { out: "" }, []],
    ["--out=a=b", { out: "a=b" }, []],
    ["--out --trace", { out: "--trace" }, []],
    ["-tv", { trace: true, verbose: true }, []],
    ["-tvo json", { trace: true, verbose: true, out: "json" }, []],
    ["-tvojson", { trace: true, verbose: true, out: "json" }, []],
    ["--trace=false --verbose=T", { verbose: true }, []],
    ["--trace false", { trace: true }, ["false"]],
    ["a -t b", { trace: true }, ["a", "b"]],
    ["-t -- -v --none", { trace: true }, ["-v", "--none"]],
    ["-", {}, ["-"]],
    ["-n 7 --count=-3", { count: -3 }, []],
    ["-n 0x1f", { count: 31 }, []],
    ["--share 12.5", { share: 12.5 }, []],
    ["--least 1m30s", { least: 90e9 }, []],
    ["--least=1.5ms", { least: 1.5e6 }, []],
    ["--least 0", {}, []],
  ])("%s", (line, values, args) => {
    expect(parseFlags(TABLE, line.split(" ").filter(Boolean))).toEqual({
      flags: { ...INITIAL, ...values },
      args,
    });
  });

  it.each([
    ["--none", "unknown flag: --none"],
    ["--none=1", "unknown flag: --none"],
    ["--=1", "bad flag syntax: --=1"],
    ["---f", "bad flag syntax: ---f"],
    ["--constructor", "unknown flag: --constructor"],
    ["-x", "unknown shorthand flag: 'x' in -x"],
    ["-tx", "unknown shorthand flag: 'x' in -tx"],
    ["--file", "flag needs an argument: --file"],
    ["-f", "flag needs an argument: 'f' in -f"],
    ["-tf", "flag needs an argument: 'f' in -tf"],
    [
      "--trace=maybe",
      'invalid argument "maybe" for "-t, --trace" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      "-n many",
      'invalid argument "many" for "-n, --count" flag: strconv.ParseInt: parsing "many": invalid syntax',
    ],
    [
      "-n 99999999999999999999",
      'invalid argument "99999999999999999999" for "-n, --count" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    [
      "--share high",
      'invalid argument "high" for "--share" flag: strconv.ParseFloat: parsing "high": invalid syntax',
    ],
    ["--least 5", 'invalid argument "5" for "--least" flag: time: missing unit in duration "5"'],
    ["--least 5q", 'invalid argument "5q" for "--least" flag: time: unknown unit "q" in duration "5q"'],
  ])("refuses %s", (line, message) => {
    expect(() => parseFlags(TABLE, line.split(" "))).toThrow(message);
  });
});

describe("a command line that means nothing is told as cobra tells it", () => {
  it.each([
    ["other", 'unknown command "other" for "gator"', undefined],
    ["tset", 'unknown command "tset" for "gator"', "test"],
    ["ver", 'unknown command "ver" for "gator"', "verify\n\tversion"],
    ["EXPAND", 'unknown command "EXPAND" for "gator"', "expand"],
  ])("gator %s", async (word, message, near) => {
    const hint = near === undefined ? "" : `\nDid you mean this?\n\t${near}\n\n`;
    expect(await gator([word])).toEqual({
      exit: 1,
      stdout: "",
      stderr: `Error: ${message}\n${hint}Run 'gator --help' for usage.\n`,
    });
  });

  it.each([
    ["test --other", "unknown flag: --other", "gator test [flags]"],
    ["test -f", "flag needs an argument: 'f' in -f", "gator test [flags]"],
    ["test --=x", "bad flag syntax: --=x", "gator test [flags]"],
    ["test operand", 'unknown command "operand" for "gator test"', "gator test [flags]"],
    ["verify", "accepts 1 arg(s), received 0", "gator verify path [--run=name] [flags]"],
    ["verify a b", "accepts 1 arg(s), received 2", "gator verify path [--run=name] [flags]"],
    ["sync test --other", "unknown flag: --other", "gator sync test [flags]"],
    [
      "bench -n many",
      'invalid argument "many" for "-n, --iterations" flag: strconv.ParseInt: parsing "many": invalid syntax',
      "gator bench [flags]",
    ],
  ])("gator %s", async (line, message, usage) => {
    const { exit, stdout, stderr } = await gator(line.split(" "));
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toContain(`Error: ${message}\nUsage:\n  ${usage}\n`);
  });

  it.each(["--help", "-h", "help"])("gives help with %s, of every command", async (word) => {
    for (const command of ["", "test", "verify", "expand", "sync", "bench", "version"]) {
      const given = [command, word].filter((part) => part !== "");
      const { exit, stdout } = await gator(word === "help" ? given.reverse() : given);
      expect({ command, exit, usage: stdout.includes("Usage:\n") }).toEqual({
        command,
        exit: 0,
        usage: true,
      });
    }
  });
});

describe("--debug", () => {
  const STACK = /^ +at .+:\d+:\d+\)?$/m;
  // eslint-disable-next-line require-yield -- a stream that breaks before it gives anything
  async function* broken(): AsyncGenerator<string> {
    throw new Error("the pipe is on fire");
  }

  it.each([
    ["a fault of the program", ["test"], "gator: internal error: the pipe is on fire"],
    ["a failure", ["test", "-f", "nowhere.yaml"], "nowhere.yaml"],
  ])("alone shows the stack of %s", async (_what, args, message) => {
    const without = await gator(args, broken());
    expect(without).toMatchObject({ exit: 1, stdout: "", stderr: expect.stringContaining(message) });
    expect(without.stderr).not.toMatch(STACK);
    const debugged = await gator([...args, "--debug"], broken());
    expect(debugged).toMatchObject({ exit: 1, stderr: expect.stringContaining(message) });
    expect(debugged.stderr).toMatch(STACK);
  });

  it("changes nothing where all is well", async () => {
    const root = folder({ "pod.json": pod("web") });
    expect(await gator(["test", "-f", root, "--debug"])).toEqual(await gator(["test", "-f", root]));
  });
});
