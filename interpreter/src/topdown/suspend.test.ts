import { describe, expect, it } from "vitest";
import { builtins } from "../builtins/index.ts";
import type { Builtin } from "../builtins/builtin.ts";
import { formatError } from "../errors.ts";
import { createRego, type BudgetLimits } from "../rego.ts";
import { STRING } from "../value/type.ts";
import type { Value } from "../value/value.ts";

const fetch: Builtin = {
  name: "fetch",
  decl: { args: [STRING], result: STRING },
  description: "Asks the host.",
  categories: [],
  run: ([request], context) => context.hostCall("fetch", request as Value),
};

const source = `package t
p := [answer | some name in ["a", "b", "a"]; answer := fetch(name)]`;

function prepare(strictBuiltinErrors = false, text = source, name = "p") {
  const rego = createRego({
    modules: [{ name: "t.rego", source: text }],
    builtins: new Map([...builtins, [fetch.name, fetch]]),
  });
  return rego.prepareRule(["t", name], { strictBuiltinErrors });
}

it("asks each question once and runs again with the answers", async () => {
  const asked: Value[] = [];
  const { value } = await prepare().evalAsync({}, (_, request) => {
    asked.push(request);
    return Promise.resolve(`${String(request)}!`);
  });
  expect(value).toEqual(["a!", "b!", "a!"]);
  expect(asked).toEqual(["a", "b"]);
});

describe("the budget is that of all runs together", () => {
  const answer = (_: string, request: Value): Promise<Value> => Promise.resolve(request);
  const LOOPS = `package t
p := [answer | some _ in numbers.range(1, 1000); some name in ["a"]; name == "b"; answer := name]
q := [a, b, c] if { p == []; a := fetch("a"); b := fetch("b"); c := fetch("c") }`;
  const loops = prepare(false, LOOPS, "q");

  it.each<[string, BudgetLimits]>([
    ["steps", { steps: 6000 }],
    ["elements", { elements: 2500 }],
  ])("%s", async (name, budget) => {
    const answers = ["a", "b", "c"].map((request) => ({
      kind: "fetch",
      request,
      outcome: { answer: request },
    }));
    expect(loops.eval({ budget, answers }).errors).toEqual([]);
    for (let i = 0; i < 2; i++) {
      const { errors } = await loops.evalAsync({ budget }, answer);
      expect(errors.map(({ code }) => code)).toEqual(["eval_cancel_error"]);
      expect(errors[0]?.message).toContain(`budget of ${Object.values(budget)[0]} ${name} used up`);
    }
  });

  it("and so is the time, in which the host is waited for", async () => {
    let now = 0n;
    const host = { nowNs: () => now, random: () => 0 };
    const slow = (_: string, request: Value): Promise<Value> => {
      now += 3_000_000n;
      return Promise.resolve(request);
    };
    const ask = (milliseconds: number) => prepare().evalAsync({ budget: { milliseconds }, host }, slow);
    expect((await ask(7)).errors).toEqual([]);
    expect((await ask(5)).errors.map(formatError)).toEqual([
      "eval_cancel_error: budget of 5 milliseconds used up in data.t.p",
    ]);
  });

  it("though others are evaluated in between", async () => {
    const both = [1, 2].map(() => loops.evalAsync({ budget: { steps: 20_000 } }, answer));
    for (const { errors } of await Promise.all(both)) expect(errors).toEqual([]);
  });
});

it("needs no host where the answers are given", () => {
  const answers = ["a", "b"].map((request) => ({ kind: "fetch", request, outcome: { answer: request } }));
  expect(prepare().eval({ answers }).value).toEqual(["a", "b", "a"]);
});

it("turns a rejection into an error of the builtin", async () => {
  const { errors } = await prepare(true).evalAsync({}, () => Promise.reject(new Error("no route")));
  expect(errors.map(formatError)).toEqual(["t.rego:2: eval_builtin_error: fetch: no route"]);
});
