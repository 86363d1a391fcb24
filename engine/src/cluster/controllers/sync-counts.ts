import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { keyOf } from "../resource.ts";
import type { IngestionObserver } from "./context.ts";

/** Whether an object is in the inventory, or could not be put there. */
export type SyncState = "active" | "error";

/** Keeps count of the objects that are copied into the inventory, for the metrics: by kind alone, as Gatekeeper does. */
export class SyncCounts {
  readonly #observer: IngestionObserver;
  readonly #states = new Map<string, Map<string, SyncState>>();
  readonly #counts = new Map<string, Record<SyncState, number>>();

  constructor(observer: IngestionObserver) {
    this.#observer = observer;
  }

  /** The state of an object from now on; undefined: it is not copied. */
  set(object: PlainObject, state: SyncState | undefined): void {
    const { apiVersion, kind } = objectMeta(object);
    const states = this.#statesOf(kind);
    const key = `${apiVersion} ${keyOf(object)}`;
    const before = states.get(key);
    if (before === state) return;
    const counts = this.#countsOf(kind);
    if (before !== undefined) counts[before]--;
    if (state !== undefined) counts[state]++;
    if (state === undefined) states.delete(key);
    else states.set(key, state);
    this.#observer.setSynced(kind, counts.active, counts.error);
  }

  #statesOf(kind: string): Map<string, SyncState> {
    let states = this.#states.get(kind);
    if (!states) this.#states.set(kind, (states = new Map()));
    return states;
  }

  #countsOf(kind: string): Record<SyncState, number> {
    let counts = this.#counts.get(kind);
    if (!counts) this.#counts.set(kind, (counts = { active: 0, error: 0 }));
    return counts;
  }
}
