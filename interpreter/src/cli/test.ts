import { builtins } from "../builtins/index.ts";
import type { Builtin } from "../builtins/builtin.ts";
import { formatError } from "../errors.ts";
import { selectEvents, TraceRecorder, type RecordedEvent, type TraceMode } from "../observe/trace.ts";
import type { Observer } from "../plan/events.ts";
import { compileRegex, RegexSyntaxError, type Regex } from "../regex/regex.ts";
import { createRego } from "../rego.ts";
import { isArray } from "../value/kind.ts";
import { CAPABILITIES_FLAG } from "./capabilities-file.ts";
import { defineCommand } from "./command.ts";
import { loadingText, problemText } from "./errors.ts";
import { Coverage, COVERAGE_RUNS_FLAG } from "./coverage.ts";
import { coverageJson } from "./eval/reports.ts";
import {
  count,
  decimal,
  duration,
  ignored,
  list,
  on,
  oneOf,
  refused,
  text,
  UsageError,
  type FlagValues,
} from "./flags.ts";
import { ALLOW_NET_FLAG, commandHost } from "./grants.ts";
import { networkFor } from "../node/network.ts";
import { indented } from "./json.ts";
import { hasDocument } from "./load/document-tree.ts";
import { loadArguments, VERSION_FLAGS, versionOf, type LoadedFiles } from "./load/load.ts";
import { FileError } from "./load/paths.ts";
import { parseAll } from "./parse-all.ts";
import type { Terminal } from "./terminal.ts";
import { thresholdProblem } from "./test/coverage.ts";
import { findTests, withDistinctTests, type TestRule } from "./test/find-tests.ts";
import { jsonReport } from "./test/report-json.ts";
import { prettyReport } from "./test/report-pretty.ts";
import { CaseListener, runTest, type TestBench, type TestResult } from "./test/run-test.ts";

const FLAGS = {
  verbose: on("show tests that passed as well, and the way to each failure", "v"),
  run: text("REGEX", "run only the tests whose full name (data.a.test_b) matches", "r"),
  "var-values": on("show the line that failed with the values in it, and values in traces"),
  explain: {
    ...oneOf(["fails", "full", "notes", "debug"], "fails", "which events to show; implies --verbose"),
    read: readExplain,
  },
  coverage: on("report coverage as JSON instead of results", "c"),
  "coverage-runs": COVERAGE_RUNS_FLAG,
  threshold: decimal("PERCENT", "fail when less than this is covered; implies --coverage"),
  format: oneOf(["pretty", "json"], "pretty", "how results are shown", "f"),
  sort: oneOf(["none", "duration"], "none", "order of JSON results"),
  count: count("N", 1, "how often to run each test"),
  timeout: duration("give a test up after this time (default 5s)"),
  "exit-zero-on-skipped": on("skipped tests are no failure", "z"),
  "fail-on-empty": on("fail when no test was run"),
  bundle: on("paths are bundles: folders or .tar.gz", "b"),
  ignore: list("PATTERN", "names of files and folders to leave out; may be repeated"),
  "max-errors": count("N", 10, "how many errors of compiling to report; 0 for all", "m"),
  capabilities: CAPABILITIES_FLAG,
  "allow-net": ALLOW_NET_FLAG,
  parallel: ignored("N", "tests run one after the other", "p"),
  target: oneOf(["rego"], "rego", "how to evaluate", "t"),
  ...VERSION_FLAGS,
  bench: refused("measure a query with rego bench instead"),
  watch: refused("run it again when files change, with a tool such as entr", "w"),
  schema: { ...refused("inputs have any type", "s"), value: "PATH" },
};

type TestFlags = FlagValues<typeof FLAGS>;

/** `rego test`: OPA's conventions, reports and exit codes (0, 1 for what cannot run, 2 for tests that do not pass). */
export const testCommand = defineCommand({
  usage: "rego test [flags] PATH...",
  about:
    "Run tests: rules named test_…, which pass when they are true. Rules named todo_test_… are skipped.\n" +
    "test_x[case] if … has a result for each case.",
  examples: [
    "rego test policies/",
    "rego test -v --run 'data.example_test.test_allow' policies/",
    "rego test --var-values policies/                   # failing lines with their values",
    "rego test --coverage policies/ | jq .coverage",
    "rego test --threshold 80 policies/                 # exit with 2 when less is covered",
    "rego test --format json policies/ > results.json",
    "rego test --bundle bundle.tar.gz",
  ],
  flags: FLAGS,
  async run(paths, flags, terminal) {
    if (paths.length === 0) throw new UsageError("specify at least one file");
    if (flags.threshold > 100) throw new UsageError("Code coverage threshold must be between 0 and 100");
    const prepared = await prepare(paths, flags);
    if (typeof prepared === "string") {
      terminal.err(`${prepared}\n`);
      return 1;
    }
    for (let round = 0; round < flags.count; round++) {
      const code = await runAll(prepared, flags, terminal);
      if (code !== 0) return code;
    }
    return 0;
  },
});

interface Prepared {
  readonly tests: readonly TestRule[];
  readonly bench: TestBench;
  readonly coverage: Coverage | undefined;
}

