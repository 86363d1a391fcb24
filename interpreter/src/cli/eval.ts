import { createRego, type EvalResult, type PreparedQuery, type Rego } from "../rego.ts";
import type { Value } from "../value/value.ts";
import { CAPABILITIES_FLAG } from "./capabilities-file.ts";
import { defineCommand } from "./command.ts";
import { errorJson, problemText, tellProblems, type Problem } from "./errors.ts";
import { explanationJson } from "./eval/explanation.ts";
import { Metrics } from "./eval/metrics.ts";
import {
  aggregatedTable,
  coverageJson,
  coverageTable,
  metricsTable,
  profileJson,
  profileTable,
  Reports,
} from "./eval/reports.ts";
import { renderResults, resultJson } from "./eval/results.ts";
import {
  count,
  duration,
  ignored,
  list,
  on,
  oneOf,
  refused,
  text,
  texts,
  UsageError,
  type FlagValues,
} from "./flags.ts";
import { ALLOW_NET_FLAG, commandHost } from "./grants.ts";
import { networkFor } from "../node/network.ts";
import { fields, indented, type Report } from "./json.ts";
import { hasDocument } from "./load/document-tree.ts";
import { inputOf, readInput } from "./load/documents.ts";
import { LOAD_FLAGS, loadByFlags, VERSION_FLAGS, versionOf, type LoadedFiles } from "./load/load.ts";
import { FileError } from "./load/paths.ts";
import type { Terminal } from "./terminal.ts";

const SORTS = ["total_time_ns", "num_eval", "num_redo", "num_gen_expr", "file", "line"] as const;
const PARTIAL = "results are never partial here";

const FLAGS = {
  ...LOAD_FLAGS,
  input: text("FILE", "input document, JSON or YAML", "i"),
  "stdin-input": on("read the input document from standard input", "I"),
  stdin: on("read the query from standard input"),
  package: text("PATH", "evaluate the query inside this package, such as a.b"),
  import: texts("REF", "import for the query, such as data.lib; may be repeated"),
  format: oneOf(
    ["json", "values", "bindings", "pretty", "source", "raw", "discard"],
    "json",
    "how results are shown",
    "f",
  ),
  fail: on("exit with 1 when the query is undefined"),
  "fail-defined": on("exit with 1 when the query is defined"),
  explain: oneOf(["off", "full", "notes", "fails", "debug"], "off", "tell how the result came about"),
  "var-values": on("show the values of variables in explanations"),
  coverage: on("report which rules and expressions were reached"),
  profile: on("report time and evaluations by expression"),
  "profile-limit": count("N", 10, "how many expressions to report; 0 for all"),
  "profile-sort": { ...list("CRITERION", `${SORTS.join(", ")}; may be repeated`), read: readSorts },
  metrics: on("report how long each phase took"),
  instrument: on("the same as --metrics"),
  count: count("N", 1, "how often to evaluate; --metrics tells how times are spread"),
  strict: on("compile in strict mode: unused variables and imports are errors", "S"),
  "strict-builtin-errors": on("let the first error of a builtin end the evaluation"),
  "show-builtin-errors": on("report all errors of builtins; they do not end the evaluation"),
  timeout: duration("give up after this time, such as 5s"),
  "allow-net": ALLOW_NET_FLAG,
  capabilities: CAPABILITIES_FLAG,
  "pretty-limit": count("N", 0, "cut the cells of pretty tables after N characters; 0 for never"),
  "disable-indexing": on("do not use rule indexes"),
  "disable-early-exit": on("do not stop early"),
  target: oneOf(["rego"], "rego", "how to evaluate", "t"),
  ...VERSION_FLAGS,
  partial: refused(PARTIAL, "p"),
  unknowns: ignored("REF", PARTIAL, "u"),
  entrypoint: ignored("PATH", PARTIAL, "e"),
  "disable-inlining": ignored("REF", PARTIAL),
  "shallow-inlining": ignored(undefined, PARTIAL),
  "nondeterminstic-builtins": ignored(undefined, PARTIAL),
  optimize: ignored("LEVEL", "policies are optimised in any case", "O"),
  "optimize-store-for-read-speed": ignored(undefined, "data is never copied for reading"),
  "coverage-runs": ignored("KINDS", "coverage is of one run"),
  schema: { ...refused("inputs have any type", "s"), value: "PATH" },
};

