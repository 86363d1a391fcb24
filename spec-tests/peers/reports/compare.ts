import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeJson } from "@portcullis/interpreter";
import { runRego } from "../../../interpreter/src/cli/commands.ts";
import type { TracedQuery } from "../traces/corpus.ts";

/** How long one evaluation of OPA may take. */
const LONGEST_MS = 60_000;

/** What `eval --format json` tells besides the results. */
export type ReportKind = "coverage" | "profile" | "metrics";

export const REPORT_KINDS: readonly ReportKind[] = ["coverage", "profile", "metrics"];

/** The flags that ask for a report. */
const FLAGS: Readonly<Record<ReportKind, readonly string[]>> = {
  coverage: ["--coverage"],
  // Times differ: nothing may be cut off, and the order is that of places.
  profile: ["--profile-limit", "0", "--profile-sort", "file", "--profile-sort", "line"],
  metrics: ["--metrics"],
};

/** One report of both, as text with a value a line. */
export interface BothReports {
  readonly ours: string;
  readonly theirs: string;
}

/** What a query is asked with, in files of a folder. */
export interface WrittenQuery {
  readonly folder: string;
  readonly args: readonly string[];
}

/** Writes the files of a query into a folder, which is made anew. */
export function writeQuery(query: TracedQuery, folder: string): WrittenQuery {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args: string[] = [];
  if (query.version === "v0") args.push("--v0-compatible");
  query.modules.forEach((source, i) => {
    writeFileSync(join(folder, `m${i}.rego`), source);
    args.push("--data", `m${i}.rego`);
  });
  if (query.input !== undefined) {
    writeFileSync(join(folder, "input.json"), writeJson(query.input));
    args.push("--input", "input.json");
  }
  if (query.data !== undefined) {
    writeFileSync(join(folder, "data.json"), writeJson(query.data));
    args.push("--data", "data.json");
  }
  return { folder, args: [...args, query.query] };
}

/**
 * A report of `rego eval` and of `opa eval`; undefined where the query does not compile. The working directory must be the
 * folder of the query: the files' names are part of reports.
 */
export async function bothReports(
  { folder, args }: WrittenQuery,
  kind: ReportKind,
  opa: string,
): Promise<BothReports | undefined> {
  const command = ["eval", "--format", "json", ...FLAGS[kind], ...args];
  let out = "";
  await runRego(command, { stdin: () => Buffer.of(), out: (text) => (out += text), err: () => undefined });
  const ours = JSON.parse(out) as Output;
  if (ours.errors?.some(({ code = "" }) => code.startsWith("rego_"))) return undefined;
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30, timeout: LONGEST_MS } as const;
  const { stdout, error } = spawnSync(opa, command, options);
  if (error) throw new Error(`opa: ${error.message}`);
  const theirs = JSON.parse(stdout) as Output;
  return { ours: shown(ours[kind]), theirs: shown(theirs[kind]) };
}

interface Output extends Partial<Record<ReportKind, unknown>> {
  readonly errors?: readonly { readonly code?: string }[];
}

/** A value a line. Times say nothing but that they were taken. */
function shown(report: unknown): string {
  const withoutTimes = (key: string, value: unknown): unknown =>
    key.endsWith("_ns") ? (NOT_MEASURED.has(key) ? undefined : 0) : value;
  return JSON.stringify(report, withoutTimes, 1) ?? "";
}

/** Reading base documents is no phase of its own here. */
const NOT_MEASURED: ReadonlySet<string> = new Set(["timer_rego_external_resolve_ns"]);
