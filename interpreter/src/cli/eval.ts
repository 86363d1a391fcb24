import type { ProfileEntry } from "../observe/profile.ts";
import type { EvalResult } from "../rego.ts";
import { compareText } from "../value/text.ts";
import type { Value } from "../value/value.ts";
import { CAPABILITIES_FLAG } from "./capabilities-file.ts";
import { defineCommand } from "./command.ts";
import { COVERAGE_RUNS_FLAG } from "./coverage.ts";
import { errorJson, problemText, tellProblems, type Problem } from "./errors.ts";
import { explanationJson } from "./eval/explanation.ts";
import { Metrics } from "./eval/metrics.ts";
import {
  aggregatedProfile,
  aggregatedProfileTable,
  aggregatedTable,
  metricsTable,
  profileJson,
  profileTable,
} from "./eval/figures.ts";
import { coverageJson, coverageTable, wantsProfile } from "./eval/reports.ts";
import { renderResults, resultJson } from "./eval/results.ts";
import { evaluateRound, type Round } from "./eval/round.ts";
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
  type Flag,
  type FlagValues,
} from "./flags.ts";
import { ALLOW_NET_FLAG } from "./grants.ts";
import { networkFor } from "../node/network.ts";
import { Fields, fields, indented } from "./json.ts";
import { inputOf, readInput } from "./load/documents.ts";
import { LOAD_FLAGS, VERSION_FLAGS } from "./load/load.ts";
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
  "coverage-runs": COVERAGE_RUNS_FLAG,
  profile: on("report time and evaluations by expression"),
  "profile-limit": {
    value: "N",
    help: "how many expressions to report; 0 for all (default 10); implies --profile",
    read: (given) => (given.length === 0 ? undefined : count("N", 0, "").read(given)),
  } satisfies Flag<number | undefined>,
  "profile-sort": {
    ...list("CRITERION", `${SORTS.join(", ")}; may be repeated; implies --profile`),
    read: readSorts,
  },
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
    const { wanted } = metrics;
    tellProblems(problems, asJson ? "json" : "pretty", terminal, wanted ? { metrics: metrics.json() } : {});
    return 2;
  };
  const metrics = new Metrics(flags.metrics || flags.instrument || wantsProfile(flags));
  let input: Value | undefined;
  try {
    if (flags.input !== undefined) input = readInput(flags.input);
    else if (flags["stdin-input"]) input = inputOf(terminal.stdin().toString("utf8"), "standard input");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    terminal.err(`${error.message}\n`);
    return 2;
  }
  if (flags["strict-builtin-errors"] && flags["show-builtin-errors"]) {
    terminal.err(
      "cannot use --show-builtin-errors with --strict-builtin-errors, --strict-builtin-errors will return " +
        "the first built-in error encountered immediately\n",
    );
    return 2;
  }
  const query = flags.stdin ? terminal.stdin().toString("utf8") : (args[0] as string);
  if (query === "") return fail([{ message: "cannot evaluate empty query" }]);
  const question = {
    query,
    input,
    network: await networkFor(flags["allow-net"]),
    onPrint: (line: string) => terminal.err(`${line}\n`),
  };
  const rounds: Round[] = [];
  try {
    do rounds.push(await evaluateRound(question, flags, metrics));
    while (rounds.length < flags.count);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return fail([{ message: error.message }]);
  }
  const shown = { rounds, metrics, query };
  if (asJson) {
    const { entries } = jsonOutput(shown, flags);
    // OPA writes what it discarded as a map, whose keys it sorts.
    const sorted = flags.format === "discard" ? entries.toSorted(([a], [b]) => compareText(a, b)) : entries;
    terminal.out(`${indented(new Fields(sorted))}\n`);
  } else textOutput(shown, flags, terminal);
  const { results, errors } = (rounds[0] as Round).outcome;
  if (errors.length > 0) return 2;
  return (flags.fail && results.length === 0) || (flags["fail-defined"] && results.length > 0) ? 1 : 0;
}

/** What all rounds gave: the results are those of the first. */
interface Shown {
  readonly rounds: readonly Round[];
  readonly metrics: Metrics;
  readonly query: string;
}

function jsonOutput({ rounds, metrics }: Shown, flags: EvalFlags): Fields {
  const { outcome, reports, rego } = rounds[0] as Round;
  const { results } = outcome;
  const problems = problemsOf(outcome, flags);
  const events = reports.events();
  const profiles = profilesOf(rounds);
  const isOne = rounds.length === 1;
  const coverage = reports.coverage?.report(rego);
  return fields({
    errors: problems.length > 0 ? problems.map(errorJson) : undefined,
    result: results.length === 0 ? undefined : flags.format === "discard" ? "discarded" : resultJson(results),
    metrics: metrics.wanted && isOne ? metrics.json() : undefined,
    aggregated_metrics:
      metrics.wanted && !isOne
        ? fields(
            Object.fromEntries(Object.entries(metrics.aggregated()).map(([name, of]) => [name, fields(of)])),
          )
        : undefined,
    explanation: events?.length ? explanationJson(events) : undefined,
    profile: profiles && isOne ? profileJson(profiles[0]) : undefined,
    aggregated_profile: profiles && !isOne ? profileJson(aggregatedProfile(profiles)) : undefined,
    coverage: coverage && coverageJson(coverage),
  });
}

function textOutput({ rounds, metrics, query }: Shown, flags: EvalFlags, terminal: Terminal): void {
  const { format } = flags;
  if (format === "json" || format === "discard" || format === "source") return;
  const { outcome, reports, rego } = rounds[0] as Round;
  const isPretty = format === "pretty";
  if (isPretty) terminal.out(reports.explanation());
  const problems = problemsOf(outcome, flags);
  if (problems.length > 0) {
    terminal.err(`${problemText(problems)}\n`);
    return;
  }
  terminal.out(renderResults(outcome.results, format, flags["pretty-limit"]));
  if (!isPretty) return;
  const isOne = rounds.length === 1;
  if (metrics.wanted) {
    terminal.out(isOne ? metricsTable(metrics.json()) : aggregatedTable(metrics.aggregated()));
  }
  const profiles = profilesOf(rounds);
  if (profiles) {
    terminal.out(
      isOne ? profileTable(profiles[0], query) : aggregatedProfileTable(aggregatedProfile(profiles), query),
    );
  }
  const coverage = reports.coverage?.report(rego);
  if (coverage) terminal.out(coverageTable(coverage));
}

/** The profiles of all rounds, where some expression was evaluated. */
function profilesOf(rounds: readonly Round[]): Profiles | undefined {
  const [first = [], ...rest] = rounds.map(({ reports }) => reports.profile() ?? []);
  return first.length > 0 ? [first, ...rest] : undefined;
}

type Profiles = readonly [readonly ProfileEntry[], ...(readonly ProfileEntry[])[]];

function problemsOf({ errors, builtinErrors }: EvalResult, flags: EvalFlags): readonly Problem[] {
  return errors.length > 0 || !flags["show-builtin-errors"] ? errors : builtinErrors;
}

function checkFlags(args: readonly string[], flags: EvalFlags): void {
  if (flags.stdin ? args.length > 0 : args.length > 1)
    throw new UsageError(
      flags.stdin ? "specify query argument or --stdin but not both" : "specify at most one query argument",
    );
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