type EvalFlags = FlagValues<typeof FLAGS>;

/** `rego eval`: OPA's flags, output shapes and exit codes (0, 1 with `--fail…`, 2 on errors). */
export const evalCommand = defineCommand({
  usage: "rego eval [flags] QUERY",
  about: "Evaluate a query, with policies, base documents and an input.",
  examples: [
    "rego eval '1 + 1'",
    "rego eval -d policy.rego -i input.json 'data.example.allow'",
    "rego eval -d policies/ --format pretty 'x := data.example.names[_]'",
    "rego eval -d a.b:values.json 'data.a.b'                 # the file's content under data.a.b",
    "rego eval -b bundle.tar.gz 'data'",
    "rego eval -d policy.rego -i input.json --format pretty --explain full 'data.example.allow'",
    "rego eval -d policy.rego --coverage 'data.example'",
    "cat input.json | rego eval -I -d policy.rego --fail 'data.example.allow == true'",
    "rego eval --allow-net api.example.com -d policy.rego 'data.example.answer'",
  ],
  flags: FLAGS,
  run: evaluate,
});

async function evaluate(args: readonly string[], flags: EvalFlags, terminal: Terminal): Promise<number> {
  checkFlags(args, flags);
  const asJson = flags.format === "json" || flags.format === "discard";
  const fail = (problems: readonly Problem[]): number => {
    tellProblems(problems, asJson ? "json" : "pretty", terminal);
    return 2;
  };
  const metrics = new Metrics(flags.metrics || flags.instrument || flags.profile);
  const version = versionOf(flags);
  let input: Value | undefined;
  try {
    if (flags.input !== undefined) input = readInput(flags.input);
    else if (flags["stdin-input"]) input = inputOf(terminal.stdin().toString("utf8"), "standard input");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    terminal.err(`${error.message}\n`);
    return 2;
  }
  const query = flags.stdin ? terminal.stdin().toString("utf8") : (args[0] as string);
  let loaded: LoadedFiles;
  try {
    const load = (): LoadedFiles => loadByFlags(flags, version);
    loaded = flags.data.length + flags.bundle.length > 0 ? metrics.time("load_files", load) : load();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return fail([{ message: error.message }]);
  }
  if (query === "") return fail([{ message: "cannot evaluate empty query" }]);

  const network = await networkFor(flags["allow-net"]);
  const evaluateOnce = async (): Promise<Shown> => {
    metrics.parse(loaded.modules, query, version);
    const compile = (): Rego => compiled(loaded, flags);
    const rego = loaded.modules.length > 0 ? metrics.time("module_compile", compile) : compile();
    const reports = new Reports(flags);
    const prepared = metrics.time("query_compile", () => prepare(rego, query, reports, flags));
    const outcome = await metrics.timeAsync("query_eval", () =>
      prepared.evalAsync(
        {
          input,
          data: loaded.data,
          onPrint: (line) => terminal.err(`${line}\n`),
          ...(flags.timeout === undefined ? {} : { budget: { milliseconds: flags.timeout } }),
        },
        network,
      ),
    );
    return { outcome, rego, reports, metrics, query };
  };
  let shown = await evaluateOnce();
  for (let round = 1; round < flags.count; round++) shown = await evaluateOnce();
  if (asJson) terminal.out(`${indented(jsonOutput(shown, flags))}\n`);
  else textOutput(shown, flags, terminal);
  const { results, errors } = shown.outcome;
  if (errors.length > 0) return 2;
  return (flags.fail && results.length === 0) || (flags["fail-defined"] && results.length > 0) ? 1 : 0;
}

