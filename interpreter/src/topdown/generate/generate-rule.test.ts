import { afterEach, describe, expect, it, vi } from "vitest";
import { createRego } from "../../rego.ts";
import type { EvalOptions } from "../../rego.ts";
import { printValue } from "../../value/print.ts";
import type { Value } from "../../value/value.ts";

/** The value of `data.t`, with the module's rules written as JavaScript. */
function valueOf(source: string, options: EvalOptions = {}): string {
  const rego = createRego({ modules: [{ name: "t.rego", source: `package t\n${source}` }] });
  expect(rego.errors).toEqual([]);
  const { value, errors } = rego.prepareRule(["t"], { generateCode: true }).eval(options);
  expect(errors).toEqual([]);
  return printValue(value as Value);
}

afterEach(() => vi.unstubAllGlobals());

describe("rules as JavaScript", () => {
  it.for([
    ["a quote", '"'],
    ["the end of a string and a call", '"]; globalThis.hit = true; x["'],
    ["a line separator", "a\u2028globalThis.hit = true"],
    ["a line end", "a\nglobalThis.hit = true"],
    ["the end of a template", "`${globalThis.hit = true}`"],
    ["the name of a prototype", "__proto__"],
    ["the name of a method", "constructor"],
  ] as const)("a name with %s is a name", ([, name]) => {
    const key = JSON.stringify(name);
    const input = JSON.parse(`{${key}: {"x": 1}}`) as Value;
    expect(valueOf(`v := input[${key}].x\nf(x) := x[${key}].x\nw := f(input)`, { input })).toBe(
      '{"v": 1, "w": 1}',
    );
    expect(valueOf(`o := {${key}: input[${key}]}`, { input })).toBe(printValue({ o: input }));
    expect((globalThis as { hit?: boolean }).hit).toBeUndefined();
    expect(valueOf(`default v := 0\nv := input[${key}].x`, { input: {} })).toBe('{"v": 0}');
  });

  it.for([
    ["arrays", "[1, 2]", '{"v": {1, 2}}'],
    ["sets", "{2, 1}", '{"v": {1, 2}}'],
    ["objects", '{"b": 2, "a": 1}', '{"v": {1, 2}}'],
    ["objects with other keys", "{1: 2, [2]: 1}", '{"v": {1, 2}}'],
    ["a number, which has no elements", 'json.unmarshal("7")', '{"v": set()}'],
    ["null", 'json.unmarshal("null")', '{"v": set()}'],
  ] as const)("walks %s", ([, collection, wanted]) => {
    expect(valueOf(`xs := ${collection}\nv contains x if x := xs[_]`).replace(/, "xs": .*/, "}")).toBe(
      wanted,
    );
  });

  it("a `with` replaces functions and documents in it, too", () => {
    const source = `f(x) := x
v := f(1)
w := y if y := v with f as 2
u := y if y := count([1]) with count as 7
i := y if y := input.a with input.a as 3`;
    expect(valueOf(source, { input: { a: 0 } })).toBe('{"i": 3, "u": 7, "v": 1, "w": 2}');
  });

  it("where code of strings is forbidden the closures do it", () => {
    const forbidden = vi.fn<() => void>(function forbidden() {
      throw new EvalError("Code generation from strings disallowed for this context");
    });
    vi.stubGlobal("Function", forbidden);
    expect(valueOf("v contains x if { x := input.xs[_]; not x == 1 }", { input: { xs: [1, 2] } })).toBe(
      '{"v": {2}}',
    );
    expect(forbidden).toHaveBeenCalled();
  });
});
