import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseYaml as readYaml } from "../builtins/go/yaml.ts";
import { formatSource } from "../syntax/fmt.ts";
import { EXPERIMENTAL } from "../testing/experimental.ts";
import { enterFolder, leaveFolder, rego } from "./testing.ts";

/**
 * The same command lines, given to `rego` and to a real `opa` (named by OPA_BIN): standard output, exit code and, where the
 * text is OPA's own, standard error must be the same but for times and generated names.
 */
const opa = process.env["OPA_BIN"] ?? "";
const hasOpa = existsSync(opa);
if (!hasOpa) console.warn("OPA_BIN names no opa: rego is not compared with it");

const POLICY = `package a

import data.lib

default allow := false

allow if input.x == 1

allow if input.admin

names contains n if some n in input.names

by_name[n] := i if some i, n in input.names

err := 1 / 0

f(x) := x + 1

three := f(2) if every n in input.names { n != "c" }

first := n if {
	some i
	n := input.names[i]
	i == 0
} else := "none"

noted if trace("here")

said if print("said", input.x, {1})

helped if lib.help(input.x)
`;

const FILES = {
  "p.rego": POLICY,
  "lib.rego": "package lib\n\nhelp(x) if x > 0\n",
  "in.json": '{"x": 1, "names": ["b", "a"], "deep": {"er": [1, 2.50, null]}}',
  "in.yaml": "x: 2\nadmin: true\nnames: [c]\n",
  "d/sub/data.json": '{"k": [1, 2]}',
  "d/c.yaml": "y: 1\nno: off\n",
  "k1.json": '{"k": 3}',
  "k2.json": '{"k": 4}',
  "list/x.json": "[1]",
  "bad.rego": "package x\np if {\n",
  "careless.rego": "package u\nimport data.foo\np if { x := 1; true }\nq := bogus(1)\nr := count(1)\n",
  "types.rego": 'package t\n\np := 1 + "a"\n\nq := count(1, 2, 3)\n',
  "v0.rego": "package v\n\np { input.x == 1 }\n\nq[x] { x := 1 }\n",
  "bundle/.manifest": '{"roots": ["foo"]}',
  "bundle/foo/x.rego": "package foo.x\n\np := data.foo.a\n",
  "bundle/foo/data.json": '{"a": 1}',
  "bundle/foo/ignored.json": '{"b": 1}',
  "other/z/data.yaml": "q: 1\n",
  "other/.manifest": '{"roots": ["z"]}',
  "wide/foo/data.json": '{"a": 2}',
  "wrong/.manifest": '{"roots": ["bar"]}',
  "wrong/x.rego": "package foo\n",
  "crowded.rego":
    "package  b\nimport data.z\nimport data.y\np:=  {1,2 , 3}\n# note\nq   if { true ; input.x }\n",
  "laid-out.rego": "package b\n\np := 1\n",
  "annotated.rego":
    '# METADATA\n# title: one\n# authors: [{"name": "n", "email": "e@f.g"}]\n# custom: {"name": 1, "email": 2, "key": 3}\npackage m\n\n# METADATA\n# scope: document\n# schemas:\n# - input: schema.x\nx.y if {\n\t-1 == -1 # why\n} else := 2 if f(1)\n\ndefault f(_) := $"a {input.x} b"\n\nx.z contains 1\n',
  "covered/a.rego":
    "package c\n\nallow if input.x == 1\n\nallow if {\n\tinput.y\n\tinput.z\n}\n\nf(x) := x + 1\n",
  "covered/a_test.rego":
    'package c_test\n\nimport data.c\n\ntest_allow if c.allow with input as {"x": 1}\n\ntest_f if c.f(1) == 2\n',
  "t/a_test.rego": `package a_test

import data.a

test_ok if a.allow with input as {"x": 1}

test_bad if {
	x := 3
	y := a.f(x)
	y == 5
}

test_false := false

test_div if 1 / 0

todo_test_later if true

test_print if {
	print("hello", 1)
	false
}

test_twice if true
test_twice if false

test_cases[name] if {
	some name, c in {"one": {"x": 1, "want": 2}, "two": {"x": 2, "want": 9}}
	a.f(c.x) == c.want
}

test_nested[a][b] if {
	some a in ["p", "q"]
	some b in [1, 2]
	a == "p"
}

test_object if {
	o := {"a": {"b": [1, 2, {"c": "x"}]}}
	o.a.b[2].c == "y"
}

test_calls if {
	s := "abc"
	count(split(s, "b")) == 1 + count(s)
}
`,
};

