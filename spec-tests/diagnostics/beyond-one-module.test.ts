import { createRego, formatErrors, type RegoOptions } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";

type Sources = Readonly<Record<string, string>>;

function errorsOf(sources: Sources, options: Partial<RegoOptions> = {}, query?: string): string {
  const modules = Object.entries(sources).map(([name, source]) => ({ name, source }));
  const rego = createRego({ modules, ...options });
  const errors = query === undefined ? rego.errors : rego.prepare(query).errors;
  return errors.length === 0 ? "" : formatErrors(errors);
}

describe("errors that show in several modules together", () => {
  it.each([
    {
      what: "a rule where a package is",
      sources: { "a.rego": "package a\np := 1\n", "b.rego": "package a.p\nq := 1\n" },
      said:
        "2 errors occurred:\n" +
        "a.rego:1: rego_type_error: package a.p conflicts with rule p defined at a.rego:2\n" +
        "a.rego:2: rego_type_error: rule data.a.p conflicts with:\n  rule data.a.p.q at b.rego:2",
    },
    {
      what: "a rule below a rule of another package",
      sources: { "a.rego": "package a\np.q.r := 1\n", "b.rego": "package a.p\nq := 1\n" },
      said: "1 error occurred: b.rego:2: rego_type_error: rule data.a.p.q conflicts with:\n  rule data.a.p.q.r at a.rego:2",
    },
    {
      what: "two defaults",
      sources: { "a.rego": "package a\ndefault p := 1\n", "b.rego": "package a\ndefault p := 2\n" },
      said: "1 error occurred: a.rego:1: rego_type_error: multiple default rules data.a.p found at a.rego:2, b.rego:2",
    },
    {
      what: "rules that call one another",
      sources: { "a.rego": "package a\np if data.b.q\n", "b.rego": "package b\nq if data.a.p\n" },
      said:
        "2 errors occurred:\n" +
        "a.rego:2: rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.b.q -> data.a.p\n" +
        "b.rego:2: rego_recursion_error: rule data.b.q is recursive: data.b.q -> data.a.p -> data.b.q",
    },
    {
      what: "modules that do not parse",
      sources: { "a.rego": "package a\np := ]\n", "b.rego": "package b\nq if r\n" },
      said:
        "2 errors occurred:\n" +
        "a.rego:2: rego_parse_error: unexpected ] token\n\tp := ]\n\t     ^\n" +
        "a.rego:2: rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })\n\tp := ]\n\t     ^",
    },
  ])("$what", ({ sources, said }) => {
    expect(errorsOf(sources)).toBe(said);
  });
});

describe("errors that depend on how a policy is compiled", () => {
  const UNSAFE = { "a.rego": "package a\np if x\nq if y\nr if z\n" };
  const LINES = ["x", "y", "z"].map(
    (name, i) => `a.rego:${i + 2}: rego_unsafe_var_error: var ${name} is unsafe`,
  );

  it.each([
    { errorLimit: 0, lines: LINES },
    { errorLimit: 4, lines: LINES },
    { errorLimit: 2, lines: [...LINES.slice(0, 2), "rego_compile_error: error limit reached"] },
  ])("no more than the limit, $errorLimit", ({ errorLimit, lines }) => {
    expect(errorsOf(UNSAFE, { errorLimit })).toBe(`${lines.length} errors occurred:\n${lines.join("\n")}`);
  });

  it("a rule where a base document is", () => {
    const dataPathExists = (path: readonly string[]): boolean => path.join("/") === "a/p";
    expect(errorsOf({ "a.rego": "package a\np := 1\nq := 1\n" }, { dataPathExists })).toBe(
      "1 error occurred: a.rego:2: rego_compile_error: conflicting rule for data path a/p found",
    );
  });

  // OPA says so without a place.
  it("a relation in a template string", () => {
    expect(errorsOf({ "a.rego": 'package a\np := $"{walk([1])}"\n' })).toBe(
      "1 error occurred: a.rego:2: rego_compile_error: illegal call to relation built-in 'walk' that may cause multiple outputs",
    );
  });
});

describe("errors of queries", () => {
  it.each([
    ["", "1 error occurred: rego_compile_error: empty query cannot be compiled"],
    ["not x", "1 error occurred: 1:1: rego_unsafe_var_error: var x is unsafe"],
    ["count(1) = 1; true", "1 error occurred: 1:1: rego_type_error: count: invalid argument(s)"],
    ["data.a.p.x", "1 error occurred: 1:1: rego_type_error: undefined ref: data.a.p.x"],
    ["f(1)", "1 error occurred: 1:1: rego_type_error: undefined function f"],
    ["p :=", "1 error occurred: 1:4: rego_parse_error: unexpected eof token"],
  ])("%s", (query, said) => {
    expect(errorsOf({ "a.rego": "package a\np := 1\n" }, {}, query).split("\n")[0]).toBe(said);
  });
});
