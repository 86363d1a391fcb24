import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { builtins } from "../builtins/index.ts";
import type { Builtin } from "../builtins/builtin.ts";
import { createRego, type EvalOptions, type PreparedRule, type Rego } from "../rego.ts";
import { ANY } from "../value/type.ts";
import { printValue } from "../value/print.ts";
import type { PlainObject, Value } from "../value/value.ts";

/** What depends on a stable part of the input alone is computed once for it: no result tells so. */
const STABLE = { stableInput: ["parameters"] } as const;

describe("results do not depend on what is kept", () => {
  test.prop([program(), questions()], { numRuns: 300 })(
    "whatever was asked before, with the same parameters, equal ones or others",
    (source, questions) => {
      const rego = createRego({ modules: [{ name: "t.rego", source }] });
      expect(rego.errors).toEqual([]);
      const plain = rego.prepareRule(["t", "out"]);
      for (const generateCode of [false, true]) {
        const keeping = rego.prepareRule(["t", "out"], { ...STABLE, generateCode });
        for (const input of questions) expect(print(keeping, { input })).toBe(print(plain, { input }));
      }
    },
  );

  test.prop([program(), questions(), fc.nat({ max: 80 })], { numRuns: 150 })(
    "an evaluation that a budget ended leaves nothing wrong behind",
    (source, questions, steps) => {
      const rego = createRego({ modules: [{ name: "t.rego", source }] });
      const keeping = rego.prepareRule(["t", "out"], { ...STABLE, generateCode: steps % 2 === 0 });
      const plain = rego.prepareRule(["t", "out"]);
      for (const input of questions) {
        const whole = print(plain, { input });
        expect([whole, "eval_cancel_error"]).toContain(print(keeping, { input, budget: { steps } }));
        expect(print(keeping, { input })).toBe(whole);
      }
    },
  );
});

describe("computed once for each object", () => {
  it.each([
    ["a rule", "wanted := noted(input.parameters)\nout := wanted"],
    ["a set", "wanted contains noted(x) if some x in input.parameters.xs\nout := [wanted, input.review]"],
    ["a comprehension", "out := {noted(x) | some x in input.parameters.xs; x != input.parameters.y}"],
    ["a call", "out := x if { input.review; x := noted(input.parameters.y) }"],
    ["a call in a loop", "out contains x if { some r in input.review; x := [r, noted(input.parameters.y)] }"],
    [
      "what variables in between lead to",
      "out := [y, input.review] if { x := input.parameters.y; y := noted(x) }",
    ],
    ["calls of functions with plain arguments", "f(x) := noted(x)\nout := [f(r) | some r in input.review]"],
    [
      "calls that have no value",
      "f(x) := y if { y := noted(x); y > 9 }\nout := [f(r) | some r in input.review]",
    ],
    [
      "calls with two arguments",
      "f(a, b) := y if { y := noted(a) + b }\nout := [f(r, s) | some r in input.review; some s in [3, 4]]",
    ],
    ["what functions read", "f(x) := [x, noted(input.parameters.y)]\nout := f(1)"],
    ["what is undefined", "out := [x | x := noted(input.parameters.none[noted(1)])]"],
  ])("%s", (_what, rules) => {
    const { rego, calls } = counting(rules);
    const rule = rego.prepareRule(["t", "out"], STABLE);
    const parameters = { xs: [1, 1], y: 2 };
    const ask = (given: PlainObject): number => {
      const before = calls.length;
      expect(rule.eval({ input: { review: [1, 2], parameters: given } }).errors).toEqual([]);
      return calls.length - before;
    };
    expect(ask(parameters)).toBeGreaterThan(0);
    expect([ask(parameters), ask(parameters)]).toEqual([0, 0]);
    expect(ask({ ...parameters })).toBeGreaterThan(0);
  });

  it.each([
    ["what reads the rest of the input", "out := noted(input.review)"],
    ["what reads data", "out := noted(data.base)"],
    [
      "under replaced functions",
      "out := x if { x := [noted(input.parameters.y), f(1)] with f as 1 }\nf(x) := x",
    ],
    ["for observers", "out := noted(input.parameters)"],
    ["what reads the clock", "f(x) := noted(x)\nout := f(input.parameters.y)"],
  ])("not %s", (what, rules) => {
    const { rego, calls } = counting(rules, { readsClock: what === "what reads the clock" });
    const observers = what === "for observers" ? [{ event: () => undefined }] : [];
    const rule = rego.prepareRule(["t", "out"], { ...STABLE, observers });
    const input = { review: [1], parameters: { y: 2 } };
    for (let i = 1; i <= 3; i++) {
      rule.eval({ input, data: { base: 1 } });
      expect(calls).toHaveLength(i);
    }
  });
});

