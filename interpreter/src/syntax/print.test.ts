import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Body, Expr, RefTerm, ScalarTerm, Term, VarTerm } from "./ast.ts";
import { namedRef } from "./build.ts";
import { Location } from "../location.ts";
import { parseModule, parseQuery, parseTerm } from "./parse.ts";
import { printBody, printModule, printTerm } from "./print.ts";
import { sortedEntries, sortedItems } from "./term-order.ts";

const nowhere = new Location({ file: "", text: "" }, 0, 0, 1, 1);
const scalar = (value: ScalarTerm["value"]): ScalarTerm => ({ kind: "scalar", value, location: nowhere });
const variable = (name: string): VarTerm => ({ kind: "var", name, location: nowhere });

describe("printing", () => {
  it.each([
    ["x = 1", "x = 1"],
    ["x := 1", "assign(x, 1)"],
    ["1 + 2 * x == y", "equal(plus(1, mul(2, x)), y)"],
    ["not input.x with input.y as 3", "not input.x with input.y as 3"],
    ["some k, v in xs", "some k, v in xs"],
    ["x in xs", "internal.member_2(x, xs)"],
    ["every k, v in xs { k; v }", "every k, v in xs { k; v }"],
    ['a[_]["b c"].d["if"]', 'a[_]["b c"].d["if"]'],
    ["{3, 1, 2, 1}", "{1, 2, 3}"],
    ['{"b": 1, "a": 2}', '{"a": 2, "b": 1}'],
    ["set()", "set()"],
    ["[(x | y) | z]", "[(x | y) | z]"],
    ["{a: b | c; d}", "{a: b | c; d}"],
    ["-x.y", "minus(0, x.y)"],
    ['`a"b`', '"a\\"b"'],
    ['$"a {x} \\{b"', '$"a {x} \\{b"'],
    ["1.50", "1.50"],
  ])("prints %s as OPA does", (text, printed) => {
    const parsed = parseQuery(text);
    expect(parsed.ok && printBody(parsed.body)).toBe(printed);
  });

  it("prints a module in one line for each rule", () => {
    const source =
      "package a.b\nimport data.c as d\np contains x if { x := d.e }\ndefault q := 1\nq := 2 if d else := 3\n";
    const parsed = parseModule({ name: "", source, version: "v1" });
    expect(parsed.ok && printModule(parsed.module)).toBe(
      [
        "package a.b\n",
        "import data.c as d\n",
        "p contains x if { assign(x, d.e) }",
        "default q := 1",
        "q := 2 if { d } else = 3 if { true }",
      ].join("\n"),
    );
  });

  it("gives back the same term when it is parsed again", () => {
    fc.assert(
      fc.property(terms(), (term) => {
        const parsed = parseTerm(`[${printTerm(term)}]`);
        if (!parsed.ok) throw new Error(`${printTerm(term)}: ${parsed.errors[0]?.message}`);
        expect(bare(parsed.term)).toEqual(bare({ kind: "array", items: [term], location: nowhere }));
      }),
      { numRuns: 300 },
    );
  });
});

function terms(): fc.Arbitrary<Term> {
  const { term } = fc.letrec<{ term: Term; expr: Expr; body: Body }>((tie) => {
    const inner = fc.array(tie("term"), { maxLength: 3 });
    const leaf: fc.Arbitrary<Term> = fc.oneof(
      fc.constantFrom("x", "y", "foo").map(variable),
      fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null)).map(scalar),
    );
    const operator: fc.Arbitrary<RefTerm> = fc
      .constantFrom("f", "plus", "count")
      .map((name) => namedRef(name, nowhere));
    return {
      term: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        leaf,
        inner.map((items): Term => ({ kind: "array", items, location: nowhere })),
        inner.map((items): Term => ({ kind: "set", items: sortedItems(items), location: nowhere })),
        fc.array(fc.tuple(tie("term"), tie("term")), { maxLength: 2 }).map((entries): Term => {
          return { kind: "object", entries: sortedEntries(entries), location: nowhere };
        }),
        fc.array(leaf, { minLength: 1, maxLength: 3 }).map((parts): Term => {
          return { kind: "ref", parts: [variable("data"), ...parts], location: nowhere };
        }),
        fc.tuple(operator, inner).map(([callee, args]): Term => {
          return { kind: "call", operator: callee, args, infix: false, location: nowhere };
        }),
        fc.tuple(tie("term"), tie("body")).map(([head, body]): Term => {
          return { kind: "array-comprehension", head, body, location: nowhere };
        }),
        fc.tuple(tie("term"), tie("body")).map(([head, body]): Term => {
          return { kind: "set-comprehension", head, body, location: nowhere };
        }),
      ),
      expr: fc.tuple(tie("term"), tie("term"), fc.boolean()).map(([left, right, negated]): Expr => {
        const args = [left, right];
        const terms = { kind: "call", operator: namedRef("eq", nowhere), args, infix: true } as const;
        return { negated, terms, with: [], generated: false, location: nowhere };
      }),
      body: fc.array(tie("expr"), { minLength: 1, maxLength: 2 }),
    };
  });
  return term;
}

/** A node without what its text does not say: places, spelling, the order of sets and objects. */
function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== "object" || node === null) return node;
  if (node.constructor !== Object) return String(node);
  const kept = Object.entries(node).filter(([key]) => key !== "location" && key !== "infix" && key !== "raw");
  const copy = Object.fromEntries(kept.map(([key, value]) => [key, bare(value)]));
  if (copy["kind"] === "set") copy["items"] = bare(sortedItems((node as { items: Term[] }).items));
  return copy;
}