/** Everything that tests need, or what is wrong. */
async function prepare(paths: readonly string[], flags: TestFlags): Promise<Prepared | string> {
  let loaded: LoadedFiles;
  let filter: Regex | undefined;
  try {
    loaded = loadArguments(paths, { ...flags, data: true }, versionOf(flags));
    filter = flags.run === undefined ? undefined : compileRegex(flags.run);
  } catch (error) {
    if (error instanceof FileError) return loadingText([{ message: error.message }]);
    if (error instanceof RegexSyntaxError) return error.message;
    throw error;
  }
  const parsed = parseAll(loaded.modules, { capabilities: flags.capabilities, annotations: true });
  if (!parsed.ok) return loadingText(parsed.errors);
  const modules = withDistinctTests(parsed.modules);
  const cases = new CaseListener();
  const rego = createRego({
    modules,
    builtins: withCases(cases),
    host: commandHost(),
    print: true,
    testCases: true,
    errorLimit: flags["max-errors"],
    dataPathExists: (path) => hasDocument(loaded.data, path),
    ...(flags.capabilities ? { capabilities: flags.capabilities } : {}),
  });
  if (rego.errors.length > 0) return problemText(rego.errors);
  const runs = flags["coverage-runs"];
  const wantsCoverage = flags.coverage || flags.threshold > 0 || runs !== undefined;
  const coverage = wantsCoverage ? new Coverage(runs) : undefined;
  const wantsTrace = flags.verbose || flags["var-values"] || flags.explain !== undefined;
  const trace = wantsTrace ? new TraceRecorder({ locals: flags["var-values"] }) : undefined;
  const silent: Observer = { event: () => undefined };
  const bench = {
    rego,
    data: loaded.data,
    timeoutMs: flags.timeout ?? 5_000,
    network: await networkFor(flags["allow-net"]),
    observers: [silent, coverage?.recorder, trace].filter((observer) => observer !== undefined),
    coverage,
    trace,
    cases,
  };
  return { tests: findTests(modules, filter), bench, coverage };
}

async function runAll(
  { tests, bench, coverage }: Prepared,
  flags: TestFlags,
  terminal: Terminal,
): Promise<number> {
  const results: TestResult[] = [];
  for (const test of tests) results.push(await runTest(test, bench));
  if (coverage) {
    const code = reportCoverage(results, bench, coverage, flags, terminal);
    if (code !== 0) return code;
  } else terminal.out(reportOf(results, flags));
  if (results.length === 0 && flags["fail-on-empty"]) {
    terminal.err("no tests were run\n");
    return 1;
  }
  const isFine = ({ outcome }: TestResult): boolean =>
    outcome === "pass" || (outcome === "skip" && flags["exit-zero-on-skipped"]);
  return results.every(isFine) ? 0 : 2;
}

function reportOf(results: readonly TestResult[], flags: TestFlags): string {
  const select = (events: readonly RecordedEvent[]): readonly RecordedEvent[] => selected(events, flags);
  const verbose = flags.verbose || flags.explain !== undefined;
  if (flags.format === "json") {
    const sorted =
      flags.sort === "duration" ? results.toSorted((a, b) => b.durationNs - a.durationNs) : results;
    return jsonReport(sorted, (result) => (verbose ? select(result.trace) : []));
  }
  return prettyReport(results, { verbose, varValues: flags["var-values"], select });
}

/** Without --explain: failures and notes, with the ways to them. */
function selected(events: readonly RecordedEvent[], { explain }: TestFlags): readonly RecordedEvent[] {
  return selectEvents(events, explain ?? ["Fail", "Note"]);
}

function reportCoverage(
  results: readonly TestResult[],
  bench: TestBench,
  coverage: Coverage,
  flags: TestFlags,
  terminal: Terminal,
): number {
  const broken = results.find(({ error }) => error !== undefined)?.error;
  if (broken) {
    terminal.err(`${formatError(broken)}\n`);
    return 1;
  }
  const failures = results.filter(({ outcome }) => outcome === "fail");
  if (failures.length > 0) {
    const report = prettyReport(failures, {
      verbose: flags.verbose || flags.explain !== undefined,
      varValues: false,
      select: (events) => selected(events, flags),
    });
    terminal.out(report);
    terminal.err(`${report.split("\n")[1]}\n`);
    return 1;
  }
  const report = coverage.report(bench.rego);
  const problem = thresholdProblem(report, flags.threshold, flags.verbose);
  if (problem !== undefined) {
    terminal.err(problem);
    return 2;
  }
  terminal.out(`${indented(coverageJson(report))}\n`);
  return 0;
}

/** All builtins, and the one that test rules report their cases to. */
function withCases(listener: CaseListener): ReadonlyMap<string, Builtin> {
  const name = "internal.test_case";
  const rows = new Map(builtins);
  const row = rows.get(name);
  if (row) {
    const run: Builtin["run"] = ([keys]) => {
      if (keys !== undefined && isArray(keys)) listener.onCase(keys);
      return true;
    };
    rows.set(name, { ...row, run });
  }
  return rows;
}

function readExplain(given: readonly string[]): TraceMode | undefined {
  const last = given.at(-1);
  if (last === undefined) return undefined;
  return oneOf(["fails", "full", "notes", "debug"], "fails", "").read([last]);
}
