import type { ConstraintInfo, Result } from "@portcullis/engine";
import { objectMeta } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";

/** One violation as a constraint's status holds it. */
export interface StatusViolation {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly message: string;
  readonly enforcementAction: string;
  /** The actions at the audit's enforcement point; only for `scoped` constraints. */
  readonly enforcementActions?: readonly string[];
}

/** A violation with what only logs and tables show. */
export interface Violation {
  readonly status: StatusViolation;
  readonly constraint: Result["constraint"];
  readonly object: PlainObject;
  readonly details: Result["details"];
  /** The actions at the audit's enforcement point. */
  readonly actions: readonly string[];
  readonly origin?: string;
}

/** What a sweep found for one constraint. */
export interface ConstraintTally {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly enforcementAction: string;
  /** Exact, whatever the limit is. */
  readonly totalViolations: number;
  /** The N smallest by (group, version, kind, namespace, name, message, action), in descending order, as Gatekeeper lists them. */
  readonly violations: readonly Violation[];
}

/** Violations that a constraint's status keeps (`--constraint-violations-limit`). */
export const DEFAULT_VIOLATIONS_LIMIT = 20;

/** Counts every violation and keeps the smallest of each constraint. Every constraint has a row, also one without violations. */
export class Tally {
  readonly #limit: number;
  readonly #rows = new Map<string, Row>();

  constructor(constraints: readonly ConstraintInfo[], limit: number = DEFAULT_VIOLATIONS_LIMIT) {
    this.#limit = limit;
    for (const constraint of constraints) this.#rows.set(keyOf(constraint), newRow(constraint));
  }

  add(object: PlainObject, result: Result, origin?: string): Violation {
    const violation: Violation = {
      status: statusViolation(object, result),
      constraint: result.constraint,
      object,
      details: result.details,
      actions: result.actions,
      ...(origin === undefined ? {} : { origin }),
    };
    const key = keyOf(result.constraint);
    const row =
      this.#rows.get(key) ?? newRow({ ...result.constraint, enforcementAction: result.enforcementAction });
    this.#rows.set(key, row);
    row.total++;
    keepSmallest(row.smallest, violation, this.#limit);
    return violation;
  }

  /** The rows by kind and name. */
  close(): readonly ConstraintTally[] {
    const rows = [...this.#rows.values()].sort(
      (a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name),
    );
    return rows.map(({ smallest, total, ...row }) => ({
      ...row,
      totalViolations: total,
      violations: smallest.toReversed(),
    }));
  }
}

interface Row extends Omit<ConstraintTally, "totalViolations" | "violations"> {
  total: number;
  /** Ascending, never longer than the limit. */
  readonly smallest: Violation[];
}

function newRow(constraint: Omit<ConstraintTally, "totalViolations" | "violations">): Row {
  const { group, version, kind, name, enforcementAction } = constraint;
  return { group, version, kind, name, enforcementAction, total: 0, smallest: [] };
}

function keyOf(constraint: { readonly kind: string; readonly name: string }): string {
  return `${constraint.kind}/${constraint.name}`;
}

function statusViolation(object: PlainObject, result: Result): StatusViolation {
  const { group, version, kind, name, namespace } = objectMeta(object);
  return {
    group,
    version,
    kind,
    name,
    ...(namespace === "" ? {} : { namespace }),
    message: truncate(result.msg),
    enforcementAction: result.enforcementAction,
    ...(result.enforcementAction === "scoped" ? { enforcementActions: result.actions } : {}),
  };
}

const MAX_MESSAGE_BYTES = 256;

/**
 * A message of more than 256 bytes keeps as many whole characters as go into 253 bytes, and three dots. Gatekeeper cuts
 * characters in two (decision 0010).
 */
export function truncate(message: string): string {
  const bytes = Buffer.from(message, "utf8");
  if (bytes.length <= MAX_MESSAGE_BYTES) return message;
  let end = MAX_MESSAGE_BYTES - 3;
  while (isContinuation(bytes[end])) end--;
  return `${bytes.subarray(0, end).toString("utf8")}...`;
}

/** A byte of UTF-8 that does not begin a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function keepSmallest(kept: Violation[], violation: Violation, limit: number): void {
  if (limit <= 0) return;
  const last = kept[kept.length - 1];
  if (kept.length >= limit && last && compareViolations(violation, last) >= 0) return;
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareViolations(kept[middle] as Violation, violation) <= 0) low = middle + 1;
    else high = middle;
  }
  kept.splice(low, 0, violation);
  if (kept.length > limit) kept.pop();
}

const ORDER = ["group", "version", "kind", "namespace", "name", "message", "enforcementAction"] as const;

function compareViolations(a: Violation, b: Violation): number {
  for (const field of ORDER) {
    const order = compareText(a.status[field] ?? "", b.status[field] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** Go compares bytes; UTF-16 order differs above the surrogates, so compare code points. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
