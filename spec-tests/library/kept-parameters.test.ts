import { describe, expect, it } from "vitest";
import {
  createRego,
  isObject,
  setOwn,
  type EvalOptions,
  type PlainObject,
  type PreparedRule,
  type Value,
  writeJson,
} from "@portcullis/interpreter";
import { nodeHost } from "@portcullis/interpreter/node";
import { readWork, rulePath } from "../bench/work-items.ts";
import { testData } from "../test-data.ts";

const path = testData("bench/work/work.json");
if (!path)
  console.warn("no test data: 179 reviews of the policy library are not evaluated with kept parameters");
const items = path ? readWork(path) : [];

/** What depends on a constraint's parameters alone is computed once for them, and no verdict tells so. */
describe.skipIf(!path)("a policy judges the same whether its parameters are new, known, or changed", () => {
  it.each(items.map((item) => [item.id, item] as const))("%s", (_id, item) => {
    const rego = createRego({
      modules: item.modules.map((source, i) => ({ name: `${i}.rego`, source, version: item.version })),
      host: nodeHost(),
    });
    const keeping = rego.prepareRule(rulePath(item), { stableInput: ["parameters"] });
    const plain = rego.prepareRule(rulePath(item));
    const input = item.input as PlainObject;
    const parameters = input["parameters"];
    if (parameters === undefined) return;
    const data = (item.data ?? {}) as PlainObject;
    for (const given of [
      parameters,
      parameters,
      structuredClone(parameters),
      ...without(parameters),
      parameters,
    ]) {
      const options: EvalOptions = { input: { ...input, parameters: given }, data };
      expect(verdict(keeping, options)).toEqual(verdict(plain, options));
    }
  });
});

/** The parameters with one of them left out, for each. */
function without(parameters: Value): readonly Value[] {
  if (!isObject(parameters)) return [];
  const names = Object.keys(parameters);
  return names.map((left) => {
    const rest: Record<string, Value> = {};
    for (const name of names)
      if (name !== left) setOwn(rest, name, (parameters as PlainObject)[name] as Value);
    return rest;
  });
}

function verdict(rule: PreparedRule, options: EvalOptions): string {
  const { value, errors } = rule.eval(options);
  return errors[0]?.code ?? writeJson(value ?? null);
}
