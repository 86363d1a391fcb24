import { stat } from "node:fs/promises";
import type { PlainObject } from "@portcullis/interpreter";
import { CommandFailure } from "../command-output.ts";
import { gatorClient } from "../gator-client.ts";
import type { GatorProcess } from "../gator-process.ts";
import { readResources } from "../resources.ts";
import type { ResourceFlags } from "../resources.ts";
import { WIDE, writeYaml } from "../yaml-writer.ts";
import { loadBaseline, saveResults } from "./baseline.ts";
import { compareResults } from "./compare.ts";
import { BenchError, measure } from "./measure.ts";
import { comparisonTable, resultsTable, scriptResult } from "./report.ts";
import type { BenchResult } from "./results.ts";

export interface BenchFlags extends ResourceFlags {
  readonly engine: string;
  readonly iterations: number;
  readonly warmup: number;
  readonly concurrency: number;
  readonly output: string;
  readonly memory: boolean;
  readonly save: string;
  readonly compare: string;
  readonly threshold: number;
  /** Nanoseconds. */
  readonly minThreshold: number;
}

/** `gator bench`: exit code 1 where it cannot measure, and where it got slower than the baseline allows. */
export async function bench(flags: BenchFlags, process: GatorProcess): Promise<number> {
  const engines = enginesOf(flags.engine);
  const format = formatOf(flags.output);
  checkNumbers(flags);
  warn(flags, process);
  if (flags.compare !== "") {
    await stat(flags.compare).catch(() => {
      throw new CommandFailure(`baseline file does not exist: ${flags.compare}`);
    });
  }
  const results = await measured(engines, flags, process);
  process.stdout.write(format(results));
  if (flags.save !== "") {
    await saveResults(flags.save, results);
    process.stderr.write(`\nResults saved to: ${flags.save}\n`);
  }
  return flags.compare === "" ? 0 : compared(results, flags, process);
}

const ENGINES = new Set(["rego", "cel", "all"]);

function enginesOf(given: string): readonly string[] {
  const engine = given.toLowerCase();
  if (!ENGINES.has(engine)) {
    throw new CommandFailure(
      `invalid engine: invalid engine ${JSON.stringify(given)} (valid: rego, cel, all)`,
    );
  }
  // There is one engine here; scripts that name another one get their results under its name.
  return engine === "all" ? ["rego"] : [engine];
}

type Format = (results: readonly BenchResult[]) => string;

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["", resultsTable],
  ["table", resultsTable],
  ["json", (results) => JSON.stringify(results.map(scriptResult), null, 2)],
  ["yaml", (results) => writeYaml(results.map(scriptResult), WIDE)],
]);

function formatOf(given: string): Format {
  const format = FORMATS.get(given.toLowerCase());
  if (format) return format;
  const why = `invalid output format: ${JSON.stringify(given)} (valid: table, json, yaml)`;
  throw new CommandFailure(`invalid output format: ${why}`);
}

function checkNumbers(flags: BenchFlags): void {
  const rules: readonly (readonly [boolean, string])[] = [
    [flags.filename.length + flags.image.length > 0, "at least one --filename or --image must be specified"],
    [flags.iterations > 0, "iterations must be positive"],
    [flags.warmup >= 0, "warmup must be non-negative"],
    [flags.threshold >= 0, "threshold must be non-negative"],
    [flags.minThreshold >= 0, "min-threshold must be non-negative"],
    [flags.concurrency >= 1, "concurrency must be at least 1"],
  ];
  for (const [holds, message] of rules) if (!holds) throw new CommandFailure(message);
}

function warn({ warmup, iterations }: BenchFlags, { stderr }: GatorProcess): void {
  if (warmup > iterations) {
    stderr.write(
      `Warning: warmup (${warmup}) exceeds iterations (${iterations}). Consider reducing warmup.\n\n`,
    );
  }
  if (iterations < 1000) {
    const advice = "Consider using at least 1000 iterations.";
    stderr.write(
      `Warning: ${iterations} iterations may not provide statistically meaningful P99 metrics. ${advice}\n\n`,
    );
  }
}

async function measured(
  engines: readonly string[],
  flags: BenchFlags,
  process: GatorProcess,
): Promise<readonly BenchResult[]> {
  const resources = await read(flags, process);
  const settings = {
    ...flags,
    createClient: () => gatorClient(),
    now: () => performance.now() * 1e6,
    heapBytes: () => globalThis.process.memoryUsage().heapUsed,
  };
  return engines.map((engine) => {
    try {
      return measure(resources, { ...settings, engine });
    } catch (error) {
      if (error instanceof BenchError)
        throw new CommandFailure(`benchmark failed: ${error.message}`, { cause: error });
      throw error;
    }
  });
}

/** What cannot be read is a failure of the benchmark; nothing is read from standard input. */
async function read(flags: BenchFlags, process: GatorProcess): Promise<readonly PlainObject[]> {
  try {
    return await readResources(flags, { ...process, stdin: NOTHING });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const why = error.message.replace(/^reading: /, "reading sources: ");
    throw new CommandFailure(`benchmark failed: ${why}`, { cause: error });
  }
}

const NOTHING: GatorProcess["stdin"] = { isTTY: true, async *[Symbol.asyncIterator]() {} };

async function compared(
  results: readonly BenchResult[],
  flags: BenchFlags,
  process: GatorProcess,
): Promise<number> {
  const comparisons = compareResults(await loadBaseline(flags.compare), results, flags);
  if (comparisons.length === 0) {
    process.stderr.write("\nWarning: No matching engines found for comparison\n");
    return 0;
  }
  const tables = comparisons.map((one) => comparisonTable(one, flags.threshold));
  process.stdout.write(`\n${tables.join("\n")}`);
  return comparisons.every(({ metrics }) => metrics.every(({ passed }) => passed)) ? 0 : 1;
}
