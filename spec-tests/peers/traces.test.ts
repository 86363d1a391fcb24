import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  createRego,
  prettyTrace,
  selectEvents,
  TraceRecorder,
  type PlainObject,
  type Value,
} from "@portcullis/interpreter";
import { nodeHost } from "@portcullis/interpreter/node";
import { opaBinary } from "../bench/opa.ts";
import { TRACED_PROGRAMS, type TracedProgram } from "./traced-programs.ts";

type TraceMode = Parameters<typeof selectEvents>[1];

const opa = opaBinary();
if (!opa)
  console.warn(`OPA_BIN is not set: ${TRACED_PROGRAMS.length} programs are not compared with OPA's traces`);

const folder = mkdtempSync(join(tmpdir(), "portcullis-traces-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MODES: readonly { readonly mode: TraceMode; readonly vars: boolean }[] = [
  { mode: "full", vars: true },
  { mode: "fails", vars: false },
  { mode: "notes", vars: false },
];

describe.skipIf(!opa)("traces are those of opa eval --explain, byte for byte", () => {
  it.each(TRACED_PROGRAMS)("$name", (program) => {
    for (const { mode, vars } of MODES) {
      const ours = ourTrace(program, mode, vars);
      // What follows the trace is the result.
      const theirs = opaOutput(program, mode, vars).slice(0, ours.length);
      expect(wildcardsInOrder(theirs)).toBe(wildcardsInOrder(ours));
      if (mode === "full") expect(ours).not.toBe("");
    }
  });
});

/** OPA sorts the vars of a row by name with an unstable sort: the order among several `_` changes from run to run. */
function wildcardsInOrder(trace: string): string {
  return trace.replace(/(?<=[{ ])_: [^,{}[\]]+(?:, _: [^,{}[\]]+)+/g, (run) =>
    run.split(", ").toSorted().join(", "),
  );
}

function ourTrace({ rules, query, input, data }: TracedProgram, mode: TraceMode, vars: boolean): string {
  const recorder = new TraceRecorder({ locals: vars });
  const rego = createRego({
    modules: [{ name: "a.rego", source: `package a\n${rules}` }],
    host: nodeHost(),
    print: true,
  });
  const prepared = rego.prepare(query, { observers: [recorder] });
  expect(prepared.errors).toEqual([]);
  prepared.eval({ input: input as Value | undefined, data: (data ?? {}) as PlainObject });
  return prettyTrace(selectEvents(recorder.events, mode), { vars });
}

function opaOutput({ rules, query, input, data }: TracedProgram, mode: TraceMode, vars: boolean): string {
  writeFileSync(join(folder, "a.rego"), `package a\n${rules}`);
  const args = ["eval", "--format", "pretty", `--explain=${mode}`, "--data", "a.rego"];
  if (vars) args.push("--var-values");
  if (input !== undefined) {
    writeFileSync(join(folder, "input.json"), JSON.stringify(input));
    args.push("--input", "input.json");
  }
  if (data !== undefined) {
    writeFileSync(join(folder, "data.json"), JSON.stringify(data));
    args.push("--data", "data.json");
  }
  return spawnSync(opa as string, [...args, query], { cwd: folder, encoding: "utf8" }).stdout;
}
