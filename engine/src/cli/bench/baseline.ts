import { readFile, writeFile } from "node:fs/promises";
import { isArray } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { parse } from "yaml";
import { CommandFailure } from "../command-output.ts";
import { systemText } from "../system-text.ts";
import { KUBERNETES, writeYaml } from "../yaml-writer.ts";
import type { BenchResult } from "./results.ts";

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

/** Keeps results for later comparisons, as YAML or JSON by the file's name. Throws {@link CommandFailure}. */
export async function saveResults(path: string, results: readonly BenchResult[]): Promise<void> {
  const value = results as unknown as readonly PlainObject[];
  const text = isYaml(path) ? writeYaml(value, KUBERNETES) : JSON.stringify(results, null, 2);
  await writeFile(path, text, { mode: 0o600 }).catch((error: unknown) => {
    throw new CommandFailure(`saving results: writing results to ${path}: ${systemText(error)}`);
  });
}

/** Reads what {@link saveResults} or gator kept. Throws {@link CommandFailure}. */
export async function loadBaseline(path: string): Promise<readonly BenchResult[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new CommandFailure(`loading baseline: reading baseline from ${path}: ${systemText(error)}`);
  });
  try {
    const value = (isYaml(path) ? parse(text) : JSON.parse(text)) as Value;
    if (isArray(value) && value.every(isResult)) return value as unknown as readonly BenchResult[];
  } catch {
    // Told below, together with what is readable and no list of results.
  }
  throw new CommandFailure("loading baseline: unmarshaling baseline: the file holds no list of results");
}

function isResult(value: Value): boolean {
  const { engine, latencies, reviewsPerSecond } = (value ?? {}) as Partial<BenchResult>;
  return (
    typeof engine === "string" && typeof latencies?.p50 === "number" && typeof reviewsPerSecond === "number"
  );
}