/** Rows: what is compared, and the command lines. */
const EVAL = [
  ["1 + 1"],
  ["input.x"],
  ["x = [1, 2][_]; y = x + 1"],
  ["-f", "pretty", "x = [1, 2][_]; y = x + 1"],
  ["-f", "pretty", '[x, "é日"] = [{"a": 1}, y]'],
  ["-f", "pretty", "true; true"],
  ["-f", "pretty", "1 == 1; 2"],
  ["-f", "pretty", "[true, 1][i]"],
  ["-f", "pretty", "set()"],
  ["-f", "pretty", "input.x"],
  ["-f", "raw", '"a"; {"k": [1]}; x = 2'],
  ["-f", "raw", "[1, 2][_]"],
  ["-f", "values", "[1, 2][_]; true"],
  ["-f", "bindings", "x = [1, 2][_]"],
  ["-f", "discard", "1"],
  ["-f", "discard", "input.x"],
  ["-d", "p.rego", "-d", "lib.rego", "-i", "in.json", "data.a"],
  ["-d", "p.rego", "-d", "lib.rego", "-i", "in.yaml", "-f", "pretty", "data.a"],
  ["-d", "p.rego", "-d", "lib.rego", "-i", "in.json", "-f", "raw", "data.a.by_name[x]"],
  ["-d", ".", "--ignore", "*.rego", "--ignore", "k*,list,in.*,bundle,other,wide,wrong,d", "data"],
  ["-d", "d", "data"],
  ["-d", "x.y:d", "data"],
  ["-d", "x.y:k1.json", "data"],
  ["-d", "foo/bar:k1.json", "data"],
  ["-b", "bundle", "data"],
  ["-b", "bundle", "-b", "other", "data"],
  ["-b", "bundle", "-d", "k1.json", "data"],
  ["-b", "d", "data"],
  ["--v0-compatible", "-d", "v0.rego", "-i", "in.json", "data.v"],
  ["--package", "a", "-d", "p.rego", "-d", "lib.rego", "-i", "in.json", "allow"],
  ["--import", "data.a as b", "-d", "p.rego", "-d", "lib.rego", "-i", "in.json", "b.allow"],
  ["--fail", "input.x"],
  ["--fail", "false"],
  ["--fail-defined", "1"],
  ["--fail-defined", "input.x"],
  ["-d", "p.rego", "-d", "lib.rego", "data.a.err"],
  ["-d", "bad.rego", "data"],
  ["-d", "types.rego", "-f", "pretty", "data"],
  ["-d", "absent", "1"],
  ["-d", "list", "1"],
  ["-d", "k1.json", "-d", "k2.json", "1"],
  ["-d", "//host/share", "1"],
  ["-d", "\\\\host\\share", "1"],
  ["-d", "http://example.com/x", "1"],
  ["-b", "absent", "1"],
  ["-b", "bundle", "-b", "wide", "1"],
  ["-b", "wrong", "1"],
  ["-i", "absent", "1"],
  ["-f", "pretty", "1 +"],
  ["-f", "raw", "1 +"],
  ["1 +"],
  ["--metrics", "1"],
  ["--metrics", "-d", "p.rego", "-d", "lib.rego", "1"],
  ["-f", "pretty", "--explain", "notes", "-d", "p.rego", "-d", "lib.rego", "data.a.noted"],
  ["-f", "pretty", "--explain", "full", "-d", "p.rego", "-d", "lib.rego", "-i", "in.json", "data.a.allow"],
  ["-f", "pretty", "--explain", "fails", "-d", "p.rego", "-d", "lib.rego", "-i", "in.yaml", "data.a.first"],
  ["-d", "p.rego", "-d", "lib.rego", "-i", "in.json", "data.a.said"],
  ["--coverage", "-d", "covered", "-i", "in.json", "data"],
  ["--coverage", "-f", "pretty", "-d", "covered", "data.c.allow"],
  ["--coverage-runs", "early_exit", "-d", "covered", "data.c.allow"],
  ["--coverage-runs=", "-d", "covered", "data.c.allow"],
  ["--profile", "-d", "covered", "-i", "in.json", "data.c.nothing"],
  ["--profile-limit", "1", "--profile-sort", "file", "-d", "covered", "-i", "in.json", "data.c.allow"],
  ["--profile", "-d", "careless.rego", "1"],
  ["--metrics", "-d", "absent", "1"],
  ["--metrics", "-d", "k1.json", "1"],
  ["--metrics", "-b", "bundle", "1 +"],
  ["--metrics", "-f", "discard", "1"],
  ["--metrics", ""],
  ["--explain", "full", "1 +"],
  ["--strict-builtin-errors", "--show-builtin-errors", "1"],
  ["--import", "input.x", "--import", "foo.bar", "x"],
  ["--no-such-flag", "1"],
  [],
].map((args) => ["eval", ...args]);

