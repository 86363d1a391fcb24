import { expect, it } from "vitest";
import { builtins } from "../builtins/index.ts";
import type { Builtin } from "../builtins/builtin.ts";
import { formatError } from "../errors.ts";
import { createRego } from "../rego.ts";
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

function prepare(strictBuiltinErrors = false) {
  const rego = createRego({
    modules: [{ name: "t.rego", source }],
    builtins: new Map([...builtins, [fetch.name, fetch]]),
  });
  return rego.prepareRule(["t", "p"], { strictBuiltinErrors });
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

it("needs no host where the answers are given", () => {
  const answers = ["a", "b"].map((request) => ({ kind: "fetch", request, outcome: { answer: request } }));
  expect(prepare().eval({ answers }).value).toEqual(["a", "b", "a"]);
});

it("turns a rejection into an error of the builtin", async () => {
  const { errors } = await prepare(true).evalAsync({}, () => Promise.reject(new Error("no route")));
  expect(errors.map(formatError)).toEqual(["t.rego:2: eval_builtin_error: fetch: no route"]);
});
