import type { ChainPlan } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";

/** True where the rule has the same constant value whichever clause gives it: the first success is as good as all. */
export function haveOneValue(chains: readonly ChainPlan[]): boolean {
  const first = chains[0]?.[0].value;
  if (first?.op !== "const") return false;
  return chains.every((chain) =>
    chain.every((clause) => clause.value?.op === "const" && equals(clause.value.value, first.value)),
  );
}
