import { expect, it } from "vitest";
import { Decimal } from "../value/number.ts";
import type { Value } from "../value/value.ts";
import { arePlain, KeptCalls } from "./kept-calls.ts";
import { UNDEFINED } from "./undefined.ts";

it("tells values of different types apart", () => {
  const calls = new KeptCalls();
  const args: readonly Value[] = ["1", 1, true, "true", null, "null", "__proto__", ""];
  args.forEach((arg, i) => calls.keep([arg], i));
  expect(args.map((arg) => calls.find([arg]))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it("knows calls with two arguments, and that a call has no value", () => {
  const calls = new KeptCalls();
  calls.keep(["a", "b"], undefined);
  calls.keep(["a", "c"], "ac");
  calls.keep(["b", "a"], false);
  expect([calls.find(["a", "b"]), calls.find(["a", "c"]), calls.find(["b", "a"])]).toEqual([
    UNDEFINED,
    "ac",
    false,
  ]);
  expect([calls.find(["b", "b"]), calls.find(["c", "a"])]).toEqual([undefined, undefined]);
});

it("holds a bounded number of calls", () => {
  const calls = new KeptCalls();
  const known = (): number =>
    Array.from({ length: 10_000 }, (_, i) => calls.find([i])).filter((v) => v !== undefined).length;
  for (let i = 0; i < 10_000; i++) calls.keep([i], i);
  expect(known()).toBeLessThanOrEqual(256);
  expect(calls.find([9_999])).toBe(9_999);
});

it.each<readonly [string, readonly Value[]]>([
  ["a collection", [["a"]]],
  ["a number that is no machine number", [new Decimal("1.0")]],
  ["a long text", ["x".repeat(1000)]],
  ["three arguments", ["a", "b", "c"]],
  ["none", []],
])("does not remember calls with %s", (_what, args) => {
  expect(arePlain(args)).toBe(false);
});

it.each<readonly [string, Value]>([
  ["a collection", ["a"]],
  ["a long text", "x".repeat(1000)],
])("does not remember calls that give %s", (_what, value) => {
  const calls = new KeptCalls();
  calls.keep(["a"], value);
  expect(calls.find(["a"])).toBeUndefined();
});
