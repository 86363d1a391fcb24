import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatError } from "../errors.ts";
import { createRego, type BudgetLimits, type EvalOptions } from "../rego.ts";
import type { Value } from "../value/value.ts";

/** Far less than any of these programs would take, and quickly spent. */
const LITTLE: BudgetLimits = { steps: 100_000, elements: 20_000, bytes: 200_000 };

/** `s0 := first`, then `s1` from two of `s0`, and so on: fifty rules whose value is 2^50 times the first. */
function doubling(first: string, next: (previous: string) => string, last: string): string {
  const rules = Array.from({ length: 50 }, (_, i) => `s${i + 1} := ${next(`s${i}`)}`);
  return ["package a", `s0 := ${first}`, ...rules, `p := ${last}`].join("\n");
}

const twice = (s: string): string => `[${s}, ${s}]`;

describe("what grows without end is ended by a budget, which names itself and the rule", () => {
  it.each<[string, string, keyof BudgetLimits]>([
    ["concat", doubling('"a"', (s) => `concat("", [${s}, ${s}])`, "count(s50)"), "bytes"],
    ["sprintf", doubling('"a"', (s) => `sprintf("%s%s", [${s}, ${s}])`, "count(s50)"), "bytes"],
    ["replace", doubling('"aa"', (s) => `replace(${s}, "a", "aa")`, "count(s50)"), "bytes"],
    ["replace_n", doubling('"aa"', (s) => `strings.replace_n({"a": "aa"}, ${s})`, "count(s50)"), "steps"],
    ["regex.replace", doubling('"aa"', (s) => `regex.replace(${s}, "a", "aa")`, "count(s50)"), "bytes"],
    ["template strings", doubling('"a"', (s) => `$"{${s}}{${s}}"`, "count(s50)"), "bytes"],
    ["hex.encode", doubling('"a"', (s) => `hex.encode(${s})`, "count(s50)"), "bytes"],
    ["base64.encode", doubling('"aaaa"', (s) => `base64.encode(concat("", [${s}, ${s}]))`, "s50"), "bytes"],
    ["json.marshal of quotes", doubling('"\\""', (s) => `json.marshal(${s})`, "count(s50)"), "bytes"],
    [
      "render_template",
      doubling('"a"', (s) => `strings.render_template("{{.x}}{{.x}}", {"x": ${s}})`, "s50"),
      "bytes",
    ],
    ["array.concat", doubling("[1]", (s) => `array.concat(${s}, ${s})`, "count(s50)"), "elements"],
    ["array.flatten", doubling("[1]", (s) => `array.flatten([${s}, ${s}])`, "count(s50)"), "elements"],
    ["products", doubling("7", (s) => `${s} * ${s} * 7`, "s50"), "steps"],
    ["shifts", doubling("7", (s) => `bits.lsh(${s}, 1000000)`, "s50"), "bytes"],
    ["printing shared parts", doubling("[1]", twice, 'sprintf("%v", [s50])'), "steps"],
    ["json.marshal of shared parts", doubling("[1]", twice, "json.marshal(s50)"), "steps"],
    ["yaml.marshal of shared parts", doubling("[1]", twice, "yaml.marshal(s50)"), "steps"],
    ["walk over shared parts", doubling("[1]", twice, "count([x | walk(s50, [_, x])])"), "elements"],
    ["the order of shared parts", doubling("[1]", twice, "sort([s50, [s49, [s48, s48]]])[0][0][0]"), "steps"],
    [
      "object.union of shared parts",
      doubling('{"a": 1}', (s) => `{"a": ${s}, "b": ${s}}`, "object.union(s50, s50)"),
      "elements",
    ],
    ["a result with shared parts", doubling("[1]", twice, "s50"), "steps"],
    ["numbers.range", "package a\np := count(numbers.range(1, 10000000000))", "elements"],
    ["numbers.range_step", "package a\np := count(numbers.range_step(1, 1000000, 2))", "elements"],
    ["net.cidr_expand", 'package a\np := count(net.cidr_expand("fe80::/10"))', "elements"],
    ["split", 'package a\np := count(split(input.text, ""))', "elements"],
    ["indexof_n", 'package a\np := indexof_n(input.text, "a")', "elements"],
    ["regex.find_n", 'package a\np := regex.find_n("a", input.text, -1)', "elements"],
    ["regex.split", 'package a\np := regex.split("a", input.text)', "elements"],
    [
      "json.unmarshal",
      "package a\np := [x | some i in input.list; x := json.unmarshal(input.json)]",
      "elements",
    ],
    [
      "reachable_paths",
      `package a
all := {y | some y in numbers.range(1, 12)}
p := graph.reachable_paths({k: all | some k in all}, {1})`,
      "elements",
    ],
    [
      "patches",
      `package a
p := json.patch(input.list, [x | some i in input.list; x := {"op": "add", "path": "/0", "value": i}])`,
      "elements",
    ],
    [
      "a product of comprehensions",
      "package a\np := {[x, y] | x := input.list[_]; y := input.list[_]}",
      "elements",
    ],
    [
      "a partial set",
      "package a\np contains [x, y] if { x := input.list[_]; y := input.list[_] }",
      "elements",
    ],
    [
      "a partial object",
      "package a\np[[x, y]] := 1 if { x := input.list[_]; y := input.list[_] }",
      "elements",
    ],
    [
      "a loop that finds nothing",
      "package a\np if { x := input.list[_]; y := input.list[_]; x + y < 0 }",
      "steps",
    ],
  ])("%s", (_, source, budget) => {
    const input = {
      text: "a".repeat(50_000),
      list: Array.from({ length: 1_000 }, (_, i) => i),
      json: `[${"1,".repeat(500)}1]`,
    };
    const [told, place] = (errorOf(source, { input, budget: LITTLE }) ?? "").split(" used up in ");
    expect(told).toBe(`eval_cancel_error: budget of ${LITTLE[budget] ?? 0} ${budget}`);
    expect(place).toMatch(/^(data\.a\.\w+|the query)$/);
  });

  test.prop([fc.array(loop(), { minLength: 5, maxLength: 9 })], { numRuns: 100 })(
    "any loops within one another",
    (loops) => {
      const source = `package a\np := [1 |\n${loops.map((one, i) => one(`v${i}`)).join("\n")}\n]`;
      const error = errorOf(source, { input: { n: TEN, o: { a: TEN, b: TEN } }, budget: { steps: 1000 } });
      expect(error).toBe("eval_cancel_error: budget of 1000 steps used up in data.a.p");
    },
  );
});

