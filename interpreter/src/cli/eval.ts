import { Command, Option } from "commander";
import { hostCalls } from "../node/host-calls.ts";
import { nodeHost } from "../node/host.ts";
import { createRego, type EvalResult } from "../rego.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { FileError, loadFiles, readDocument, readText } from "./files.ts";
import { collect, duration, wholeNumber } from "./options.ts";
import { FORMATS, indented, printErrors, renderResults, resultJson, type Format } from "./output.ts";

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
  const prepared = rego.prepare(query, {
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
  return tell(outcome, flags);
}

function tell(outcome: EvalResult, flags: EvalFlags): number {
  if (outcome.errors.length > 0) {
    printErrors(outcome.errors, flags.format);
    return 2;
  }
  const { results } = outcome;
  if (flags.format === "json") {
    console.log(indented(results.length === 0 ? {} : { result: resultJson(results) }));
  } else if (flags.format === "discard") {
    console.log(indented({ result: "discarded" }));
  } else {
    const text = renderResults(results, flags.format, flags.prettyLimit);
    if (text !== "") console.log(text);
  }
  if (flags.fail && results.length === 0) return 1;
  return flags.failDefined && results.length > 0 ? 1 : 0;
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
