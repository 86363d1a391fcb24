import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryValue } from "../testing/arbitrary-value.ts";
import { numberFromText } from "./number.ts";
import { ObjectBuilder } from "./object.ts";
import { compare, equals, hash } from "./order.ts";
import { RegoSet } from "./set.ts";
import type { Value } from "./value.ts";

describe("the order of values", () => {
  const ascending: readonly (readonly [string, Value])[] = [
    ["null", null],
    ["false", false],
    ["true", true],
    ["-1e400", numberFromText("-1e400")],
    ["-1", -1],
    ["0", 0],
    ["1e-400", numberFromText("1e-400")],
    ["1", 1],
    ["9007199254740992", numberFromText("9007199254740992")],
    ["9007199254740993", numberFromText("9007199254740993")],
    ["empty string", ""],
    ["U+FFFF", "\uffff"],
    ["U+1F600, later than U+FFFF though its first unit is smaller", "\u{1f600}"],
    ["[]", []],
    ["[1]", [1]],
    ["[1, 2]", [1, 2]],
    ["[2]", [2]],
    ["{}", {}],
    ['{1: "x"}, a number being smaller than any string', object([[1, "x"]])],
    ['{"a": 1}', { a: 1 }],
    ['{"a": 1, "b": 1}', { b: 1, a: 1 }],
    ['{"a": 2}', { a: 2 }],
    ['{"b": 0}', { b: 0 }],
    ["set()", new RegoSet()],
    ["{1}", new RegoSet([1])],
    ["{1, 2}", new RegoSet([2, 1])],
    ["{2}", new RegoSet([2])],
  ];

  it.each(
    ascending
      .slice(1)
      .map((entry, i) => [ascending[i]?.[0], entry[0], ascending[i]?.[1] as Value, entry[1]] as const),
  )("%s is before %s", (_a, _b, smaller, larger) => {
    expect(compare(smaller, larger)).toBeLessThan(0);
    expect(compare(larger, smaller)).toBeGreaterThan(0);
  });

  it.each([
    ["1 and 1.0", 1, numberFromText("1.0")],
    ["100 and 1e2", 100, numberFromText("1e2")],
    ["0 and -0", 0, numberFromText("-0")],
    ["3.50 and 0.35e1", numberFromText("3.50"), numberFromText("0.35e1")],
  ])("%s are equal", (_, a, b) => {
    expect(compare(a, b)).toBe(0);
    expect(equals(a, b)).toBe(true);
    expect(hash(a)).toBe(hash(b));
  });
});

describe("laws", () => {
  it("the order is antisymmetric, and 0 exactly for equal values", () => {
    fc.assert(
      fc.property(arbitraryValue, arbitraryValue, (a, b) => {
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
        expect(compare(a, b) === 0).toBe(equals(a, b));
      }),
    );
  });

  it("the order is transitive", () => {
    fc.assert(
      fc.property(arbitraryValue, arbitraryValue, arbitraryValue, (...three) => {
        const [a, b, c] = three.sort(compare);
        expect(compare(a, b)).toBeLessThanOrEqual(0);
        expect(compare(b, c)).toBeLessThanOrEqual(0);
        expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("equal values have equal hashes", () => {
    fc.assert(
      fc.property(arbitraryValue, arbitraryValue, (a, b) => {
        expect(!equals(a, b) || hash(a) === hash(b)).toBe(true);
        expect(equals(a, structure(a))).toBe(true);
        expect(hash(structure(a))).toBe(hash(a));
      }),
    );
  });

  it("a set finds what equals one of its elements, keeps the first spelling, and sorts", () => {
    fc.assert(
      fc.property(fc.array(arbitraryValue, { maxLength: 24 }), arbitraryValue, (values, probe) => {
        const set = new RegoSet(values);
        const firsts = values.filter((value, i) => values.findIndex((each) => equals(each, value)) === i);
        expect(set.size).toBe(firsts.length);
        expect(set.sorted()).toEqual(firsts.toSorted(compare));
        expect(set.find(probe)).toEqual(firsts.find((each) => equals(each, probe)));
      }),
    );
  });
});

function object(entries: readonly (readonly [Value, Value])[]): Value {
  const builder = new ObjectBuilder();
  for (const [key, value] of entries) builder.set(key, value);
  return builder.build();
}

/** The same value built anew, its members in another order. */
function structure(value: Value): Value {
  if (Array.isArray(value)) return value.map(structure);
  if (value instanceof RegoSet) return new RegoSet([...value].reverse().map(structure));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return object(
    Object.entries(value as Record<string, Value>)
      .reverse()
      .map(([key, member]) => [key, structure(member)]),
  );
}