it.each<readonly [string, string, readonly Value[]]>([
  [
    "the part itself",
    'out := x if { x := twice with input.parameters as {"n": input.review} }',
    [20, 40, 20],
  ],
  ["something within it", "out := x if { x := twice with input.parameters.n as 50 }", [100, 100, 100]],
  [
    "the part, with variables of the outer one",
    'out := x if { n := input.parameters.n; x := n + 1 with input.parameters as {"n": 0} }',
    [2, 2, 3],
  ],
  ["a rule", "out := x if { x := data.t.twice + 1 with data.t.twice as input.review }", [11, 21, 11]],
  ["a function", "out := x if { x := f(input.parameters.n) with f as input.review }", [10, 20, 10]],
  [
    "a builtin that a rule calls",
    "size := abs(input.parameters.n)\nout := x if { x := size with abs as input.review }",
    [10, 20, 10],
  ],
])("a `with` that replaces %s is seen", (_what, rules, wanted) => {
  const source = `package t\ntwice := 2 * input.parameters.n\nf(x) := x\n${rules}`;
  const rule = createRego({ modules: [{ name: "t.rego", source }] }).prepareRule(["t", "out"], STABLE);
  const [one, two] = [{ n: 1 }, { n: 2 }];
  const inputs = [
    { parameters: one, review: 10 },
    { parameters: one, review: 20 },
    { parameters: two, review: 10 },
  ];
  expect(inputs.map((input) => rule.eval({ input }).value)).toEqual(wanted);
});

it("charges each evaluation for what it uses", () => {
  const { rego } = counting("out := [noted(input.parameters.y) | some _ in input.review]");
  const rule = rego.prepareRule(["t", "out"], STABLE);
  const input = { review: Array.from({ length: 200 }, () => 1), parameters: { y: 1 } };
  rule.eval({ input });
  expect(rule.eval({ input, budget: { steps: 100 } }).errors.map(({ code }) => code)).toEqual([
    "eval_cancel_error",
  ]);
});

/** Rules beside a builtin that tells of its calls; no caller can know that it is not as pure as it says. */
function counting(
  rules: string,
  more: Partial<Builtin> = {},
): { readonly rego: Rego; readonly calls: readonly Value[] } {
  const calls: Value[] = [];
  const noted: Builtin = {
    name: "noted",
    decl: { args: [ANY], result: ANY },
    description: "Notes that it was called.",
    categories: [],
    ...more,
    run: ([value]) => {
      calls.push(value as Value);
      return value;
    },
  };
  const rego = createRego({
    modules: [{ name: "t.rego", source: `package t\n${rules}` }],
    builtins: new Map([...builtins, [noted.name, noted]]),
  });
  expect(rego.errors).toEqual([]);
  return { rego, calls };
}

