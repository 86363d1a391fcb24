import type { ModuleSource } from "../../rego.ts";
import type { RegoVersion } from "../../syntax/ast.ts";
import { parseModule, parseQuery } from "../../syntax/parse.ts";
import { statistics, type Statistics } from "../statistics.ts";
import type { PlainObject } from "../../value/value.ts";

type Phase =
  "load_files" | "module_parse" | "module_compile" | "query_parse" | "query_compile" | "query_eval";

/** Measures the phases of one or more runs under OPA's names; measures nothing where nobody wants it. */
export class Metrics {
  readonly wanted: boolean;
  /** Nanoseconds of each run. */
  readonly #timers = new Map<Phase, number[]>();

  constructor(wanted: boolean) {
    this.wanted = wanted;
  }

  time<T>(phase: Phase, work: () => T): T {
    if (!this.wanted) return work();
    const started = process.hrtime.bigint();
    const result = work();
    this.#add(phase, started);
    return result;
  }

  async timeAsync<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    if (!this.wanted) return work();
    const started = process.hrtime.bigint();
    const result = await work();
    this.#add(phase, started);
    return result;
  }

  /** Parses once more, to measure it: otherwise compiling and parsing are one step. */
  parse(modules: readonly ModuleSource[], query: string, version: RegoVersion): void {
    if (!this.wanted) return;
    if (modules.length > 0) {
      this.time("module_parse", () => {
        for (const module of modules) parseModule({ ...module, version: module.version ?? "v1" });
      });
    }
    this.time("query_parse", () => parseQuery(query, version));
  }

  /** The times of the only run. */
  json(): PlainObject {
    return Object.fromEntries(this.#rows().map(([name, samples]) => [name, samples[0] as number]));
  }

  /** How the times of several runs are spread. */
  aggregated(): Readonly<Record<string, Statistics>> {
    return Object.fromEntries(this.#rows().map(([name, samples]) => [name, statistics(samples)]));
  }

  #rows(): readonly (readonly [string, readonly number[]])[] {
    return [...this.#timers]
      .map(([phase, samples]) => [`timer_rego_${phase}_ns`, samples] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #add(phase: Phase, started: bigint): void {
    const samples = this.#timers.get(phase) ?? [];
    samples.push(Number(process.hrtime.bigint() - started));
    this.#timers.set(phase, samples);
  }
}
