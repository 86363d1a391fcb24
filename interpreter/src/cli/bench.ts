import { createRego, type PreparedQuery } from "../rego.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { statistics } from "./statistics.ts";
import { defineCommand } from "./command.ts";
import { loadingText, problemText, type Problem } from "./errors.ts";
import { count, duration, on, oneOf, refused, text, texts, UsageError, type FlagValues } from "./flags.ts";
import { commandHost } from "./grants.ts";
import { fields, indented } from "./json.ts";
import { hasDocument } from "./load/document-tree.ts";
import { inputOf, readInput } from "./load/documents.ts";
import { LOAD_FLAGS, loadByFlags, VERSION_FLAGS, versionOf, type LoadedFiles } from "./load/load.ts";
import { FileError } from "./load/paths.ts";
import { plainTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const FLAGS = {
  ...LOAD_FLAGS,
  input: text("FILE", "input document, JSON or YAML", "i"),
  "stdin-input": on("read the input document from standard input", "I"),
  stdin: on("read the query from standard input"),
  package: text("PATH", "evaluate the query inside this package, such as a.b"),
  import: texts("REF", "import for the query, such as data.lib; may be repeated"),
  format: oneOf(["pretty", "json", "gobench"], "pretty", "how figures are shown", "f"),
  count: count("N", 1, "how often to repeat the measurement"),
  benchtime: duration("how long to measure (default 1s)"),
  metrics: on("report how the times of single evaluations are spread", undefined, true),
  fail: on("fail when the query is undefined", undefined, true),
  ...VERSION_FLAGS,
  benchmem: refused("Node does not count allocations"),
  partial: refused("results are never partial here", "p"),
  e2e: refused("there is no server here"),
  schema: { ...refused("inputs have any type", "s"), value: "PATH" },
};

type BenchFlags = FlagValues<typeof FLAGS>;

/** `rego bench`: evaluates a query again and again. Exits with 1 on errors and, unless told otherwise, when it is undefined. */
export const benchCommand = defineCommand({
  usage: "rego bench [flags] QUERY",
  about: "Measure how long a query takes, once it is compiled.",
  examples: [
    "rego bench -d policy.rego -i input.json 'data.example.allow'",
    "rego bench -d policy.rego -i input.json --benchtime 5s --count 3 'data.example.allow'",
    "rego bench -d policy.rego --format json 'data.example' | jq '.T / .N'   # nanoseconds an evaluation",
  ],
  flags: FLAGS,
  run(args, flags, terminal) {
    if (flags.stdin ? args.length > 0 : args.length > 1)
      throw new UsageError("specify at most one query argument");
    if (!flags.stdin && args.length === 0) throw new UsageError("specify query argument or --stdin");
    let evaluate: () => ReturnType<PreparedQuery["eval"]>;
    try {
      const query = flags.stdin ? terminal.stdin().toString("utf8") : (args[0] as string);
      evaluate = prepare(query, flags, terminal);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      terminal.err(`${loadingText([{ message: error.message }])}\n`);
      return 1;
    }
    const { results, errors } = evaluate();
    const problems: readonly Problem[] =
      errors.length === 0 && results.length === 0 && flags.fail ? [{ message: "undefined result" }] : errors;
    if (problems.length > 0) {
      terminal.err(`${problemText(problems)}\n`);
      return 1;
    }
    for (let round = 0; round < flags.count; round++) {
      terminal.out(show(measure(evaluate, flags.benchtime ?? 1_000), flags));
    }
    return 0;
  },
});

function prepare(
  query: string,
  flags: BenchFlags,
  terminal: Terminal,
): () => ReturnType<PreparedQuery["eval"]> {
  const version = versionOf(flags);
  const loaded: LoadedFiles = loadByFlags(flags, version);
  const input = inputFor(flags, terminal);
  const rego = createRego({
    modules: loaded.modules,
    annotations: true,
    host: commandHost(),
    dataPathExists: (path) => hasDocument(loaded.data, path),
  });
  const prepared = rego.prepare(query, {
    version,
    imports: flags.import,
    ...(flags.package === undefined ? {} : { package: flags.package }),
  });
  return () => prepared.eval({ input, data: loaded.data });
}

function inputFor(flags: BenchFlags, terminal: Terminal): Value | undefined {
  if (flags.input !== undefined) return readInput(flags.input);
  return flags["stdin-input"] ? inputOf(terminal.stdin().toString("utf8"), "standard input") : undefined;
}

interface Figures {
  /** Nanoseconds of each evaluation. */
  readonly samples: readonly number[];
  /** Nanoseconds in all. */
  readonly total: number;
}

/** A tenth of the time goes before, so that what is measured is compiled by then. */
function measure(evaluate: () => unknown, milliseconds: number): Figures {
  run(evaluate, milliseconds / 10);
  return run(evaluate, milliseconds);
}

function run(evaluate: () => unknown, milliseconds: number): Figures {
  const samples: number[] = [];
  const started = process.hrtime.bigint();
  const end = started + BigInt(Math.ceil(milliseconds * 1e6));
  let last = started;
  do {
    evaluate();
    const now = process.hrtime.bigint();
    samples.push(Number(now - last));
    last = now;
  } while (last < end);
  return { samples, total: Number(last - started) };
}

function show({ samples, total }: Figures, flags: BenchFlags): string {
  const spread = flags.metrics ? statistics(samples) : {};
  const extra = Object.entries(spread).map(
    ([name, value]) => [`histogram_timer_rego_query_eval_ns_${name}`, value] as const,
  );
  const perOp = total / samples.length;
  switch (flags.format) {
    case "json": {
      const figures = { N: samples.length, T: total, Bytes: 0, MemAllocs: 0, MemBytes: 0 };
      const extras: PlainObject = Object.fromEntries(extra);
      return `${indented(fields({ ...figures, Extra: extras }))}\n`;
    }
    case "gobench": {
      const columns = [
        `${Math.round(perOp)} ns/op`,
        ...extra.map(([name, value]) => `${Math.round(value)} ${name}`),
      ];
      return `BenchmarkOPAEval\t${[samples.length, ...columns].join("\t")}\n`;
    }
    case "pretty": {
      const rows = [["samples", samples.length], ["ns/op", perOp], ...extra] as const;
      const cells = rows.map(([name, value]) => [name, String(Math.round(value))] as const);
      const width = cells.reduce((most, [, value]) => Math.max(most, value.length), 0);
      return `${plainTable(cells.map(([name, value]) => [name, value.padStart(width)]))}\n`;
    }
  }
}
