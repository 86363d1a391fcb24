import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createRego,
  formatErrors,
  prettyTrace,
  selectEvents,
  TraceRecorder,
  writeJson,
} from "@portcullis/interpreter";
import { nodeHost } from "@portcullis/interpreter/node";
import type { TracedQuery } from "./corpus.ts";

type TraceMode = Exclude<Parameters<typeof selectEvents>[1], readonly unknown[]>;

/** How long one trace of OPA may take. */
const LONGEST_MS = 60_000;

/** One way to print a trace; `vars` for the column with the values of variables. */
export interface TraceForm {
  readonly mode: TraceMode;
  readonly vars: boolean;
}

export const FORMS: readonly TraceForm[] = [
  { mode: "full", vars: true },
  { mode: "debug", vars: true },
  { mode: "fails", vars: false },
  { mode: "notes", vars: false },
];

export interface Traces {
  readonly ours: string;
  readonly theirs: string;
}

/** A trace of ours and of `opa eval --explain`; undefined where ours does not compile. */
export function bothTraces(
  traced: TracedQuery,
  form: TraceForm,
  opa: string,
  folder: string,
): Traces | undefined {
  const ours = ourTrace(traced, form);
  if (ours === undefined) return undefined;
  return { ours: wildcardsInOrder(ours), theirs: wildcardsInOrder(opaTrace(traced, form, opa, folder)) };
}

/**
 * OPA sorts the vars of a row by name with an unstable sort: the order among several `_` changes from run to run. A value may be cut
 * anywhere, so that only names tell where the next one begins.
 */
function wildcardsInOrder(trace: string): string {
  return trace.replace(/(?<= \{|, )_: .*, _: .*(?=\}$)/gm, (vars) => {
    const entries = vars.split(/, (?=[_a-z][\w.]*(?:\[[^\]]*\])*: )/);
    const isWildcard = (entry: string): boolean => entry.startsWith("_: ");
    return [...entries.filter(isWildcard).toSorted(), ...entries.filter((entry) => !isWildcard(entry))].join(
      ", ",
    );
  });
}

export function ourTrace(
  { modules, version, query, input, data }: TracedQuery,
  form: TraceForm,
): string | undefined {
  const { mode, vars } = form;
  const recorder = new TraceRecorder({ locals: vars, unifications: mode === "debug" });
  const rego = createRego({
    modules: modules.map((source, i) => ({ name: nameOf(i), source, version })),
    host: nodeHost(),
    print: true,
  });
  const prepared = rego.prepare(query, { observers: [recorder], version });
  if (prepared.errors.length > 0) return undefined;
  const { errors } = prepared.eval({ input, data: data ?? {} });
  const internal = errors.find(({ code }) => code === "eval_cancel_error" || code === "eval_internal_error");
  if (internal) throw new Error(formatErrors([internal]));
  return prettyTrace(selectEvents(recorder.events, mode), { vars });
}

function nameOf(i: number): string {
  return `m${i}.rego`;
}

function opaTrace(
  { modules, version, query, input, data }: TracedQuery,
  { mode, vars }: TraceForm,
  opa: string,
  folder: string,
): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ["eval", "--format", "pretty", `--explain=${mode}`];
  if (version === "v0") args.push("--v0-compatible");
  if (vars) args.push("--var-values");
  modules.forEach((source, i) => {
    writeFileSync(join(folder, nameOf(i)), source);
    args.push("--data", nameOf(i));
  });
  if (input !== undefined) {
    writeFileSync(join(folder, "input.json"), writeJson(input));
    args.push("--input", "input.json");
  }
  if (data !== undefined) {
    writeFileSync(join(folder, "data.json"), writeJson(data));
    args.push("--data", "data.json");
  }
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30, timeout: LONGEST_MS } as const;
  const { stdout, error } = spawnSync(opa, [...args, query], options);
  if (error) throw new Error(`opa: ${error.message}`);
  return traceOf(stdout);
}

/** What follows a trace is the result. */
function traceOf(output: string): string {
  const lines = output.split("\n");
  const end = lines.findIndex((line) => !EVENT_LINE.test(line));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => `${line}\n`)
    .join("");
}

const EVENT_LINE =
  /^(?:query|m\d+\.rego):\d+ +(?:\| )*(?:Enter|Eval|Redo|Exit|Fail|Index|Note|Unify|Duplicate) /;
