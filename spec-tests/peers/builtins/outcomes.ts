import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createRego,
  getOwn,
  parseJson,
  writeJson,
  toJsonValue,
  type PlainObject,
  type RegoVersion,
  type Value,
} from "@portcullis/interpreter";
import { nodeHost } from "@portcullis/interpreter/node";
import type { CallTable } from "./calls.ts";
import { moduleText, ruleName, type CallModule } from "./module-text.ts";

/** What came of one call: its result and the result's Rego text, its errors, or neither where it is undefined. */
export type Outcome = string;

/** The outcomes of a table's calls under a real OPA, all errors of builtins collected. */
export function opaOutcomes(opa: string, table: CallTable): readonly Outcome[] {
  return outcomesOf(table, (module) => evaluateByOpa(opa, module, table.version));
}

/** The same under our evaluator. */
export function ourOutcomes(table: CallTable): readonly Outcome[] {
  return outcomesOf(table, (module) => evaluate(module, table.version));
}

/** What one module came to. */
interface Evaluation {
  readonly rules: PlainObject;
  readonly errors: readonly { readonly code: string; readonly message: string; readonly row: number }[];
  /** What ended everything, so that nothing is known of the single calls. */
  readonly fatal: string | undefined;
}

/** Where a call ends the whole evaluation, halves the table until it stands alone. */
function outcomesOf(table: CallTable, evaluated: (module: CallModule) => Evaluation): readonly Outcome[] {
  const module = moduleText(table);
  const { rules, errors, fatal } = evaluated(module);
  if (fatal === undefined) return outcomesByCall(module, rules, errors);
  if (table.calls.length === 1) return [`ends the evaluation: ${fatal}`];
  const middle = Math.ceil(table.calls.length / 2);
  const halves = [table.calls.slice(0, middle), table.calls.slice(middle)];
  return halves.flatMap((calls) => outcomesOf({ ...table, calls }, evaluated));
}

function evaluateByOpa(opa: string, module: CallModule, version: RegoVersion): Evaluation {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-calls-"));
  try {
    const file = join(folder, "calls.rego");
    writeFileSync(file, module.text);
    const flags = ["--format", "json", "--show-builtin-errors", "--data", file];
    const output = run(opa, [
      "eval",
      ...(version === "v0" ? ["--v0-compatible"] : []),
      ...flags,
      "data.calls",
    ]);
    if (typeof output === "string") return { rules: {}, errors: [], fatal: output };
    const report = objectOf(output);
    const errors = arrayOf(report["errors"]).map((error) => {
      const { code, message, location } = objectOf(error);
      return { code: String(code), message: String(message), row: Number(objectOf(location)["row"]) };
    });
    return { rules: rulesOf(report), errors, fatal: fatalOf(errors) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function evaluate(module: CallModule, version: RegoVersion): Evaluation {
  const modules = [{ name: "calls.rego", source: module.text, version }];
  // An observer, or a call whose result nobody needs could keep its error to itself.
  const prepared = createRego({ modules, host: nodeHost(), print: true }).prepare("data.calls", {
    observers: [{ event: () => {} }],
  });
  const { results, errors, builtinErrors } = prepared.eval();
  const value = results[0]?.expressions[0]?.value;
  const told = [...errors, ...builtinErrors].map(({ code, message, location }) => ({
    code,
    message,
    row: location?.row ?? 0,
  }));
  return {
    rules: objectOf(value === undefined ? {} : toJsonValue(value)),
    errors: told,
    fatal: fatalOf(told),
  };
}

function outcomesByCall(
  module: CallModule,
  rules: PlainObject,
  errors: Evaluation["errors"],
): readonly Outcome[] {
  const told = new Map<number, Set<string>>();
  for (const { code, message, row } of errors) {
    const index = row - module.firstRow;
    // JSON shows bytes that are no text as U+FFFD.
    told.set(index, (told.get(index) ?? new Set()).add(`${code}: ${message}`.toWellFormed()));
  }
  return module.calls.map((_, index) => {
    const value = getOwn(rules, ruleName(index));
    const failures = [...(told.get(index) ?? [])].toSorted().join("; ");
    if (value !== undefined)
      return failures === "" ? writeJson(value) : `${writeJson(value)} with ${failures}`;
    return failures === "" ? "undefined" : failures;
  });
}

function fatalOf(errors: Evaluation["errors"]): string | undefined {
  const fatal = errors.find(({ code }) => code !== "eval_builtin_error" && code !== "eval_type_error");
  return fatal && `${fatal.code}: ${fatal.message}`;
}

/** What OPA printed as JSON; a string of its own making where it printed none. */
function run(opa: string, args: readonly string[]): Value {
  let output: string;
  try {
    output = execFileSync(opa, args, {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      timeout: 20_000,
      stdio: "pipe",
    });
  } catch (error) {
    // Exit code 2 comes with a report, but for faults while the report is printed.
    const { stdout, stderr } = error as { stdout?: unknown; stderr?: unknown };
    output = String(stdout ?? "");
    if (output === "") return String(stderr).trim();
  }
  const parsed = parseJson(output);
  if (!parsed.ok) throw new Error(`opa printed no JSON: ${output.slice(0, 500)}`);
  return parsed.value;
}

function rulesOf(report: PlainObject): PlainObject {
  const [result] = arrayOf(report["result"]);
  const [expression] = arrayOf(objectOf(result ?? {})["expressions"]);
  return objectOf(objectOf(expression ?? {})["value"]);
}

function objectOf(value: Value | undefined): PlainObject {
  return (value ?? {}) as PlainObject;
}

function arrayOf(value: Value | undefined): readonly Value[] {
  return (value ?? []) as readonly Value[];
}
