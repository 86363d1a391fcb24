import type { ModuleSource } from "../../rego.ts";
import type { RegoVersion } from "../../syntax/ast.ts";
import { parseModule, parseQuery } from "../../syntax/parse.ts";
import type { LoadPhase } from "../load/stopwatch.ts";
import { statistics, type Statistics } from "../statistics.ts";
import type { PlainObject } from "../../value/value.ts";

type Phase = LoadPhase | "module_parse" | "module_compile" | "query_parse" | "query_compile" | "query_eval";

/** Measures the phases of one or more runs under OPA's names; measures nothing where nobody wants it. */
export class Metrics {
  readonly wanted: boolean;
  /** Nanoseconds of each round. */
  readonly #timers = new Map<Phase, number[]>();
  #round = 0;

  constructor(wanted: boolean) {
    this.wanted = wanted;
  }

  /** Before the first round, and before each further one. */
  beginRound(): void {
    this.#round++;
  }

  /** What belongs to one phase adds up within a round. */
  time<T>(phase: Phase, work: () => T): T {
    if (!this.wanted) return work();
    const started = process.hrtime.bigint();
    try {
      return work();
    } finally {
      this.#add(phase, started);
    }
  }

  async timeAsync<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    if (!this.wanted) return work();
    const started = process.hrtime.bigint();
    const result = await work();
    this.#add(phase, started);
    return result;
  }

  /** Parses once more, to measure it: otherwise parsing and compiling are one step. Tells whether all do. */
  parseModules(modules: readonly ModuleSource[]): boolean {
    if (!this.wanted) return true;
    return this.time("module_parse", () =>
      modules.every((module) => parseModule({ ...module, version: module.version ?? "v1" }).ok),
    );
  }

  /** The same for the query. */
  parseQuery(query: string, version: RegoVersion): boolean {
    return this.time("query_parse", () => parseQuery(query, version).ok);
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
    const at = Math.max(0, this.#round - 1);
    samples[at] = (samples[at] ?? 0) + Number(process.hrtime.bigint() - started);
    this.#timers.set(phase, samples);
  }
}
