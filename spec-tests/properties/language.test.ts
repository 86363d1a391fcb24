import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  compare,
  createRego,
  equals,
  formatError,
  parseJson,
  parseModule,
  parseTerm,
  parseValue,
  printValue,
  writeJson,
  type EvalOptions,
  type Observer,
  type PlainObject,
  type PrepareOptions,
  type RegoVersion,
  type Value,
} from "@portcullis/interpreter";
import { formatSource } from "../../interpreter/src/syntax/fmt.ts";
import { printModule, printTerm } from "../../interpreter/src/syntax/print.ts";
import { arbitraryValue } from "../../interpreter/src/testing/arbitrary-value.ts";
import { randomChoices } from "../differential/generate/choices.ts";
import { LIBRARY, program, type Program } from "../differential/generate/program.ts";
import { sourceShape } from "./source-shape.ts";

/** How many programs each law is tried on: `PROPERTY_RUNS=5000 npm test -- spec-tests/properties`. */
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 40);
/** `PROPERTY_SEED=7` tries others. */
const settings = { numRuns: RUNS, seed: Number(process.env["PROPERTY_SEED"] ?? 1) };

/** Programs of every construct, as the differential test makes them. */
const programs: fc.Arbitrary<Program> = fc.nat({ max: 2 ** 30 }).map((seed) => program(randomChoices(seed)));

describe("text", () => {
  test.prop([programs], settings)(
    "what a module prints as parses to the same module",
    ({ modules, version }) => {
      for (const { source } of modules) {
        const shape = shapeOf(source, version);
        if (shape === undefined) continue;
        const parsed = parseModule({ name: "t", source, version });
        const printed = parsed.ok ? printModule(parsed.module) : "";
        expect({ printed, shape: shapeOf(printed, version) }).toEqual({ printed, shape });
      }
    },
  );

  test.prop([programs], settings)("formatting keeps the module and is idempotent", ({ modules, version }) => {
    for (const { source } of modules) {
      const shape = shapeOf(source, version);
      if (shape === undefined) continue;
      const once = formatted(source, version);
      expect({ once, shape: shapeOf(once, version) }).toEqual({ once, shape });
      expect(formatted(once, version)).toBe(once);
    }
  });

  test.prop([arbitraryValue], settings)("a value that is printed is read as itself", (value) => {
    const read = parseValue(printValue(value));
    expect(read.ok && equals(read.value, value)).toBe(true);
    const term = parseTerm(printValue(value));
    expect(term.ok && parseValue(printTerm(term.term)).ok).toBe(true);
  });

  test.prop([fc.json()], settings)("JSON is read and written exactly", (text) => {
    const read = parseJson(text);
    const again = read.ok ? parseJson(writeJson(read.value)) : read;
    expect(read.ok && again.ok && equals(read.value, again.value)).toBe(true);
  });

  test.prop([fc.stringMatching(/^-?(0|[1-9]\d{0,40})(\.\d{1,40})?([eE][+-]?\d{1,3})?$/)], settings)(
    "every digit of a number in JSON is kept",
    (text) => {
      const read = parseJson(`[${text}]`);
      expect(read.ok && writeJson(read.value)).toBe(text === "-0" ? "[-0]" : `[${text}]`);
    },
  );
});

describe("order", () => {
  test.prop([arbitraryValue, arbitraryValue, arbitraryValue], settings)("is total", (a, b, c) => {
    expect(Math.sign(compare(a, b))).toBe(0 - Math.sign(compare(b, a)));
    expect(compare(a, b) === 0).toBe(equals(a, b));
    if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
  });
});

describe("evaluation", () => {
  const silent: Observer = { event: () => undefined };
  const mixes: readonly (readonly [string, PrepareOptions])[] = [
    ["without early exit", { earlyExit: false }],
    ["without rule index", { ruleIndex: false }],
    ["with an observer", { observers: [silent] }],
    [
      "with an observer, without index and early exit",
      { observers: [silent], ruleIndex: false, earlyExit: false },
    ],
  ];

  test.prop([programs], settings)("gives the same whatever speeds it up or watches it", (one) => {
    const plain = resultOf(one, {});
    for (const [name, options] of mixes) {
      const other = resultOf(one, options);
      // OPA's index may spare a policy an error, and what watches evaluates in another order: an error stays an error or goes.
      if (!plain.startsWith("error") && !other.startsWith("error"))
        expect({ name, value: other }).toEqual({ name, value: plain });
    }
  });

  test.prop([programs], settings)(
    "is deterministic, and leaves nothing behind that a second run sees",
    (one) => {
      const first = resultOf(one, {});
      expect(resultOf(one, {})).toBe(first);
      expect(resultOf(one, {}, 2)).toBe(first);
    },
  );

  test.prop([programs, fc.nat({ max: 400 })], settings)(
    "a budget ends it or leaves its result alone",
    (one, steps) => {
      const whole = resultOf(one, {});
      const limited = resultOf(one, {}, 1, { steps });
      if (!limited.startsWith("error eval_cancel_error")) expect(limited).toBe(whole);
    },
  );

  test.prop([fc.constantFrom(...loops()), fc.constantFrom(...loops()), fc.nat({ max: 5_000 })], settings)(
    "a budget ends every loop, also one within another",
    (loop, outer, steps) => {
      const source = `package t\n\nxs := numbers.range(1, 100)\n\np if {\n\tcount([1 | ${outer}]) >= 0\n}\n\np if {\n\t${loop}\n\tfalse\n}\n`;
      const rego = createRego({ modules: [{ name: "t.rego", source }] });
      expect(rego.errors).toEqual([]);
      const { errors } = rego.prepareRule(["t", "p"]).eval({ budget: { steps, elements: 5_000 } });
      expect(errors.map(({ code }) => code)).toEqual(["eval_cancel_error"]);
    },
  );
});