describe("depth ends in an error, never in a crash", () => {
  it.each<[string, string]>([
    ["nested arrays", `p := ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["nested calls", `p := ${"abs(".repeat(100_000)}1${")".repeat(100_000)}`],
    ["nested references", `p := ${"input[".repeat(100_000)}1${"]".repeat(100_000)}`],
    ["nested comprehensions", `p := ${"[x | x := ".repeat(10_000)}1${"]".repeat(10_000)}`],
    ["a chain of else", `p := 0 if input.x == 0${" else := 1 if input.x == 1".repeat(10_000)}`],
    ["a long reference", `p := input${".a".repeat(10_000)}`],
    ["a long sum", `p := 1${" + 1".repeat(10_000)}`],
    ["a long chain of rules", chain(5_000, (i) => `p${i} := p${i + 1}`)],
    ["a long chain of functions", chain(3_000, (i) => `p${i} := [x | x := p${i + 1}]`)],
    ["a body with loops in loops", `p if {\n${lines(3_000, (i) => `some x${i} in [1]`)}\n}`],
  ])("%s", (_, rules) => {
    const rego = createRego({ modules: [{ name: "a.rego", source: `package a\n${rules}` }] });
    const prepared = rego.prepare("data.a");
    const { errors } = prepared.eval();
    for (const { code } of errors) {
      expect(["rego_parse_error", "rego_compile_error", "eval_cancel_error"]).toContain(code);
    }
  });

  it("a body of 10,000 expressions is nothing special", () => {
    const source = `package a\np if {\n${lines(10_000, (i) => `input.x != ${i}`)}\n}`;
    expect(errorOf(source, { input: { x: -1 } })).toBeUndefined();
  });

  it("a text of ten million characters is nothing special", () => {
    const text = "ab".repeat(5_000_000);
    const source = `package a
p := [count(input.text), upper(input.text) == input.text, contains(input.text, "c"), indexof(input.text, "c"),
  startswith(input.text, "ab"), count(split(input.text, "c")), regex.match("c$", input.text),
  count(base64.encode(input.text)), count(json.marshal(input.text)), replace(input.text, "c", "d") == input.text]`;
    const { value, errors } = createRego({ modules: [{ name: "a.rego", source }] })
      .prepareRule(["a", "p"])
      .eval({ input: { text } });
    expect(errors).toEqual([]);
    expect(value).toEqual([10_000_000, false, false, -1, true, 1, false, 13_333_336, 10_000_002, true]);
  });
});

const TEN: readonly Value[] = Array.from({ length: 10 }, (_, i) => i);

/** An expression that has ten solutions or more and binds a variable. */
function loop(): fc.Arbitrary<(name: string) => string> {
  return fc.constantFrom(
    (name) => `some ${name} in input.n`,
    (name) => `${name} := input.n[_]`,
    (name) => `${name} := input.o[_][_]`,
    (name) => `some ${name} in numbers.range(1, 10)`,
    (name) => `walk(input.n, [_, ${name}])`,
    (name) => `${name} := {x | some x in input.n}[_]`,
    (name) => `some ${name}, _ in input.o.a`,
    (name) => `some ${name} in split("a,a,a,a,a,a,a,a,a,a", ",")`,
  );
}

function chain(length: number, rule: (i: number) => string): string {
  return `${lines(length, rule)}\np${length} := 1`;
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

function errorOf(source: string, options: EvalOptions): string | undefined {
  const prepared = createRego({ modules: [{ name: "a.rego", source }] }).prepareRule(["a", "p"]);
  expect(prepared.errors).toEqual([]);
  const [error] = prepared.eval(options).errors;
  return error && formatError(error);
}
