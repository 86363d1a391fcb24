import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego } from "./testing.ts";

const FILES = {
  "p.rego": `package a

allow if input.x == 1

names contains n if some n in input.names

err := 1 / 0

shown if print("seen", input.x)
`,
  "in.json": '{"x": 1, "names": ["b", "a"]}',
  "in.yaml": "x: 1\nnames: [b, a]\n",
  "d/sub/data.json": '{"k": [1, 2]}',
  "d/c.yaml": "y: 1\n",
  "d/README": "neither policy nor data",
  "k1.json": '{"k": 3}',
  "k2.json": '{"k": 4}',
  "list.json": "[1]",
  "bad.json": '{"a": 1,\n  "b": ]}',
  "bad.yaml": "a: [1\n",
  "bad.rego": "package x\np if {\n",
  "branch.rego": "package b\n\nfirst := 1 if {\n\tinput.none\n} else := 2\n",
  "odd.bin": "foo bar: [",
};

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

describe("results by format", () => {
  it.each([
    ["raw", `x = ["a", 2][_]; x`, "true a\ntrue 2\n"],
    ["raw", "input.nothing", ""],
    ["raw", '{"a": "<"}', '{"a":"\\u003c"}\n'],
    ["values", "x = [1, 2][_]", "[\n  true\n]\n[\n  true\n]\n"],
    ["bindings", "x = [1, 2][_]", '{\n  "x": 1\n}\n{\n  "x": 2\n}\n'],
    ["pretty", "input.nothing", "undefined\n"],
    ["pretty", "{1, 2}", "[\n  1,\n  2\n]\n"],
    ["pretty", "true; true", "true\n"],
    ["pretty", "1; 2", "┌───┬───┐\n│ 1 │ 2 │\n├───┼───┤\n│ 1 │ 2 │\n└───┴───┘\n"],
    ["pretty", 'x = "日"; true', '┌──────┐\n│  x   │\n├──────┤\n│ "日" │\n└──────┘\n'],
    ["discard", "1", '{\n  "result": "discarded"\n}\n'],
    ["json", "input.nothing", "{}\n"],
  ])("%s: %s", async (format, query, out) => {
    expect(await rego(["eval", "-f", format, query])).toEqual({ code: 0, out, err: "" });
  });

  it("json keeps OPA's order of fields", async () => {
    const { out } = await rego(["eval", "x = 1"]);
    expect(Object.keys(JSON.parse(out).result[0])).toEqual(["expressions", "bindings"]);
    expect(JSON.parse(out)).toEqual({
      result: [
        { expressions: [{ value: true, text: "x = 1", location: { row: 1, col: 1 } }], bindings: { x: 1 } },
      ],
    });
  });

  it("--pretty-limit cuts cells", async () => {
    const { out } = await rego(["eval", "-f", "pretty", "--pretty-limit", "4", 'x = "abcdef"']);
    expect(out).toContain('│ "abc... │');
  });
});

describe("where documents come from", () => {
  it.each([
    [["-d", "d"], "data", '{"sub":{"k":[1,2]},"y":1}'],
    [["-d", "x.z:d"], "data", '{"x":{"z":{"sub":{"k":[1,2]},"y":1}}}'],
    [["-d", "k1.json"], "data", '{"k":3}'],
    [["--data=a.b:k1.json"], "data.a.b.k", "3"],
    [["-d", "file://k1.json"], "data.k", "3"],
    [["-d", "d", "--ignore", "sub"], "data", '{"y":1}'],
    [["-i", "in.json"], "input.x", "1"],
    [["-i=in.yaml"], "input.names", '["b","a"]'],
    [["-dp.rego", "-iin.json"], "data.a.names", '["a","b"]'],
    [["--package", "a", "-d", "p.rego", "-i", "in.json"], "allow", "true"],
    [["--import", "data.a", "-d", "p.rego", "-i", "in.json"], "a.allow", "true"],
    [["--v0-compatible"], "[y | y = 2]", "[2]"],
  ])("%j %s", async (flags, query, out) => {
    expect(await rego(["eval", "-f", "raw", ...flags, query])).toEqual({ code: 0, out: `${out}\n`, err: "" });
  });

  it("standard input holds the query, or the input as JSON or YAML", async () => {
    expect((await rego(["eval", "-f", "raw", "--stdin"], "1 + 1")).out).toBe("2\n");
    expect((await rego(["eval", "-f", "raw", "-I", "input.x"], '{"x": 5}')).out).toBe("5\n");
    expect((await rego(["eval", "-f", "raw", "-I", "input.x"], "x: 5")).out).toBe("5\n");
  });
});

