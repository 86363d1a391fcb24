import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { createRego, type EvalOptions, type PreparedRule } from "../rego.ts";
import { printValue } from "../value/print.ts";
import type { Value } from "../value/value.ts";

/** Strict builtin errors keep every evaluation in order: no joins. */
const PROGRAM = `package t
pairs contains [a.id, b.id] if { a := data.left[_]; b := data.right[_]; b.key == a.key; b.id != a.id }
groups[key] := ids if { key := data.left[_].key; ids := [b.id | some b in data.right; b.key == key] }
tagged contains a.id if { a := data.left[_]; data.right[_].tags[_] == a.key }
lone contains a.id if { a := data.left[_]; not has_partner(a) }
has_partner(a) if { some b in data.right; b.key == a.key }`;

const rego = createRego({ modules: [{ name: "t.rego", source: PROGRAM }] });

test.prop([rows(), rows()], { numRuns: 100 })("a join finds what nested loops find", (left, right) => {
  const options: EvalOptions = { data: { left, right } };
  const joined = rego.prepareRule(["t"]);
  // The first evaluation meets the documents, the second one builds the indexes, the third one uses them.
  joined.eval(options);
  joined.eval(options);
  expect(print(joined, options)).toBe(print(rego.prepareRule(["t"], { strictBuiltinErrors: true }), options));
});

describe("the index of a document", () => {
  it("saves the steps of a scan from the second evaluation on", () => {
    const right = Array.from({ length: 10_000 }, (_, id) => ({ id, key: id, tags: [] }));
    const options: EvalOptions = { data: { left: [{ id: -1, key: 77 }], right } };
    const rule = rego.prepareRule(["t", "pairs"]);
    rule.eval(options);
    rule.eval(options);
    expect(printValue(rule.eval({ ...options, budget: { steps: 100 } }).value as Value)).toBe("{[-1, 77]}");
  });

  it("does not outlive the document", () => {
    const rule = rego.prepareRule(["t", "pairs"]);
    const of = (key: number): EvalOptions => ({
      data: { left: [{ id: -1, key: 1 }], right: Array.from({ length: 20 }, (_, id) => ({ id, key })) },
    });
    for (let i = 0; i < 3; i++) {
      expect(rule.eval(of(1)).value).toHaveProperty("size", 20);
      expect(rule.eval(of(2)).value).toHaveProperty("size", 0);
    }
  });
});

function rows(): fc.Arbitrary<Value[]> {
  const key = fc.oneof(fc.nat(3), fc.constantFrom("a", "b", null), fc.constant([1]), fc.constant({ k: 1 }));
  return fc.array(fc.record({ id: fc.nat(50), key, tags: fc.array(key, { maxLength: 3 }) }), {
    minLength: 10,
    maxLength: 30,
  });
}

function print(rule: PreparedRule, options: EvalOptions): string {
  const { value, errors } = rule.eval(options);
  return errors[0]?.code ?? printValue(value as Value);
}
