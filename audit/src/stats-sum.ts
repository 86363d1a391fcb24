import type { TemplateStats } from "@portcullis/engine";

/** What templates took, over many reviews: one row for each template, and for each that ExpansionTemplates implied. */
export class StatsSum {
  readonly #rows = new Map<string, TemplateStats>();

  add(stats: readonly TemplateStats[]): void {
    for (const { kind, nanoseconds, constraints, impliedBy } of stats) {
      const key = `${kind} ${impliedBy ?? ""}`;
      const sum = this.#rows.get(key);
      this.#rows.set(key, {
        kind,
        nanoseconds: nanoseconds + (sum?.nanoseconds ?? 0),
        constraints: constraints + (sum?.constraints ?? 0),
        ...(impliedBy !== undefined && { impliedBy }),
      });
    }
  }

  /** The dearest first. */
  close(): readonly TemplateStats[] {
    return [...this.#rows.values()].sort((a, b) => b.nanoseconds - a.nanoseconds);
  }
}