const OTHERS = [
  ["check", "p.rego", "lib.rego"],
  ["check", "-S", "careless.rego"],
  ["check", "careless.rego"],
  ["check", "-m", "1", "careless.rego"],
  ["check", "-f", "json", "careless.rego"],
  ["check", "types.rego"],
  ["check", "bad.rego"],
  ["check", "absent"],
  ["check", "-b", "bundle"],
  ["check", "--v0-compatible", "v0.rego"],
  ["check", "k1.json"],
  ["fmt", "crowded.rego"],
  ["fmt", "laid-out.rego"],
  ["fmt", "-l", "crowded.rego", "laid-out.rego"],
  ["fmt", "--fail", "laid-out.rego"],
  ["fmt", "--v0-compatible", "v0.rego"],
  ["fmt", "--v0-v1", "v0.rego"],
  ["fmt", "bad.rego"],
  ["parse", "p.rego"],
  ["parse", "-f", "json", "p.rego"],
  ["parse", "-f", "json", "t/a_test.rego"],
  ["parse", "-f", "json", "--v0-compatible", "v0.rego"],
  ["parse", "bad.rego"],
  ["parse", "-f", "json", "annotated.rego"],
  ["parse", "-f", "json", "--json-include", "locations", "p.rego"],
  ["parse", "-f", "json", "--json-include", "locations,comments", "crowded.rego"],
  ["parse", "-f", "json", "--json-include", "-comments", "crowded.rego"],
  ["deps", "-d", "p.rego", "-d", "lib.rego", "data.a"],
  ["deps", "-d", "p.rego", "-d", "lib.rego", "-f", "json", "data.a.helped; input.q[x]"],
  ["deps", "-d", "absent", "data"],
  ["test", "-c", "covered"],
  ["test", "-c", "-v", "covered"],
  ["test", "--coverage-runs", "index_excluded", "covered"],
  ["test", "--threshold", "60", "covered"],
  ["test", "--threshold", "90", "covered"],
  ["test", "--threshold", "90", "-v", "covered"],
  ["test", "--threshold", "101", "covered"],
  ["test", "-c", "-r", "test_bad$", "p.rego", "lib.rego", "t"],
  ["test", "-c", "-v", "-r", "test_bad$", "p.rego", "lib.rego", "t"],
  ["test", "lib.rego"],
  ["test", "bad.rego"],
  ["test", "careless.rego"],
  ...["ok", "bad", "false", "div", "later", "print", "twice", "cases", "nested", "object", "calls"].flatMap(
    (name) =>
      [[], ["-v"], ["--var-values"], ["-f", "json"], ["-z"]].map((flags) => [
        "test",
        ...flags,
        "-r",
        `test_${name}$`,
        "p.rego",
        "lib.rego",
        "t",
      ]),
  ),
];

