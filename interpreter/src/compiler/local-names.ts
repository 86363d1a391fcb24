import type { Location } from "../location.ts";
import type { VarTerm } from "../syntax/ast.ts";
import { varTerm } from "./nodes.ts";

/**
 * Makes names for generated locals: `__local0__`, `__local1__`, …; in queries `__localq0__`. Skips names that
 * sources use themselves.
 */
export class LocalNames {
  readonly #prefix: string;
  readonly #taken: ReadonlySet<string>;
  #next = 0;

  constructor(prefix: "__local" | "__localq", taken: ReadonlySet<string>) {
    this.#prefix = prefix;
    this.#taken = taken;
  }

  next(): string {
    for (;;) {
      const name = `${this.#prefix}${this.#next++}__`;
      if (!this.#taken.has(name)) return name;
    }
  }

  /** Whether a source uses this name, which looks like a generated one. */
  isTaken(name: string): boolean {
    return this.#taken.has(name);
  }

  nextVar(location: Location): VarTerm {
    return varTerm(this.next(), location);
  }
}
