import { detached } from "../value/text.ts";
import type { Value } from "../value/value.ts";
import { UNDEFINED } from "./undefined.ts";

type Known = Value | typeof UNDEFINED;

/**
 * Calls of one function that are remembered beyond an evaluation: those with plain, short arguments and results, such as a
 * quantity and the number it stands for. What they need is bounded, whoever chooses the arguments.
 */
export class KeptCalls {
  #first = new Map<Value, Known | Map<Value, Known>>();
  #count = 0;

  /** The value, {@link UNDEFINED} where the function has none, or undefined where the call is not known. */
  find(args: readonly Value[]): Known | undefined {
    const known = this.#first.get(args[0] as Value);
    return known instanceof Map ? known.get(args[1] as Value) : known;
  }

  keep(args: readonly Value[], value: Value | undefined): void {
    if (value !== undefined && !isPlain(value)) return;
    if (this.#count >= MOST_CALLS) {
      this.#first = new Map();
      this.#count = 0;
    }
    this.#count++;
    const known = value === undefined ? UNDEFINED : inOwnMemory(value);
    const a = inOwnMemory(args[0] as Value);
    const b = inOwnMemory(args[1] as Value);
    if (args.length === 1) {
      this.#first.set(a, known);
      return;
    }
    const second = this.#first.get(a);
    if (second instanceof Map) second.set(b, known);
    else this.#first.set(a, new Map([[b, known]]));
  }
}

/** Whether a call with these arguments can be remembered. */
export function arePlain(args: readonly Value[]): boolean {
  const { length } = args;
  return (
    (length === 1 || length === 2) && isPlain(args[0] as Value) && (length === 1 || isPlain(args[1] as Value))
  );
}

/** A short text, a number of the machine, a boolean, null: found by what it is, and as small as what holds it. */
function isPlain(value: Value): boolean {
  if (typeof value === "string") return value.length <= LONGEST_TEXT;
  return typeof value !== "object" || value === null;
}

function inOwnMemory<T extends Value | undefined>(value: T): T | string {
  return typeof value === "string" ? detached(value) : value;
}

const MOST_CALLS = 256;
const LONGEST_TEXT = 128;
