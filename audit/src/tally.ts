import type { ConstraintInfo } from "@portcullis/engine";
import { compareText } from "@portcullis/interpreter";
import type { Violation } from "./violation.ts";

/** What a sweep found for one constraint. */
export interface ConstraintTally {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly enforcementAction: string;
  /** Exact, whatever the limit is. */
  readonly totalViolations: number;
  /** Those that the action `deny` holds for at the audit's enforcement point. */
  readonly denied: number;
  /** The count by enforcement action as written; an ExpansionTemplate can bring another one than the constraint's. */
  readonly byAction: Readonly<Record<string, number>>;
  /** The N smallest by (group, version, kind, namespace, name, message, action), in descending order, as Gatekeeper lists them. */
  readonly violations: readonly Violation[];
}

/** Violations that a constraint's status keeps (`--constraint-violations-limit`). */
export const DEFAULT_VIOLATIONS_LIMIT = 20;

/** Counts every violation and keeps the smallest of each constraint. Every constraint has a row, also one without violations. */
export class Tally {
  readonly #limit: number;
  readonly #rows = new Map<string, Row>();
  /** Rows by the very constraint that violations name: it is the same for most of a page. */
  readonly #met = new WeakMap<object, Row>();

  constructor(constraints: readonly ConstraintInfo[], limit: number = DEFAULT_VIOLATIONS_LIMIT) {
    this.#limit = limit;
    for (const constraint of constraints) this.#rows.set(keyOf(constraint), newRow(constraint, limit));
  }

  add(violation: Violation): void {
    const { status } = violation;
    const row = this.#met.get(violation.constraint) ?? this.#rowOf(violation);
    row.total++;
    if (violation.actions.includes("deny")) row.denied++;
    row.byAction.set(status.enforcementAction, (row.byAction.get(status.enforcementAction) ?? 0) + 1);
    row.smallest.add(violation);
  }

  #rowOf({ constraint, status }: Violation): Row {
    const key = keyOf(constraint);
    const row =
      this.#rows.get(key) ??
      newRow({ ...constraint, enforcementAction: status.enforcementAction }, this.#limit);
    this.#rows.set(key, row);
    this.#met.set(constraint, row);
    return row;
  }

  /** The rows by kind and name. */
  close(): readonly ConstraintTally[] {
    const rows = [...this.#rows.values()].sort(
      (a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name),
    );
    return rows.map(({ smallest, total, byAction, ...row }) => ({
      ...row,
      totalViolations: total,
      byAction: Object.fromEntries(byAction),
      violations: smallest.close().toReversed(),
    }));
  }
}

type ConstraintName = Pick<ConstraintTally, "group" | "version" | "kind" | "name" | "enforcementAction">;

interface Row extends ConstraintName {
  total: number;
  denied: number;
  readonly byAction: Map<string, number>;
  readonly smallest: Smallest;
}

function newRow({ group, version, kind, name, enforcementAction }: ConstraintName, limit: number): Row {
  const about = { group, version, kind, name, enforcementAction };
  return { ...about, total: 0, denied: 0, byAction: new Map(), smallest: new Smallest(limit) };
}

function keyOf(constraint: { readonly kind: string; readonly name: string }): string {
  return `${constraint.kind}/${constraint.name}`;
}

/** Keeps a few more than the limit, so that sorting is rare. */
class Smallest {
  readonly #limit: number;
  #kept: Violation[] = [];
  /** What is not smaller than this is not among the smallest. */
  #bound: Violation | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(violation: Violation): void {
    if (this.#limit <= 0 || (this.#bound && compareViolations(violation, this.#bound) >= 0)) return;
    this.#kept.push(violation);
    if (this.#kept.length >= 2 * this.#limit + ROOM) this.#shorten();
  }

  /** Ascending. */
  close(): readonly Violation[] {
    this.#shorten();
    return this.#kept;
  }

  #shorten(): void {
    this.#kept = this.#kept.sort(compareViolations).slice(0, Math.max(0, this.#limit));
    if (this.#kept.length === this.#limit) this.#bound = this.#kept.at(-1);
  }
}

const ROOM = 16;

const ORDER = ["group", "version", "kind", "namespace", "name", "message", "enforcementAction"] as const;

function compareViolations(a: Violation, b: Violation): number {
  for (const field of ORDER) {
    const order = compareText(a.status[field] ?? "", b.status[field] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}
