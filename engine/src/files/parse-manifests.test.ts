import { numberText } from "@portcullis/interpreter";
import type { RegoNumber } from "@portcullis/interpreter";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProblem } from "./format-problem.ts";
import { parseManifests } from "./parse-manifests.ts";

const head = "apiVersion: v1\nkind: ConfigMap\n";

function valueOf(yaml: string): unknown {
  const { manifests, problems } = parseManifests("f.yaml", `${head}v: ${yaml}\n`);
  expect(problems).toEqual([]);
  return manifests[0]?.object.v;
}

describe("plain scalars mean what they mean to Kubernetes", () => {
  it.each([
    ["yes", true],
    ["On", true],
    ["n", false],
    ["~", null],
    ["", null],
    ["014", 12],
    ["0o14", 12],
    ["08", 8],
    ["0b11", 3],
    ["0x1F", 31],
    ["-0x1F", -31],
    ["1_000", 1000],
    ["12:30:45", "12:30:45"],
    ["2001-12-14", "2001-12-14"],
    ["1.50", 1.5],
    ["1e3", 1000],
    [".5", 0.5],
    ["1.2.3", "1.2.3"],
    ["'yes'", "yes"],
    ['"014"', "014"],
    ["!!str 12", "12"],
    ['!!int "12"', 12],
    ["!!binary aGVsbG8=", "hello"],
    ["{a: n, n: 1, 5: x}", { a: false, false: 1, 5: "x" }],
    ["{<<: {a: 1, b: 2}, b: 3}", { b: 3, a: 1 }],
    ["{<<: [{a: 1}, {a: 2, c: 4}]}", { a: 1, c: 4 }],
    ["[&x {a: 1}, *x]", [{ a: 1 }, { a: 1 }]],
  ])("%s", (yaml, value) => expect(valueOf(yaml)).toEqual(value));

  it.each(["9007199254740993", "18446744073709551616", "-9223372036854775808"])("%s keeps every digit", (n) =>
    expect(numberText(valueOf(n) as RegoNumber)).toBe(n),
  );

  it("keeps __proto__ as a key like any other", () => {
    const value = valueOf("{__proto__: {polluted: 1}, constructor: 2}") as object;
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe("documents", () => {
  it("reads the others when one is broken", () => {
    const { manifests, problems } = parseManifests(
      "f.yaml",
      `${head}---\na: b: c\n---\n# nothing\n---\n${head}`,
    );
    expect(manifests.map((m) => m.place.line)).toEqual([1, 8]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: 4, hint: "a text that contains `: ` must stand in quotes" });
  });

  it("takes lists apart and knows the line of each item", () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n  - apiVersion: v1\n    kind: List\n    items:\n    - apiVersion: v1\n      kind: Secret\n`;
    const { manifests, problems } = parseManifests("f.yaml", text);
    expect(problems).toEqual([]);
    expect(manifests.map((m) => [m.object.kind, m.place.line])).toEqual([
      ["Pod", 4],
      ["Secret", 9],
    ]);
  });

  it("reads the other items of a list when one is none", () => {
    const text = `{"apiVersion":"v1","kind":"List","items":[5,\n{"apiVersion":"v1","kind":"Pod"},{"kind":"Pod"}]}`;
    const { manifests, problems } = parseManifests("f.json", text);
    expect(manifests.map((m) => m.place)).toEqual([{ file: "f.json", line: 2, column: 1 }]);
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [1, "not a Kubernetes object"],
      [2, "not a Kubernetes object: apiVersion is missing"],
    ]);
  });

  it("finds the fields of JSON", () => {
    const text = `{"apiVersion": "v1", "kind": "X",\n "a": [{"b\\u0063": [1, "x"]},\n {}], "d": -1.5, "d": 2}`;
    const manifest = parseManifests("f.json", text).manifests[0];
    const at = (...path: (string | number)[]) => {
      const place = manifest?.locate(path);
      return [place?.line, place?.column];
    };
    expect(at("a", 0, "bc", 1)).toEqual([2, 24]);
    expect(at("a", 1)).toEqual([3, 2]);
    expect(at("a", 1, "none")).toEqual([3, 2]);
    expect(at("d")).toEqual([3, 23]);
  });

  it("gives the items of a typed list their kind", () => {
    const text = `{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"}}]}`;
    expect(parseManifests("f.json", text).manifests[0]?.object).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "a" },
    });
  });

  it("reads several JSON texts one after the other", () => {
    const text = `{"apiVersion":"v1","kind":"A"}\n{"apiVersion":"v1",\n"kind":"B", "n": 12345678901234567890}`;
    const { manifests } = parseManifests("f.json", text);
    expect(manifests.map((m) => m.object.kind)).toEqual(["A", "B"]);
    expect(numberText(manifests[1]?.object.n as RegoNumber)).toBe("12345678901234567890");
    expect(manifests[1]?.locate(["n"])).toEqual({ file: "f.json", line: 3, column: 18 });
  });

  it.each([
    ["- a\n- b\n", "not a Kubernetes object"],
    ["kind: X\n", "apiVersion is missing"],
    ["a: 1\na: 2\n", 'key "a" is there twice'],
    ["true: 1\nyes: 2\n", 'key "true" is there twice'],
    ["a: &a [*a]\n", "contains itself"],
    ["a: .inf\n", "no number that JSON can hold"],
    ["? [a]\n: 1\n", "a key must be text"],
    ["~: 1\n", "a key must be text"],
    ["a:\n\t- b\n", "invalid YAML"],
    ["a: {{ .Values.x }}\n", "render the chart first"],
    ["[".repeat(2000), "exceeded max depth"],
    ["{".repeat(20_000), "nested too deeply"],
    ['{"a": 1,}', "invalid JSON"],
  ])("reports %j", (text, message) => {
    const { manifests, problems } = parseManifests("f.yaml", text);
    expect(manifests).toEqual([]);
    expect(problems.map(formatProblem).join("\n")).toContain(message);
    expect(problems).toHaveLength(1);
  });

  it("shows file, line, column, a caret and a hint", () => {
    const { problems } = parseManifests("dir/f.yaml", `${head}data:\n  a: b: c\n`);
    expect(formatProblem(problems[0] as never)).toBe(
      [
        "dir/f.yaml:4:6: invalid YAML: nested mappings are not allowed in compact mappings",
        "    4 |   a: b: c",
        "      |      ^",
        "    hint: a text that contains `: ` must stand in quotes",
      ].join("\n"),
    );
  });

  it("refuses an alias bomb at once", () => {
    let text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (let i = 1; i < 12; i++)
      text += `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(",")}]\n`;
    const started = performance.now();
    expect(parseManifests("f.yaml", text).problems[0]?.message).toContain("aliases expand");
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("never throws", () => {
    const piece = fc.constantFrom(
      ...": - ? & * ! | > ' \" { } [ ] , # % @ ` \n\t a b 1 --- ... << ~".split(" "),
      " ",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(parseManifests("f.yaml", pieces.join(""))).toHaveProperty("problems");
      }),
      { numRuns: 500 },
    );
  });
});