/** Rules that read parameters, the review, one another, through every kind of rule, body and literal. */
function program(): fc.Arbitrary<string> {
  return fc.array(literal(), { minLength: 1, maxLength: 5 }).map(
    (literals) => `package t
names := {n | n := input.parameters.items[_].name}
by_name[i.name] := i.n if some i in input.parameters.items
larger contains i.name if { some i in input.parameters.items; i.n > input.parameters.n }
default mode := "none"
mode := input.parameters.mode
scaled(x) := x * input.parameters.n
reviewed(x) := x + input.review.n
out[i] := value if { some i, value in rows }
rows := [row |
  some r in [0, 1, 2]
  ${literals.map((text, i) => text.replaceAll("$", String(i))).join("\n  ")}
  row := [${["r", ...literals.map((_, i) => `v${i}`)].join(", ")}]
]`,
  );
}

/** Binds the variable `v$`, or fails. */
function literal(): fc.Arbitrary<string> {
  const value = fc.constantFrom(
    "names",
    "mode",
    "larger",
    "by_name",
    "by_name.a",
    "by_name[input.review.name]",
    "input.parameters.n",
    "input.review.n",
    "scaled(2)",
    "scaled(r)",
    "scaled(input.review.n)",
    "reviewed(input.parameters.n)",
    "count(input.parameters.items)",
    "[1, input.parameters.n, {input.parameters.mode}]",
    '{"n": input.parameters.n, "m": input.review.n}',
    "to_number(input.parameters.mode)",
    "[x | some x in input.parameters.items; x.n > r]",
    "{x.name: x.n | some x in input.parameters.items; not x.name in larger}",
    "{y | x := input.parameters.n; y := x + 1}",
    "input.parameters",
  );
  const other = fc.constantFrom("{}", '{"n": 7, "items": []}', '{"n": r, "items": input.parameters.items}');
  return fc.oneof(
    { weight: 4, arbitrary: value.map((text) => `v$ := ${text}`) },
    value.map((text) => `w$ := input.parameters.n; v$ := [w$ + 1, ${text}]`),
    value.map((text) => `v$ := false; not ${text} == input.review.n`),
    fc.tuple(value, other).map(([text, by]) => `v$ := ${text} with input.parameters as ${by}`),
    fc
      .tuple(value, other)
      .map(([text, by]) => `w$ := names; v$ := [${text}, w$] with input as {"parameters": ${by}}`),
    value.map((text) => `v$ := ${text} with input.parameters.n as input.review.n`),
    value.map((text) => `v$ := [${text}, names] with data.t.names as r`),
    value.map((text) => `v$ := ${text} with count as r`),
    value.map(
      (text) => `v$ := true; every e in input.parameters.items { e.n >= 0; [e, ${text}] != input.review }`,
    ),
  );
}

/** Inputs in a row: some share their parameters, some have equal ones, and some have none, or no collection. */
function questions(): fc.Arbitrary<readonly PlainObject[]> {
  const n = fc.nat(2);
  const name = fc.constantFrom("a", "b");
  const parameters: fc.Arbitrary<Value> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(
        {
          items: fc.uniqueArray(fc.record({ name, n }), { selector: (item) => item.name, maxLength: 2 }),
          n,
          mode: fc.constantFrom("x", "1"),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
    },
    fc.constantFrom<Value>(null, "text", [1]),
  );
  const pool = fc.array(parameters, { minLength: 1, maxLength: 3 });
  const asked = fc.array(
    fc.record({
      which: fc.nat(),
      copy: fc.boolean(),
      review: fc.record({ n, name }, { noNullPrototype: true }),
    }),
    { minLength: 2, maxLength: 6 },
  );
  return fc.tuple(pool, asked).map(([given, rows]) =>
    rows.map(({ which, copy, review }) => {
      const shared = given[which % given.length] as Value;
      return { review, parameters: copy ? structuredClone(shared) : shared };
    }),
  );
}

function print(rule: PreparedRule, options: EvalOptions): string {
  const { value, errors } = rule.eval(options);
  return errors[0]?.code ?? (value === undefined ? "undefined" : printValue(value));
}
