import type { Row } from "../gator-rows.ts";

/** What a row comes to: it holds, it does not (and why), or it speaks of something that only Go has. */
export type RowOutcome =
  | { readonly kind: "holds" }
  | { readonly kind: "fails"; readonly why: string }
  | { readonly kind: "left out"; readonly why: string };

/** How the rows of one table are judged. */
export type UnitSuite =
  | { readonly judge: (row: Row) => RowOutcome }
  /** Every row is a test of its own in that file. */
  | { readonly testedIn: string }
  | { readonly leftOut: string };

export const HOLDS: RowOutcome = { kind: "holds" };

export function leftOut(why: string): RowOutcome {
  return { kind: "left out", why };
}

/** Holds where both are the same as JSON, but for the order of keys. */
export function same(got: unknown, wanted: unknown): RowOutcome {
  const [a, b] = [canonical(got), canonical(wanted)];
  return a === b ? HOLDS : { kind: "fails", why: `got ${a}, wanted ${b}` };
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
      : each,
  );
}

/** True where the work throws. */
export function throws(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