describe("exit codes", () => {
  it.each([
    [0, ["1"]],
    [0, ["--fail", "false"]],
    [1, ["--fail", "input.x"]],
    [1, ["--fail-defined", "1"]],
    [0, ["--fail-defined", "input.x"]],
    [2, ["1 +"]],
    [2, ["nobody"]],
    [2, ["-d", "absent.rego", "1"]],
    [2, ["-d", "p.rego", "--strict-builtin-errors", "data.a.err"]],
    [0, ["-d", "p.rego", "--show-builtin-errors", "data.a.err"]],
    [2, ["--timeout", "1ms", "count([1 | numbers.range(1, 100000)[_]; numbers.range(1, 100)[_]])"]],
    [1, ["--no-such-flag", "1"]],
    [1, []],
  ])("%i for %j", async (code, args) => {
    expect((await rego(["eval", ...args])).code).toBe(code);
  });
});

describe("what cannot be read is named, with its place", () => {
  it.each([
    [["-d", "bad.json"], "bad.json: invalid character ']' looking for beginning of value (line 2, column 8)"],
    [["-d", "bad.yaml"], "bad.yaml: error converting YAML to JSON: yaml: line"],
    [["-d", "list.json"], "list.json: document must be of type object"],
    [
      ["-d", "k1.json", "-d", "k2.json"],
      "k2.json: merge error: conflicting values at data.k, also defined in k1.json",
    ],
    [["-d", "odd.bin"], "odd.bin: can't recognize file type"],
    [["-d", "nowhere"], "stat nowhere: no such file or directory"],
    [["-d", "\\\\host\\share"], "UNC path read is not allowed: \\\\host\\share"],
    [["-d", "//host/share"], "UNC path read is not allowed: //host/share"],
    [["-d", "file:////host/share"], "UNC path read is not allowed: file:////host/share"],
    [["-d", "http://example.com/p.rego"], "unsupported URL scheme: http://example.com/p.rego"],
    [["-b", "s3://bucket/x.tar.gz"], "unsupported URL scheme: s3://bucket/x.tar.gz"],
  ])("%j", async (flags, message) => {
    const { code, out, err } = await rego(["eval", ...flags, "1"]);
    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(JSON.parse(out).errors[0].message).toContain(message);
  });

  it.each([
    [["-i", "bad.json"], "unable to parse input: bad.json: invalid character ']'"],
    [["-i", "nope"], "open nope: no such file or directory"],
    [["-i", "//host/in.json"], "UNC path read is not allowed"],
  ])("%j", async (flags, message) => {
    const { code, err } = await rego(["eval", ...flags, "1"]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

it("errors of policies are JSON in the JSON format, and OPA's text in others", async () => {
  const json = await rego(["eval", "-d", "bad.rego", "data"]);
  expect(JSON.parse(json.out)).toEqual({
    errors: [
      {
        message: "unexpected eof token",
        code: "rego_parse_error",
        location: { file: "bad.rego", row: 3, col: 0 },
        details: { line: "p if {", idx: 5 },
      },
    ],
  });
  const text = await rego(["eval", "-f", "pretty", "-d", "bad.rego", "data"]);
  expect(text.err).toBe(
    "1 error occurred: bad.rego:3: rego_parse_error: unexpected eof token\n\tp if {\n\t     ^\n",
  );
});

it("what policies print goes to standard error", async () => {
  const said = await rego(["eval", "-f", "raw", "-d", "p.rego", "-i", "in.json", "data.a.shown"]);
  expect(said).toEqual({ code: 0, out: "true\n", err: "seen 1\n" });
});

describe("reports", () => {
  const run = async (...flags: readonly string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await rego(["eval", "-d", "p.rego", "-i", "in.json", ...flags, "data.a.names"])).out);

  it("--explain gives events, with syntax trees", async () => {
    const { explanation } = await run("--explain", "full");
    const names = ["data", "a", "names"].map((value, i) => ({ type: i === 0 ? "var" : "string", value }));
    const equality = { type: "ref", value: [{ type: "var", value: "eq" }] };
    expect(explanation).toContainEqual({
      Op: "Index",
      Node: { index: 0, terms: [equality, { type: "ref", value: names }, { type: "var", value: "$0" }] },
      Location: { file: "", row: 1, col: 1 },
      QueryID: 0,
      ParentID: 0,
      Locals: [],
      LocalMetadata: {},
      Message: "(matched 1 rule)",
      Ref: names,
    });
    expect(explanation).toContainEqual(
      expect.objectContaining({
        Op: "Exit",
        Node: expect.objectContaining({ head: expect.objectContaining({ name: "names" }) }),
        Locals: [{ name: "n", type: "string", value: "a" }],
        LocalMetadata: { n: { name: "n", location: null } },
      }),
    );
  });

  it("--explain names the rule of a branch", async () => {
    const { out } = await rego(["eval", "-d", "branch.rego", "--explain", "full", "data.b.first"]);
    const { explanation } = JSON.parse(out) as { explanation: { Node: { head?: { name: string } } }[] };
    expect(explanation.map(({ Node }) => Node.head?.name)).toContain("first");
  });

  it("--count repeats, and --metrics tells the spread", async () => {
    const json = JSON.parse((await rego(["eval", "--count", "3", "--metrics", "1"])).out);
    expect(json.aggregated_metrics.timer_rego_query_eval_ns.count).toBe(3);
  });

  it("--coverage names rows", async () => {
    const { coverage } = await run("--coverage");
    expect(coverage).toMatchObject({ files: { "p.rego": { covered_lines: 1 } } });
  });

  it("--profile counts, sorts and limits", async () => {
    const { profile } = await run("--profile", "--profile-sort", "num_redo", "--profile-limit", "1");
    expect(profile).toEqual([
      expect.objectContaining({ num_redo: 2, location: { file: "p.rego", row: 5, col: 21 } }),
    ]);
  });

  it("--metrics names OPA's timers", async () => {
    const { metrics } = await run("--metrics");
    expect(Object.keys(metrics as object)).toEqual([
      "timer_rego_load_files_ns",
      "timer_rego_module_compile_ns",
      "timer_rego_module_parse_ns",
      "timer_rego_query_compile_ns",
      "timer_rego_query_eval_ns",
      "timer_rego_query_parse_ns",
    ]);
  });

  it("pretty: the way to the result first, tables after it", async () => {
    const { out } = await rego([
      "eval",
      "--format=pretty",
      "--explain=full",
      "--coverage",
      "--profile",
      "--data=p.rego",
      "--input=in.json",
      "data.a.names",
    ]);
    expect(out).toMatch(/^query:1 +Enter data.a.names = _\n/);
    expect(out).toMatch(/│ +Metric +│ +Value +│/);
    expect(out).toMatch(/│ +Time +│ Num Eval │ Num Redo │ Num Gen Expr │ +Location +│/);
    expect(out).toMatch(/│ Overall Coverage │ +[\d.]+ │/);
  });
});

describe("what OPA has and this does not is refused with a reason", () => {
  it.each([["--partial"], ["--schema", "s.json"], ["-f", "source"]])("%j", async (...flags) => {
    const { code, err } = await rego(["eval", ...flags, "1"]);
    expect(code).toBe(1);
    expect(err).toMatch(/not offered|partial/);
  });
});

it("takes flags of OPA's that change nothing here", async () => {
  const flags = ["-u", "input.x", "-O=1", "-e", "a/b", "--optimize-store-for-read-speed", "--coverage-runs="];
  expect(await rego(["eval", "-f", "raw", ...flags, "1"])).toEqual({ code: 0, out: "1\n", err: "" });
});

describe("the network is off unless hosts are allowed", () => {
  const query =
    'http.send({"method": "get", "url": "http://127.0.0.1:1/", "raise_error": false}).error.message';
  it.each([
    ["off", [], "--allow-net HOST switches it on"],
    ["on for a host that is named", ["--allow-net", "127.0.0.1"], "ECONNREFUSED"],
    ["off for others", ["--allow-net", "example.com"], "disallowed host"],
  ])("%s", async (_, flags, message) => {
    const { out } = await rego(["eval", "-f", "raw", ...flags, query]);
    expect(out).toContain(message);
  });
});
