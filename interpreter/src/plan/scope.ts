import { isWildcard } from "./names.ts";
import type { Operand, Provenance, Scan, ShownVar, Slot } from "./plan.ts";
import type { Names } from "./text.ts";

/** A part of a plan that may still change. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** The variables of one frame: which slot each has, which are bound at this point of the plan, which are read. */
export class Scope {
  /** How traces show a variable: by its name in the source; what a query's compiler captured is a wildcard. */
  readonly names: Names = (name) => {
    const shown = this.#originalNames.get(name) ?? name;
    return isWildcard(shown) || this.#captures.has(name) ? "_" : shown;
  };
  readonly #captures: ReadonlySet<string>;
  readonly #originalNames: ReadonlyMap<string, string>;
  readonly #slots = new Map<string, Slot>();
  readonly #known: Provenance[] = [];
  readonly #read = new Set<Slot>();
  /** Values that are known when the plan is made. */
  readonly #texts = new Map<Slot, string>();
  #bound = new Set<Slot>();
  /** Variables of the present closure that share the slot of another one. */
  #sharing: string[] = [];
  #next: number;

  /** `first` is the first free slot: 0 is the rule's accumulator, then come parameters. */
  constructor(
    originalNames: ReadonlyMap<string, string>,
    first: number,
    captures: ReadonlySet<string> = new Set(),
  ) {
    this.#captures = captures;
    this.#originalNames = originalNames;
    this.#next = first;
  }

  /** How many slots the frame needs. */
  get size(): number {
    return this.#next;
  }

  fresh(): Slot {
    return this.#next++;
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  slotOf(name: string): Slot {
    let slot = this.#slots.get(name);
    if (slot === undefined) this.#slots.set(name, (slot = this.fresh()));
    return slot;
  }

  isBound(name: string): boolean {
    const slot = this.#slots.get(name);
    return slot !== undefined && this.#bound.has(slot);
  }

  bind(slot: Slot, known: Provenance = "unknown"): void {
    this.#bound.add(slot);
    this.#known[slot] = known;
  }

  /** The value of a slot; from now on somebody reads it. */
  local(slot: Slot): Operand {
    const text = this.#texts.get(slot);
    if (text !== undefined) return { op: "const", value: text };
    this.#read.add(slot);
    return { op: "local", slot, known: this.#known[slot] ?? "unknown" };
  }

  isRead(slot: Slot): boolean {
    return this.#read.has(slot);
  }

  /** Makes a variable the name of a slot that the caller fills. */
  name(name: string, slot: Slot): void {
    this.#slots.set(name, slot);
    this.bind(slot);
  }

  /** Makes a variable the name of a text: wherever it is read the text stands. */
  fix(name: string, text: string): void {
    const slot = this.slotOf(name);
    this.bind(slot, "string");
    this.#texts.set(slot, text);
  }

  /** Makes a new variable another name for a bound slot, within this closure. */
  share(name: string, slot: Slot): void {
    this.#slots.set(name, slot);
    this.#sharing.push(name);
  }

  /** Plans something whose variables end with it. */
  closure<T>(plan: () => T): T {
    const bound = this.#bound;
    const sharing = this.#sharing;
    this.#bound = new Set(bound);
    this.#sharing = [];
    try {
      return plan();
    } finally {
      // Another closure may have a variable of the same name.
      for (const name of this.#sharing) this.#slots.delete(name);
      this.#sharing = sharing;
      this.#bound = bound;
    }
  }

  /** Variables as observers see them; those in `bound` had values before. */
  shown(names: Iterable<string>, bound: ReadonlySet<string> = new Set()): ShownVar[] {
    const vars: ShownVar[] = [];
    for (const name of names) {
      const slot = this.#slots.get(name);
      if (slot !== undefined)
        vars.push({ name: this.names(name), slot, state: bound.has(name) ? "bound" : "free" });
    }
    return vars;
  }
}

/** Drops the keys of scans that nobody reads: `some x in xs` is compiled with a key although the source has none. */
export function dropUnreadKeys(scans: readonly Draft<Scan>[], scope: Scope): void {
  for (const scan of scans) {
    if (scan.key?.op === "bind" && !scope.isRead(scan.key.slot)) scan.key = undefined;
  }
}
