import { Command, Option } from "commander";
import { hostCalls } from "../node/host-calls.ts";
import { nodeHost } from "../node/host.ts";
import { CoverageRecorder, type CoverageReport } from "../observe/coverage.ts";
import { prettyTrace } from "../observe/pretty.ts";
import { ProfileRecorder, type ProfileEntry } from "../observe/profile.ts";
import { selectEvents, TraceRecorder, type TraceMode } from "../observe/trace.ts";
import type { Observer } from "../plan/events.ts";
import { createRego, type EvalResult, type Rego } from "../rego.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { FileError, loadFiles, readDocument, readText } from "./files.ts";
import { collect, duration, wholeNumber } from "./options.ts";
import {
  errorJson,
  FORMATS,
  indented,
  printErrors,
  renderResults,
  resultJson,
  table,
  type Format,
} from "./output.ts";

interface EvalFlags {
  readonly data?: readonly string[];
  readonly input?: string;
  readonly stdinInput?: boolean;
  readonly stdin?: boolean;
  readonly package?: string;
  readonly import?: readonly string[];
  readonly format: Format;
  readonly fail?: boolean;
  readonly failDefined?: boolean;
  readonly strict?: boolean;
  readonly strictBuiltinErrors?: boolean;
  readonly timeout?: number;
  readonly explain: TraceMode | "off";
  readonly varValues?: boolean;
  readonly coverage?: boolean;
  readonly profile?: boolean;
  readonly prettyLimit: number;
  readonly v0Compatible?: boolean;
}

/** `rego eval`: OPA's flags, output shapes and exit codes (0, 1 with `--fail…`, 2 on errors). */
export function evalCommand(): Command {
  return new Command("eval")
    .description("Evaluate a query, with policies, base documents and an input.")
    .argument("[query]", "Rego query; may come from standard input with --stdin")
    .option(
      "-d, --data <path>",
      "policies (.rego) and base documents (JSON, YAML): file or folder; may be repeated",
      collect,
    )
    .option("-i, --input <file>", "input document, JSON or YAML")
    .option("-I, --stdin-input", "read the input document from standard input")
    .option("--stdin", "read the query from standard input")
    .option("--package <path>", "evaluate the query inside this package, such as a.b")
    .option("--import <ref>", "import for the query; may be repeated", collect)
    .addOption(new Option("-f, --format <format>", "output format").choices(FORMATS).default("json"))
    .option("--fail", "exit with 1 when the query is undefined")
    .option("--fail-defined", "exit with 1 when the query is defined")
    .option("-S, --strict", "compile in strict mode")
    .option("--strict-builtin-errors", "let the first error of a builtin end the evaluation")
    .addOption(
      new Option("--explain <mode>", "tell how the result came about")
        .choices(["off", "full", "notes", "fails", "debug"])
        .default("off"),
    )
    .option("--var-values", "show the values of variables in explanations")
    .option("--coverage", "report which rules and expressions were reached")
    .option("--profile", "report time and evaluations by expression")
    .option("--timeout <duration>", "give up after this time, such as 5s", duration)
    .option("--pretty-limit <n>", "cut cells of pretty tables after n characters", wholeNumber, 80)
    .option("--v0-compatible", "policies and query are Rego v0")
    .option("--v1-compatible", "policies and query are Rego v1 (the default)")
    .addHelpText(
      "after",
      `
Examples:
  rego eval '1 + 1'
  rego eval -d policy.rego -i input.json 'data.example.allow'
  rego eval -d policies/ --format pretty 'x := data.example.names[_]'
  rego eval -d policy.rego -i input.json --format pretty --explain full 'data.example.allow'
  rego eval -d policy.rego --coverage --format json 'data.example'
  cat input.json | rego eval -I -d policy.rego --fail 'data.example.allow == true'`,
    )
    .action(async (query: string | undefined, flags: EvalFlags) => {
      process.exitCode = await evaluate(query, flags);
    });
}

