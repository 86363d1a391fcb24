import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatError } from "../errors.ts";
import { createRego, type EvalOptions, type PrepareOptions } from "../rego.ts";
import type { Observer } from "../plan/events.ts";
import { printValue } from "../value/print.ts";
import type { Value } from "../value/value.ts";

/**
 * Whatever speeds an evaluation up, or watches it, changes no result: rule index, early exit, joins (which
 * strict builtin errors switch off, as they do the narrowing of partial sets), observers (which switch off all but the plainest plan), the order of expressions.
 */
describe("results do not depend on how a program is evaluated", () => {
  test.prop([program(), documents()], { numRuns: 150 })(
    "every mix of options gives the same",
    (source, documents) => {
      const plain = resultOf(moduleText(source), documents, {
        ruleIndex: false,
        earlyExit: false,
        strictBuiltinErrors: true,
      });
      const silent: Observer = { event: () => undefined };
      const mixes: readonly PrepareOptions[] = [
        {},
        { ruleIndex: false },
        { earlyExit: false },
        { strictBuiltinErrors: true },
        { generateCode: true },
        { generateCode: true, ruleIndex: false, earlyExit: false },
        { observers: [silent] },
      ];
      for (const options of mixes) expect(resultOf(moduleText(source), documents, options)).toEqual(plain);
    },
  );

  test.prop([program(), documents(), fc.integer()], { numRuns: 150 })(
    "expressions may stand in any order",
    (source, documents, seed) => {
      const shuffled = source.map((rule, i) => ({ ...rule, body: rotate(rule.body, seed + i) }));
      expect(resultOf(moduleText(shuffled), documents, {})).toEqual(
        resultOf(moduleText(source), documents, {}),
      );
    },
  );

  test.prop([program(), documents(), fc.nat({ max: 60 })], { numRuns: 100 })(
    "a budget ends an evaluation or leaves its result alone",
    (source, documents, steps) => {
      const whole = resultOf(moduleText(source), documents, {});
      const limited = resultOf(moduleText(source), documents, {}, { budget: { steps } });
      if (!limited.startsWith("eval_cancel_error")) expect(limited).toBe(whole);
    },
  );
});

interface GeneratedRule {
  readonly head: string;
  readonly body: readonly string[];
}

/** Rules `r0`, `r1`, … of the package `t`; each may use those before it. */
function program(): fc.Arbitrary<readonly GeneratedRule[]> {
  return fc
    .array(fc.tuple(fc.nat(4), fc.nat(3), fc.array(literal(), { minLength: 1, maxLength: 4 })), {
      minLength: 1,
      maxLength: 8,
    })
    .map((rules) =>
      rules.map(([kind, constant, literals], i) => ({
        head: heads(i, constant)[kind % 5] as string,
        // Undeclared variables, since a declaration must stand before its uses.
        body: ["x = input.xs[_]", ...new Set(literals.map((make) => make(i)))],
      })),
    );
}

function heads(i: number, constant: number): readonly string[] {
  return [
    `c${i % 3} := ${constant} if`,
    `s${i % 2} contains x if`,
    `o${i % 2}[x] := ${constant} if`,
    `b${i % 2} if`,
    `o${i % 2}[x].y := x if`,
  ];
}

/** A literal of the `i`th rule. It names rules of other packages only, so that there is no recursion. */
function literal(): fc.Arbitrary<(i: number) => string> {
  const number = fc.nat(3);
  return fc.oneof(
    number.map((n) => () => `x == ${n}`),
    number.map((n) => () => `input.a == ${n}`),
    number.map((n) => () => `input.b.c == ${n}`),
    number.map((n) => () => `not x == ${n}`),
    number.map((n) => () => `x > ${n}`),
    number.map((n) => () => `data.lib.f(x) == ${n}`),
    number.map((n) => () => `data.lib.big[x + ${n}]`),
    number.map((n) => (i: number) => `input.xs[x] = y${i}_${n}`),
    number.map((n) => () => `count({v | some v in input.xs; v >= ${n}}) > 1`),
    number.map((n) => () => `every e in input.xs { e >= ${n - 1} }`),
    number.map((n) => (i: number) => `d${i}_${n} = data.base[${n}]`),
    number.map((n) => () => `data.lib.allow with input.a as ${n}`),
    number.map((n) => (i: number) => `data.lib.pairs[{"n": n${i}_${n}, "of": "${OF[n]}"}]`),
    fc.constant(() => "x in data.lib.big"),
    fc.constant(() => "data.base[_].id == x"),
  );
}

/** Under some of them are numbers, under others none; not all are keys of the input. */
const OF = ["xs", "ids", "fixed", "nothing"];

const LIBRARY = `package lib
f(0) := 0
f(n) := m if { n > 0; m := n - 1 }
big contains n if { some n in input.xs; n > 1 }
default allow := false
allow if input.a == 1
allow if { some n in input.xs; n == 2; input.a == 2 }
pairs contains {"n": n, "of": of} if some n in input.by[of]
pairs contains {"n": n, "of": "fixed"} if { some n in input.xs; n != input.a }
pairs contains {"n": f(n), "of": of} if { some n in input.by[of]; of != "ids" }
pairs contains n if some n in input.xs
`;

function moduleText(rules: readonly GeneratedRule[]): string {
  return ["package t", ...rules.map(({ head, body }) => `${head} { ${body.join("; ")} }`)].join("\n");
}

function documents(): fc.Arbitrary<EvalOptions> {
  const number = fc.nat(3);
  return fc
    .record({
      xs: fc.array(number, { maxLength: 4 }),
      a: number,
      c: number,
      ids: fc.array(number, { maxLength: 4 }),
    })
    .map(({ xs, a, c, ids }) => ({
      input: { xs, a, b: { c }, by: { xs, ids } },
      data: { base: ids.map((id) => ({ id })) },
    }));
}

/** The value of the package, or the error with its place. Twice: caches that outlive an evaluation must not show. */
function resultOf(
  source: string,
  documents: EvalOptions,
  options: PrepareOptions,
  more: EvalOptions = {},
): string {
  const rego = createRego({
    modules: [
      { name: "t.rego", source },
      { name: "lib.rego", source: LIBRARY },
    ],
  });
  // A generated program may have conflicting kinds of rules: then it has no results at all.
  if (rego.errors.length > 0) return "does not compile";
  const prepared = rego.prepareRule(["t"], options);
  prepared.eval({ ...documents, ...more });
  const { value, errors } = prepared.eval({ ...documents, ...more });
  return errors[0] ? formatError(errors[0]) : printValue(value as Value);
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  const start = ((by % items.length) + items.length) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

it.each([
  ["a set", "contains [x, y]"],
  ["an object", "[x] := y"],
])("of several errors in %s whose clauses begin alike the first by clauses is told", (_what, head) => {
  const clause = (wanted: number): string => `p ${head} if { x := input.xs[_]; x == ${wanted}; y := f(x) }`;
  const source = `package t
f(x) := 1 if x > 0
f(x) := x if x > 1
${clause(3)}
${clause(2)}`;
  const found = (options: PrepareOptions) => {
    const rego = createRego({ modules: [{ name: "t.rego", source }] });
    return rego
      .prepareRule(["t", "p"], options)
      .eval({ input: { xs: [2, 3] } })
      .errors.map(formatError);
  };
  expect(found({})).toEqual(found({ strictBuiltinErrors: true }));
  expect(found({ generateCode: true })).toEqual(found({}));
  expect(found({})).toHaveLength(1);
});
