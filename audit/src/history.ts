import type { Violation } from "./tally.ts";

/** What changed between two sweeps. */
export interface Changes {
  readonly appeared: readonly Violation[];
  readonly resolved: readonly Violation[];
}

/** Remembers the violations of the last sweep and says what is new and what is gone. */
export class History {
  #last: ReadonlyMap<string, Violation> | undefined;

  /** The changes since the last call; undefined at the first. */
  compare(violations: readonly Violation[]): Changes | undefined {
    const last = this.#last;
    const current = new Map(violations.map((violation) => [identity(violation), violation] as const));
    this.#last = current;
    if (!last) return undefined;
    return {
      appeared: [...current].filter(([key]) => !last.has(key)).map(([, violation]) => violation),
      resolved: [...last].filter(([key]) => !current.has(key)).map(([, violation]) => violation),
    };
  }
}

function identity({ status, constraint }: Violation): string {
  const { group, version, kind, namespace, name, message, enforcementAction } = status;
  const about = [group, version, kind, namespace ?? "", name, message, enforcementAction];
  return JSON.stringify([constraint.kind, constraint.name, ...about]);
}
