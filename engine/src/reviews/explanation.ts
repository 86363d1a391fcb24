import { compareText } from "@portcullis/interpreter";
import type { ConstraintRef, Explain } from "./review.ts";

/** Gathers what became of each constraint in one review, for people. */
export class Explanation {
  readonly #only: Explain["only"];
  readonly #parts = new Map<string, readonly string[]>();

  constructor({ only }: Explain) {
    this.#only = only;
  }

  wants({ kind, name }: Pick<ConstraintRef, "kind" | "name">): boolean {
    return this.#only?.(kind, name) ?? true;
  }

  /** What became of a constraint, with more lines about it; a constraint that is not wanted is left out. */
  add(
    { kind, name }: Pick<ConstraintRef, "kind" | "name">,
    outcome: string,
    lines: readonly string[] = [],
  ): void {
    if (!this.wants({ kind, name })) return;
    const head = `${kind}/${name}: ${outcome}`;
    this.#parts.set(`${kind}/${name}`, [head, ...lines.map((line) => `  ${line}`)]);
  }

  has({ kind, name }: Pick<ConstraintRef, "kind" | "name">): boolean {
    return this.#parts.has(`${kind}/${name}`);
  }

  /** By kind and name. */
  text(): string {
    const parts = [...this.#parts].sort(([a], [b]) => compareText(a, b));
    return parts.length === 0 ? "no constraint" : parts.flatMap(([, lines]) => lines).join("\n");
  }
}