function compiled({ modules, data }: LoadedFiles, flags: EvalFlags): Rego {
  return createRego({
    modules,
    annotations: true,
    host: commandHost(),
    print: true,
    strict: flags.strict,
    dataPathExists: (path) => hasDocument(data, path),
    ...given("capabilities", flags.capabilities),
  });
}

function prepare(rego: Rego, query: string, reports: Reports, flags: EvalFlags): PreparedQuery {
  return rego.prepare(query, {
    observers: reports.observers,
    strictBuiltinErrors: flags["strict-builtin-errors"],
    version: versionOf(flags),
    imports: flags.import,
    ruleIndex: !flags["disable-indexing"],
    earlyExit: !flags["disable-early-exit"],
    ...given("package", flags.package),
  });
}

interface Shown {
  readonly outcome: EvalResult;
  readonly rego: Rego;
  readonly reports: Reports;
  readonly metrics: Metrics;
  readonly query: string;
}

function jsonOutput({ outcome, rego, reports, metrics }: Shown, flags: EvalFlags): Report {
  const { results } = outcome;
  const problems = problemsOf(outcome, flags);
  const events = reports.events();
  const profile = reports.profile();
  const coverage = reports.coverage(rego);
  return fields({
    errors: problems.length > 0 ? problems.map(errorJson) : undefined,
    result: results.length === 0 ? undefined : flags.format === "discard" ? "discarded" : resultJson(results),
    metrics: metrics.wanted && flags.count <= 1 ? metrics.json() : undefined,
    aggregated_metrics:
      metrics.wanted && flags.count > 1
        ? fields(
            Object.fromEntries(Object.entries(metrics.aggregated()).map(([name, of]) => [name, fields(of)])),
          )
        : undefined,
    explanation: events && explanationJson(events),
    profile: profile && profileJson(profile),
    coverage: coverage && coverageJson(coverage),
  });
}

function textOutput(
  { outcome, rego, reports, metrics, query }: Shown,
  flags: EvalFlags,
  terminal: Terminal,
): void {
  const { format } = flags;
  if (format === "json" || format === "discard" || format === "source") return;
  const isPretty = format === "pretty";
  if (isPretty) terminal.out(reports.explanation());
  const problems = problemsOf(outcome, flags);
  if (problems.length > 0) {
    terminal.err(`${problemText(problems)}\n`);
    return;
  }
  terminal.out(renderResults(outcome.results, format, flags["pretty-limit"]));
  if (!isPretty) return;
  if (metrics.wanted) {
    terminal.out(flags.count > 1 ? aggregatedTable(metrics.aggregated()) : metricsTable(metrics.json()));
  }
  const profile = reports.profile();
  if (profile) terminal.out(profileTable(profile, query));
  const coverage = reports.coverage(rego);
  if (coverage) terminal.out(coverageTable(coverage));
}

function problemsOf({ errors, builtinErrors }: EvalResult, flags: EvalFlags): readonly Problem[] {
  return errors.length > 0 || !flags["show-builtin-errors"] ? errors : builtinErrors;
}

function checkFlags(args: readonly string[], flags: EvalFlags): void {
  if (flags.stdin ? args.length > 0 : args.length > 1)
    throw new UsageError("specify at most one query argument");
  if (!flags.stdin && args.length === 0) throw new UsageError("specify query argument or --stdin");
  if (flags.fail && flags["fail-defined"])
    throw new UsageError("specify --fail or --fail-defined but not both");
  if (flags["stdin-input"] && flags.input !== undefined) {
    throw new UsageError("specify --stdin-input or --input but not both");
  }
  if (flags["stdin-input"] && flags.stdin)
    throw new UsageError("specify --stdin or --stdin-input but not both");
  if (flags.format === "source")
    throw new UsageError(`--format source shows partial results, and ${PARTIAL}`);
}

function readSorts(given: readonly string[]): readonly (typeof SORTS)[number][] {
  return given.map((name) => {
    const sort = SORTS.find((known) => known === name);
    if (!sort) throw new UsageError(`must be one of {${SORTS.join(",")}}`);
    return sort;
  });
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [_ in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [_ in K]?: V });
}
