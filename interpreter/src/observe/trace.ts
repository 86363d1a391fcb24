import type { EventOp, Local, Observer, TraceEvent } from "../plan/events.ts";

/** An event with what it must remember of the moment it happened in. */
export interface RecordedEvent extends Omit<TraceEvent, "locals"> {
  readonly locals: readonly Local[];
}

/** Which events are of interest: `full` is all but unifications, `debug` all. */
export type TraceMode = "full" | "debug" | "notes" | "fails";

/** Records the events of the latest evaluation. */
export class TraceRecorder implements Observer {
  readonly unifications: boolean;
  readonly #keepLocals: boolean;
  #events: RecordedEvent[] = [];

  /** Remembering the variables of each event costs memory; without, `locals` are empty. Unifications are for `debug`. */
  constructor(options: { readonly locals?: boolean; readonly unifications?: boolean } = {}) {
    this.unifications = options.unifications === true;
    this.#keepLocals = options.locals === true;
  }

  get events(): readonly RecordedEvent[] {
    return this.#events;
  }

  start(): void {
    this.#events = [];
  }

  event(event: TraceEvent): void {
    this.#events.push({ ...event, locals: this.#keepLocals ? event.locals() : NO_LOCALS });
  }
}

const NO_LOCALS: readonly Local[] = [];

/**
 * The events a mode shows, or those of some operations. `notes` and `fails` show those, and before each the way from the query to it: the latest
 * Enter (or Redo) of every body around it.
 */
export function selectEvents(
  events: readonly RecordedEvent[],
  mode: TraceMode | readonly EventOp[],
): readonly RecordedEvent[] {
  if (typeof mode !== "string") return withWays(events, mode);
  switch (mode) {
    case "debug":
      return events;
    case "full":
      return events.filter((event) => event.op !== "Unify");
    case "notes":
      return withWays(events, ["Note"]);
    case "fails":
      return withWays(events, ["Fail"]);
  }
}

function withWays(events: readonly RecordedEvent[], wanted: readonly EventOp[]): readonly RecordedEvent[] {
  const selected: RecordedEvent[] = [];
  /** The latest Enter or Redo of each body since the last event that was selected. */
  const latest = new Map<number, RecordedEvent>();
  for (const event of events) {
    if (wanted.includes(event.op)) {
      const way: RecordedEvent[] = [];
      let step = latest.get(event.queryId);
      while (step && !way.includes(step)) {
        way.push(step);
        step = latest.get(step.parentId);
      }
      selected.push(...way.reverse(), event);
      latest.clear();
    }
    if ((event.op === "Enter" || event.op === "Redo") && event.node !== "expr")
      latest.set(event.queryId, event);
  }
  return selected;
}
