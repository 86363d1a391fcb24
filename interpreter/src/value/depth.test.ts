import { describe, expect, it } from "vitest";
import { MAX_DEPTH, parseJson, toJsonValue, writeJson } from "./json.ts";
import { compare, equals, hash } from "./order.ts";
import { printValue } from "./print.ts";
import { RegoSet } from "./set.ts";
import type { Value } from "./value.ts";

// Values come in no deeper than MAX_DEPTH, and policies wrap them only as deep as they are long. Everything that walks
// a value must stand twice that depth on an ordinary stack, since much of the stack may be in use by the evaluator.
// Sets cost more stack than the rest, and never come from outside.
const DEPTH = 2 * MAX_DEPTH;

describe("values nested as deeply as can be", () => {
  const shapes: readonly (readonly [string, number, (inner: Value) => Value])[] = [
    ["arrays", DEPTH, (inner) => [inner]],
    ["objects", DEPTH, (inner) => ({ a: inner })],
    ["sets", MAX_DEPTH, (inner) => new RegoSet([inner])],
  ];
  const works: readonly (readonly [string, (a: Value, b: Value) => unknown, unknown])[] = [
    ["compared", compare, 0],
    ["found equal", equals, true],
    ["hashed", (a, b) => hash(a) === hash(b), true],
    ["printed", (a) => printValue(a).length > MAX_DEPTH, true],
    ["written", (a) => writeJson(a).length > MAX_DEPTH, true],
    ["turned into JSON", (a) => writeJson(toJsonValue(a)).length > MAX_DEPTH, true],
  ];
  const cases = shapes.flatMap(([shape, depth, wrap]) =>
    works.map(([work, run, wanted]) => [shape, work, depth, wrap, run, wanted] as const),
  );

  it.each(cases)("%s can be %s", (_shape, _work, depth, wrap, run, wanted) => {
    expect(run(nest(depth, wrap), nest(depth, wrap))).toBe(wanted);
  });

  it("can be read, where the limit is raised", () => {
    expect(parseJson("[".repeat(DEPTH) + "1.0" + "]".repeat(DEPTH), { maxDepth: DEPTH }).ok).toBe(true);
  });
});

function nest(levels: number, wrap: (inner: Value) => Value): Value {
  let value: Value = 1;
  for (let depth = 0; depth < levels; depth++) value = wrap(value);
  return value;
}
