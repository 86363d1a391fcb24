import type { AuditListener, AuditRun } from "./audit-listener.ts";
import { mayBeLeftOut } from "./sweep-error.ts";
import type { SweepReport } from "./sweep.ts";
import type { Violation } from "./violation.ts";

/** What changed between two sweeps. */
export interface Changes {
  readonly appeared: readonly Violation[];
  readonly resolved: readonly Violation[];
}

/** Remembers the violations of the last sweep and says what is new and what is gone. */
export class History implements AuditListener {
  #last: ReadonlyMap<string, Violation> | undefined;
  #current = new Map<string, Violation>();
  #changes: Changes | undefined;

  /** The changes of the last run; undefined after the first. */
  get changes(): Changes | undefined {
    return this.#changes;
  }

  started(): void {
    this.#current = new Map();
  }

  found(_: AuditRun, violations: readonly Violation[]): void {
    for (const violation of violations) this.#current.set(violation.id, violation);
  }

  finished(_: AuditRun, report: SweepReport): void {
    const last = this.#last;
    const current = this.#current;
    this.#last = current;
    if (!last) return;
    const gone = [...last.values()].filter(({ id }) => !current.has(id));
    for (const violation of gone) if (mayBeLeftOut(violation, report)) current.set(violation.id, violation);
    this.#changes = {
      appeared: [...current.values()].filter(({ id }) => !last.has(id)),
      resolved: gone.filter((violation) => !mayBeLeftOut(violation, report)),
    };
  }
}