describe("quoted text whose later lines start anywhere, as Kubernetes' parser takes it", () => {
  const text = `${head}a:\n  b: "one\n  two\nthree"\n  c: 'four\n\n  ''five'' '\n  d: |\n    x\n    y\n`;

  it("has the value of the folded lines", () => {
    const { manifests, problems } = parseManifests("f", text);
    expect(problems).toEqual([]);
    expect(manifests[0]?.object.a).toEqual({ b: "one two three", c: "four\n'five' ", d: "x\ny\n" });
  });

  it("does not move the places after it", () => {
    const manifest = parseManifests("f", text).manifests[0];
    expect(manifest?.locate(["a", "d"])).toMatchObject({ line: 10, column: 6 });
    expect(manifest?.locateInText(["a", "d"], 2, 1)).toMatchObject({ line: 12, column: 5 });
  });

  it("is an error where the quote is never closed", () => {
    expect(parseManifests("f", `${head}a: "one\nb: 2\n`).problems).toMatchObject([{ line: 3 }]);
  });
});

describe("places inside of text fields", () => {
  const rows = 'package a\n\nx := "ü" y\n';

  it.each([
    ["a block", `${head}rego: |\n  package a\n\n  x := "ü" y\n`, { line: 6, column: 12 }],
    [
      "a block with a deeper indentation",
      `${head}rego: |-\n      package a\n\n      x := "ü" y\n`,
      { line: 6, column: 16 },
    ],
    ["a quoted text", `${head}rego: "package a\\n\\nx := \\"ü\\" y\\n"\n`, { line: 3, column: 32 }],
    ["JSON", `{"apiVersion": "v1", "kind": "X",\n"rego": ${JSON.stringify(rows)}}`, { line: 2, column: 34 }],
    [
      "Windows line ends",
      `${head}rego: |\n  package a\n\n  x := "ü" y\n`.replaceAll("\n", "\r\n"),
      { line: 6, column: 12 },
    ],
  ])("%s", (_, text, place) => {
    const manifest = parseManifests("f", text).manifests[0];
    expect(manifest?.object.rego).toMatch(/y\n?$/);
    expect(manifest?.locateInText(["rego"], 3, 10)).toEqual({ file: "f", ...place });
  });
});
