import type { ModuleSource } from "../../rego.ts";
import type { RegoVersion } from "../../syntax/ast.ts";
import { parseModule, parseQuery } from "../../syntax/parse.ts";
import type { PlainObject } from "../../value/value.ts";

type Phase =
  "load_files" | "module_parse" | "module_compile" | "query_parse" | "query_compile" | "query_eval";

/** Measures phases under OPA's names; measures nothing where nobody wants it. */
export class Metrics {
  readonly wanted: boolean;
  readonly #timers = new Map<Phase, number>();

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

  json(): PlainObject {
    return Object.fromEntries(
      [...this.#timers]
        .map(([phase, ns]) => [`timer_rego_${phase}_ns`, ns] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  #add(phase: Phase, started: bigint): void {
    this.#timers.set(phase, (this.#timers.get(phase) ?? 0) + Number(process.hrtime.bigint() - started));
  }
}
