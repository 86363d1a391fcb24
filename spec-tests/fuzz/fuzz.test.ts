import { describe, expect, it } from "vitest";
import { checkFragment, checkPolicy } from "./check.ts";
import { policies } from "./corpus.ts";
import { failureOf, fuzzCase, shortest } from "./run.ts";

const corpus = policies();

describe("mutated texts give a result or a diagnostic", () => {
  it.each([1, 2, 3, 4])("whatever happens to policies and JSON texts (seed %i)", (seed) => {
    const failures: string[] = [];
    for (let number = 0; number < 400; number++) {
      const one = fuzzCase(corpus, seed, number);
      const failure = failureOf(one.text, one.check);
      if (failure !== undefined) failures.push(`${failure}: ${JSON.stringify(shortest(one))}`);
    }
    expect(failures).toEqual([]);
  });
});

describe("texts that once ended in an exception", () => {
  it.each([
    ["a name that looks generated, in a head", "package d\np = __local0"],
    [
      "the same, bound nowhere but in a call",
      "package g\np = __local0__ if {\n\tjson.filter({}, {1}, __local1__)\n\t__local1__\n}",
    ],
  ])("%s", (_, source) => {
    expect(checkPolicy({ source, version: "v1" })).toBe("refused by the compiler");
  });

  it.each([
    ["a set with a new variable as a key", "package t\np if { t = data.f[{s}]; s == 1 }"],
    ["an object with a new variable in a key", "package t\np if { t = data.f[{s: 1}]; s == 1 }"],
    ["a call of rego.metadata.chain with an argument", "package t\np = rego.metadata.chain(e)"],
    ["a set that holds the output of the call it is given to", "package g\np if intersection({{1}, x}, x)"],
    ["a comment within an import", "package t\nimport\n#\ndata.x\np if true"],
  ])("%s", (_, source) => {
    expect(checkPolicy({ source, version: "v1" })).toBe("compiled");
  });
});

describe("texts that once were laid out as something else", () => {
  it.each([
    [
      "a rule above the import of its keyword",
      "package g\n\nd = 2 {\n\tinput.x\n}\n\nimport future.keywords",
      "v0",
    ],
    ["a partial rule above that import", "package g\n\np[x] { x := 1 }\n\nimport future.keywords", "v0"],
    ["a rule that begins on the row where a longer one ends", "package g\np if {\ninput.x}q := 6", "v1"],
  ] as const)("%s", (_, source, version) => {
    expect(checkPolicy({ source, version })).toBe("compiled");
  });
});

it("a number with two points is refused", () => {
  expect(checkPolicy({ source: "package g\np := numbers.range(3, .3.14)", version: "v1" })).toBe(
    "refused by the parser",
  );
});

it("a query that fails within what is tried twice has its problem reported", () => {
  expect(() => checkFragment({ source: "every< default:= 42", version: "v0" })).not.toThrow();
});
