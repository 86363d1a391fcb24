import { describe, expect, it } from "vitest";
import { createRego, type EvalOptions } from "../rego.ts";
import { formatError } from "../errors.ts";
import type { Value } from "../value/value.ts";

const LOOPS = `package a
p if {
  some i in numbers.range(1, 1000)
  some j in numbers.range(1, 1000)
  i + j == 0
}
q := [x | some x in numbers.range(1, 1000)]
`;

describe("an evaluation ends when its budget is used up", () => {
  it.each<[string, string, EvalOptions["budget"] & object, string]>([
    ["steps", "data.a.p", { steps: 10_000 }, "budget of 10000 steps used up in data.a.p"],
    ["elements of collections", "data.a.q", { elements: 100 }, "budget of 100 elements used up in data.a.q"],
  ])("%s", (_, query, budget, message) => {
    expect(errorOf(LOOPS, query, { budget })).toBe(`eval_cancel_error: ${message}`);
  });

  it("time, by the host's clock", () => {
    let now = 0n;
    const host = { nowNs: () => (now += 1_000_000n), random: () => 0 };
    expect(errorOf(LOOPS, "data.a.p", { budget: { milliseconds: 5 }, host })).toBe(
      "eval_cancel_error: budget of 5 milliseconds used up in data.a.p",
    );
  });

  it("rules within rules", () => {
    expect(errorOf(chain(600), "data.a.p0", { budget: { depth: 500 } })).toBe(
      "eval_cancel_error: budget of 500 depth used up in data.a.p500",
    );
    expect(errorOf(chain(600), "data.a.p0", {})).toBeUndefined();
  });

  it("the engine's own stack", () => {
    expect(errorOf(chain(20_000), "data.a.p0", { budget: { depth: 1_000_000 } })).toMatch(
      /^eval_cancel_error: budget of depth used up in data\.a\.p\d+: the stack is full$/,
    );
    let deep: Value = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const source = "package a\np if input.x == input.y";
    expect(errorOf(source, "data.a.p", { input: { x: deep, y: [deep] } })).toMatch(
      /^eval_cancel_error: budget of depth used up in data\.a\.p: the stack is full$/,
    );
  });
});

it("is spent anew by each evaluation", () => {
  const prepared = createRego({ modules: [{ name: "a.rego", source: LOOPS }] }).prepareRule(["a", "q"]);
  for (let i = 0; i < 5; i++) expect(prepared.eval({ budget: { elements: 2000 } }).errors).toEqual([]);
});

function chain(length: number): string {
  const links = Array.from({ length }, (_, i) => `p${i} := p${i + 1}`);
  return ["package a", ...links, `p${length} := 1`].join("\n");
}

function errorOf(source: string, query: string, options: EvalOptions): string | undefined {
  const prepared = createRego({ modules: [{ name: "a.rego", source }] }).prepare(query);
  expect(prepared.errors).toEqual([]);
  const [error] = prepared.eval(options).errors;
  return error && formatError(error);
}
