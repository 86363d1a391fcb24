import type { CallTable } from "./calls.ts";
import { opaOutcomes, ourOutcomes } from "./outcomes.ts";

/** A call that comes out otherwise than under OPA. */
export interface Difference {
  readonly call: string;
  readonly opa: string;
  readonly ours: string;
}

/** Runs the calls of a table under both. */
export function differences(opa: string, table: CallTable): readonly Difference[] {
  const wanted = opaOutcomes(opa, table);
  const found = ourOutcomes(table);
  return table.calls.flatMap(({ text }, i) => {
    const difference = { call: text, opa: wanted[i] ?? "", ours: found[i] ?? "" };
    return difference.opa === difference.ours ? [] : [difference];
  });
}
