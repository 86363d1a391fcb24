import {
  builtins,
  compare,
  createRego,
  defaultCapabilities,
  equals,
  formatError,
  formatErrors,
  isArray,
  ObjectBuilder,
  parseJson,
  parseValue,
  printValue,
  RegoSet,
  writeJson,
  type Builtin,
  type EvalOptions,
  type PlainObject,
  type PreparedQuery,
  type Value,
} from "@portcullis/interpreter";
import { hostCalls, nodeHost } from "@portcullis/interpreter/node";
import type { OpaCase } from "./cases.ts";

/** Runs one case through the interpreter's public door. Returns undefined when it passes, else the reason why not. */
export async function runCase(testCase: OpaCase): Promise<string | undefined> {
  try {
    return await judge(testCase);
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" | ") : String(error)}`;
  }
}

async function judge(testCase: OpaCase): Promise<string | undefined> {
  const rego = createRego({
    modules: testCase.modules.map((source, i) => ({
      name: `test-${i}.rego`,
      source,
      version: testCase.suite === "v0" ? "v0" : "v1",
    })),
    builtins: builtinsOfTheSuite,
    capabilities: testCase.experimentalKeywords ? experimental : capabilities,
    host,
  });
  if (rego.errors.length > 0) return `modules: ${formatErrors(rego.errors)}`;
  let input = testCase.input;
  if (testCase.inputTerm !== undefined) {
    const term = parseValue(testCase.inputTerm);
    if (!term.ok) return `input_term: ${formatErrors(term.errors)}`;
    input = term.value;
  }
  const options = input === undefined ? { data: testCase.data } : { data: testCase.data, input };
  const settings = { strictBuiltinErrors: testCase.strictError };
  const reason = await judgeQuery(testCase, rego.prepare(testCase.query, settings), options);
  if (reason !== undefined) return reason;
  // What runs often runs as code made for it: it must not show.
  const generated = rego.prepare(testCase.query, { ...settings, generateCode: true });
  const otherReason = await judgeQuery(testCase, generated, options);
  return otherReason === undefined ? undefined : `with generated code: ${otherReason}`;
}

async function judgeQuery(
  testCase: OpaCase,
  query: PreparedQuery,
  options: EvalOptions,
): Promise<string | undefined> {
  if (query.errors.length > 0) return `query: ${formatErrors(query.errors)}`;
  const outcome = await query.evalAsync(options, hostCalls(new Map()));
  const error = outcome.errors[0];
  const { wantError, wantErrorCode, wantResult, wantDefined } = testCase;
  if (wantErrorCode !== undefined && error?.code !== wantErrorCode) {
    return `wanted code ${wantErrorCode}, got ${error ? formatError(error) : "no error"}`;
  }
  if (wantError !== undefined && !(error && formatError(error).includes(wantError))) {
    return `wanted error ${JSON.stringify(wantError)}, got ${error ? formatError(error) : "no error"}`;
  }
  if (error && wantErrorCode === undefined && wantError === undefined) return `error: ${formatError(error)}`;

  // The suite runs the evaluator itself: there an expression that is false ends the body. The query API shows it instead.
  const results = outcome.results.filter((result) =>
    result.expressions.every(({ value }) => value !== false),
  );
  if (wantDefined !== undefined && results.length > 0 !== wantDefined) {
    return `wanted ${wantDefined ? "a" : "no"} result, got ${results.length}`;
  }
  if (wantResult === undefined) return undefined;
  const wanted = new RegoSet(wantResult.map((entry) => unordered(entry, testCase)));
  const got = new RegoSet(results.map((result) => comparable(result.bindings, testCase)));
  return equals(wanted, got) ? undefined : `wanted ${printValue(wanted)}, got ${printValue(got)}`;
}

/** A result as the suite compares it: through JSON, so that sets are arrays and keys are strings. */
function comparable(bindings: Readonly<Record<string, Value>>, testCase: OpaCase): Value {
  const entry = new ObjectBuilder();
  for (const [name, value] of Object.entries(bindings)) {
    if (testCase.ignoreGeneratedVars && name.startsWith("__localq")) continue;
    const parsed = parseJson(writeJson(value));
    if (!parsed.ok) throw new Error(`result is no JSON: ${parsed.error.message}`);
    const json = parsed.value;
    entry.set(name, testCase.sortBindings && isArray(json) ? [...json].sort(compare) : json);
  }
  return unordered(entry.build() as PlainObject, testCase);
}

/** The WebAssembly suite lists the elements of sets in no order, so there no order of an array is compared. */
function unordered(entry: PlainObject, testCase: OpaCase): PlainObject {
  if (testCase.suite !== "extras/wasm") return entry;
  const sorted = Object.entries(entry).map(([name, value]) => [
    name,
    isArray(value) ? [...value].sort(compare) : value,
  ]);
  return Object.fromEntries(sorted) as PlainObject;
}

/** Builtins that OPA's test programs register besides their own. */
const testBuiltins: readonly Builtin[] = [
  {
    name: "test.sleep",
    decl: { args: [{ type: "string" }], result: { type: "null" } },
    description: "Sleeps for the duration given as a string of milliseconds, such as `10ms`.",
    categories: ["testing"],
    run: ([duration]) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number.parseInt(String(duration), 10));
      return null;
    },
  },
  {
    name: "custom_builtin_test",
    decl: { args: [{ type: "number" }], result: { type: "number" } },
    description: "One more than the argument.",
    categories: ["testing"],
    run: ([n]) => (typeof n === "number" ? n + 1 : undefined),
  },
  {
    name: "custom_builtin_test_impure",
    decl: { args: [], result: { type: "string" } },
    description: "Always `foo`.",
    categories: ["testing"],
    nondeterministic: true,
    run: () => "foo",
  },
  {
    name: "custom_builtin_test_memoization",
    decl: { args: [], result: { type: "number" } },
    description:
      "100 when first called in a query, something else after that: a rule that calls it must run once.",
    categories: ["testing"],
    nondeterministic: true,
    run: (_, context) => {
      if (context.queryCache.has("memoization")) return 101;
      context.queryCache.set("memoization", true);
      return 100;
    },
  },
];
const builtinsOfTheSuite = new Map([...builtins, ...testBuiltins.map((row) => [row.name, row] as const)]);
const capabilities = defaultCapabilities(builtinsOfTheSuite);
const experimental = { ...capabilities, future_keywords: [...capabilities.future_keywords, "and", "or"] };

const host = nodeHost();