/** Runs the command and returns its exit code. */
async function evaluate(queryArgument: string | undefined, flags: EvalFlags): Promise<number> {
  const version = flags.v0Compatible ? "v0" : "v1";
  let loaded;
  let query: string;
  let input: Value | undefined;
  try {
    loaded = loadFiles(flags.data ?? [], version);
    query = flags.stdin ? readText("-") : (queryArgument ?? "");
    if (flags.input !== undefined) input = readDocument(flags.input);
    else if (flags.stdinInput) input = readDocument("-");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return failBeforeStart(error.message, flags.format);
  }
  if (query.trim() === "") return failBeforeStart("a query is wanted: rego eval 'QUERY'", flags.format);

  const rego = createRego({
    modules: loaded.modules,
    host: nodeHost(),
    print: true,
    strict: flags.strict ?? false,
    dataPathExists: (path) => exists(loaded.data, path),
  });
  const watchers = new Watchers(flags);
  const prepared = rego.prepare(query, {
    observers: watchers.observers,
    strictBuiltinErrors: flags.strictBuiltinErrors ?? false,
    version,
    ...(flags.package === undefined ? {} : { package: flags.package }),
    ...(flags.import === undefined ? {} : { imports: flags.import }),
  });
  const outcome = await prepared.evalAsync(
    {
      input,
      data: loaded.data,
      onPrint: (line) => console.error(line),
      ...(flags.timeout === undefined ? {} : { budget: { milliseconds: flags.timeout } }),
    },
    hostCalls(new Map()),
  );
  return tell(outcome, watchers.reports(rego), flags);
}

/** Observers that the flags ask for, and what they saw. */
class Watchers {
  readonly observers: readonly Observer[];
  readonly #flags: EvalFlags;
  readonly #trace: TraceRecorder | undefined;
  readonly #coverage: CoverageRecorder | undefined;
  readonly #profile: ProfileRecorder | undefined;

  constructor(flags: EvalFlags) {
    this.#flags = flags;
    this.#trace =
      flags.explain === "off" ? undefined : new TraceRecorder({ locals: flags.varValues === true });
    this.#coverage = flags.coverage ? new CoverageRecorder() : undefined;
    this.#profile = flags.profile ? new ProfileRecorder(() => process.hrtime.bigint()) : undefined;
    this.observers = [this.#trace, this.#coverage, this.#profile].filter(
      (observer) => observer !== undefined,
    );
  }

  reports(rego: Rego): Reports {
    const { explain, varValues = false } = this.#flags;
    return {
      explanation:
        this.#trace && explain !== "off"
          ? prettyTrace(selectEvents(this.#trace.events, explain), { vars: varValues })
          : undefined,
      coverage: this.#coverage?.report(rego.coverable()),
      profile: this.#profile?.report(),
    };
  }
}

interface Reports {
  readonly explanation: string | undefined;
  readonly coverage: CoverageReport | undefined;
  readonly profile: readonly ProfileEntry[] | undefined;
}

function tell(outcome: EvalResult, reports: Reports, flags: EvalFlags): number {
  const { results, errors } = outcome;
  if (flags.format === "json" || flags.format === "discard") {
    const json: Record<string, unknown> = {};
    if (errors.length > 0) json["errors"] = errors.map(errorJson);
    else if (flags.format === "discard") json["result"] = "discarded";
    else if (results.length > 0) json["result"] = resultJson(results);
    if (reports.explanation !== undefined) json["explanation"] = reports.explanation.trimEnd().split("\n");
    if (reports.coverage) json["coverage"] = reports.coverage;
    if (reports.profile) json["profile"] = reports.profile;
    console.log(indented(json as PlainObject));
  } else {
    if (reports.explanation !== undefined) process.stdout.write(reports.explanation);
    if (errors.length > 0) printErrors(errors, flags.format);
    else {
      const text = renderResults(results, flags.format, flags.prettyLimit);
      if (text !== "") console.log(text);
    }
    if (reports.coverage) console.log(indented(reports.coverage as unknown as PlainObject));
    if (reports.profile) console.log(profileTable(reports.profile));
  }
  if (errors.length > 0) return 2;
  if (flags.fail && results.length === 0) return 1;
  return flags.failDefined && results.length > 0 ? 1 : 0;
}

function profileTable(rows: readonly ProfileEntry[]): string {
  return table(
    ["TIME", "NUM EVAL", "NUM REDO", "NUM GEN EXPR", "LOCATION"],
    rows.map((row) => [
      `${(row.total_time_ns / 1e3).toFixed(3)}µs`,
      String(row.num_eval),
      String(row.num_redo),
      String(row.num_gen_expr),
      `${row.location.file || "query"}:${row.location.row}`,
    ]),
  );
}

function failBeforeStart(message: string, format: Format): number {
  if (format === "pretty" || format === "raw") console.error(`error: ${message}`);
  else console.log(indented({ errors: [{ message }] }));
  return 2;
}

function exists(data: PlainObject, path: readonly string[]): boolean {
  let at: Value | undefined = data;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as PlainObject)[key];
  }
  return true;
}