describe("the order of a body", () => {
  const literal = fc.constantFrom(
    "x = input.xs[_]",
    "x > 1",
    "y = x + 1",
    "z = [x, y]",
    "not x == 2",
    "count(z) == 2",
    "w = {v | v = input.xs[_]; v >= x}",
    "w[y]",
    "data.lib.pair(x, y) = [_, u]",
    "u != 4",
    "[k, 1] = input.rows[_]",
    "input.o[k] = x",
    "every e in input.xs { e < 9 }",
    "walk(input.o, [path, x])",
    "t = sprintf(`%v`, [w])",
  );

  test.prop([fc.uniqueArray(literal, { minLength: 2, maxLength: 8 }), fc.integer()], settings)(
    "changes no result",
    (body, seed) => {
      const input: Value = {
        xs: [1, 2, 3],
        o: { a: 2, b: 3 },
        rows: [
          ["a", 1],
          ["b", 2],
          ["b", 1],
        ],
      };
      const valueOf = (lines: readonly string[]): string => {
        const source = `package t\n\nimport data.lib\n\nr contains [x, y] if {\n\tx = input.xs[_]\n\t${lines.join("\n\t")}\n\ty = x + 1\n}\n`;
        const rego = createRego({
          modules: [
            { name: "t.rego", source },
            { name: "lib.rego", source: LIBRARY },
          ],
        });
        const { value, errors } = rego.prepareRule(["t", "r"]).eval({ input });
        const first = rego.errors[0] ?? errors[0];
        return first ? first.code : printValue(value ?? null);
      };
      expect(valueOf(shuffled(body, seed))).toBe(valueOf(body));
    },
  );
});

it("the generator reaches programs that compile", () => {
  const compiled = Array.from({ length: 100 }, (_, seed) => resultOf(program(randomChoices(seed)), {}));
  expect(compiled.filter((result) => !result.startsWith("does not compile")).length).toBeGreaterThan(30);
});

/** The value of the whole package, or the first error. */
function resultOf(
  one: Program,
  options: PrepareOptions,
  times = 1,
  budget: EvalOptions["budget"] = {},
): string {
  const { version } = one;
  const rego = createRego({
    modules: [
      { name: "lib", source: LIBRARY, version },
      ...one.modules.map((module) => ({ ...module, version })),
    ],
  });
  const [fault] = rego.errors;
  if (fault) return `does not compile: ${formatError(fault)}`;
  const prepared = rego.prepareRule(["t"], options);
  const input = json(one.input);
  const data = { base: json(one.base) } as PlainObject;
  const limits = { steps: 60_000, elements: 30_000, ...budget };
  let result = prepared.eval({ input, data, budget: limits });
  for (let i = 1; i < times; i++) result = prepared.eval({ input, data, budget: limits });
  const [error] = result.errors;
  return error ? `error ${error.code}: ${error.message}` : printValue(result.value ?? null);
}

function json(text: string): Value {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : null;
}

/** What a module means, without its layout; undefined where it does not parse. */
function shapeOf(source: string, version: RegoVersion): string | undefined {
  const parsed = parseModule({ name: "t", source, version });
  return parsed.ok ? JSON.stringify(sourceShape(parsed.module)) : undefined;
}

function formatted(source: string, version: RegoVersion): string {
  const result = formatSource({ name: "t", source, version });
  return result.ok ? result.text : formatError(result.errors[0] as Parameters<typeof formatError>[0]);
}

/** Literals that take more steps than any test's budget. */
function loops(): readonly string[] {
  return [
    "some a in xs; some b in xs; some c in xs; a + b + c < 0",
    "count([1 | some a in xs; some b in xs; some c in xs; a != b; b != c]) < 0",
    "count({[a, b, c] | some a in xs; some b in xs; some c in xs}) < 0",
    "every a in xs { every b in xs { every c in xs { a + b + c > 0 } } }",
    "not count(numbers.range(1, 1000000)) > 0",
    "walk([[a, b] | some a in xs; some b in xs], [_, 0.5])",
    'contains(concat("", ["x" | some a in xs; some b in xs; a != b]), "y")',
  ];
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const c = randomChoices(seed);
  const left = [...items];
  return items.map(() => left.splice(c.below(left.length), 1)[0] as T);
}