describe.skipIf(!hasOpa)("rego and opa say the same", () => {
  let folder: string;
  beforeAll(() => {
    folder = enterFolder(FILES);
  });
  afterAll(() => leaveFolder(folder));

  it.each([...EVAL, ...OTHERS].map((args) => [args.join(" "), args] as const))("%s", async (_, args) => {
    const real = spawnSync(opa, args, { encoding: "utf8", input: "" });
    const own = await rego(args);
    const { out, code } = own;
    expect({ code, out: plain(out) }).toEqual({ code: real.status, out: plain(real.stdout) });
    // Words about flags are ours; what policies get to hear is OPA's.
    if (/occurred|"errors"/.test(real.stderr)) expect(plain(own.err)).toBe(plain(real.stderr));
  });
});

/** Times and the numbers of generated names do not matter. */
function plain(text: string): string {
  return text
    .replace(/\(\d[\d.]*(ns|µs|ms|s)\)/g, "(T)")
    .replace(/(timer_rego_external_resolve|total_time)_ns": \d+/g, '$1_ns": 1')
    .replace(/\n *"timer_rego_external_resolve_ns": 1,/g, "")
    .replace(/"duration": \d+/g, '"duration": 1')
    .replace(/(timer_rego_\w+_ns": )\d+/g, "$11")
    .replace(/__local\d+__/g, "__local__");
}

const DATA = process.env["PORTCULLIS_TEST_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const hasData = existsSync(DATA);
if (!hasData) console.warn(`${DATA} is absent: layouts are not compared over it`);

/** What of a template is Rego. */
interface Template {
  readonly spec: {
    readonly targets: readonly { readonly rego?: string; readonly libs?: readonly string[] }[];
  };
}

/** Where our layout keeps parentheses that opa fmt drops: `x, (y in z) in zs`. */
const KEEPS_PARENTHESES = /, \(.* in .*\) in /;

describe.skipIf(!hasOpa || !hasData)("rego fmt and opa fmt lay out alike", () => {
  it.each(["v0", "v1"] as const)("the modules of OPA's cases and of the library: %s", (version) => {
    const sources = new Set<string>();
    for (const file of globSync(join(DATA, "opa-conformance", version, "*/*.{json,yaml}")).sort()) {
      const { cases } = parseYaml(readFileSync(file, "utf8")) as { cases: { modules?: string[] }[] };
      for (const { modules = [] } of cases) for (const source of modules) sources.add(source);
    }
    if (version === "v0") {
      for (const file of globSync(join(DATA, "gatekeeper-library/**/template.yaml")).sort()) {
        const document = readYaml(readFileSync(file, "utf8"));
        const [target] = document.ok ? (document.value as unknown as Template).spec.targets : [];
        for (const source of [target?.rego, ...(target?.libs ?? [])]) if (source) sources.add(source);
      }
    }
    const folder = enterFolder({});
    mkdirSync("laid-out");
    [...sources].forEach((source, i) => writeFileSync(`laid-out/${i}.rego`, source));
    const flags = version === "v0" ? ["--v0-compatible"] : [];
    const { status, stderr } = spawnSync(opa, ["fmt", "-w", ...flags, "laid-out"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const faults = [...sources].flatMap((source, i) => {
      const own = formatSource({ name: "", source, version, capabilities: EXPERIMENTAL });
      const text = own.ok ? own.text : "does not parse";
      const theirs = readFileSync(`laid-out/${i}.rego`, "utf8");
      return text === theirs || KEEPS_PARENTHESES.test(text) ? [] : [{ own: text, theirs }];
    });
    leaveFolder(folder);
    expect(sources.size).toBeGreaterThan(1_000);
    expect(faults).toEqual([]);
  });
});
