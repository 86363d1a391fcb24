import type { Observer, TraceEvent } from "../plan/events.ts";
import type { Location } from "../location.ts";
import { compareText } from "../value/text.ts";

/** What was spent on the expressions of one row; OPA's profile JSON. */
export interface ProfileEntry {
  readonly total_time_ns: number;
  readonly num_eval: number;
  readonly num_redo: number;
  /** How many expressions the compiler made of the row, told apart by their places in their bodies. */
  readonly num_gen_expr: number;
  readonly location: { readonly file: string; readonly row: number; readonly col: number };
}

export type ProfileSort = "total_time_ns" | "num_eval" | "num_redo" | "num_gen_expr" | "file" | "line";

const DEFAULT_SORT: readonly ProfileSort[] = ["total_time_ns", "num_eval", "num_redo", "file", "line"];

interface Row {
  time: number;
  evals: number;
  redos: number;
  readonly exprs: Set<number>;
  readonly location: Location;
}

/** Measures time by row: what passes until the next expression is charged to the one before. Adds up over evaluations. */
export class ProfileRecorder implements Observer {
  readonly #nowNs: () => bigint;
  readonly #rows = new Map<string, Row>();
  #current: Row | undefined;
  #since = 0n;

  /** `nowNs` is a clock of nanoseconds that never goes back. */
  constructor(nowNs: () => bigint) {
    this.#nowNs = nowNs;
  }

  start(): void {
    this.#charge(this.#nowNs());
    this.#current = undefined;
  }

  event(event: TraceEvent): void {
    if (event.node !== "expr" || (event.op !== "Eval" && event.op !== "Redo")) return;
    const now = this.#nowNs();
    this.#charge(now);
    const key = `${event.location.file}:${event.location.row}`;
    let row = this.#rows.get(key);
    if (!row) {
      row = { time: 0, evals: 0, redos: 0, exprs: new Set(), location: event.location };
      this.#rows.set(key, row);
    }
    row.exprs.add(event.index);
    if (event.op === "Eval") row.evals++;
    else row.redos++;
    this.#current = row;
    this.#since = now;
  }

  /** Entries in descending order of the criteria, at most `limit` of them if that is above 0. */
  report(
    options: { readonly sort?: readonly ProfileSort[]; readonly limit?: number } = {},
  ): readonly ProfileEntry[] {
    this.#charge(this.#nowNs());
    this.#current = undefined;
    const entries = [...this.#rows.values()].map(({ time, evals, redos, exprs, location }) => ({
      total_time_ns: time,
      num_eval: evals,
      num_redo: redos,
      num_gen_expr: exprs.size,
      location: { file: location.file, row: location.row, col: location.col },
    }));
    const criteria = [...(options.sort ?? []), ...DEFAULT_SORT];
    entries.sort((a, b) => {
      for (const criterion of criteria) {
        const order = compareEntries(a, b, criterion);
        if (order !== 0) return order;
      }
      return 0;
    });
    const { limit = 0 } = options;
    return limit > 0 ? entries.slice(0, limit) : entries;
  }

  #charge(now: bigint): void {
    if (this.#current) this.#current.time += Number(now - this.#since);
  }
}

function compareEntries(a: ProfileEntry, b: ProfileEntry, criterion: ProfileSort): number {
  switch (criterion) {
    case "file":
      return compareText(b.location.file, a.location.file);
    case "line":
      return b.location.row - a.location.row;
    default:
      return b[criterion] - a[criterion];
  }
}
