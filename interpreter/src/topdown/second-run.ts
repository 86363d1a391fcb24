import type { Executable } from "./assemble.ts";
import type { BudgetLeft } from "./budget.ts";
import type { Outcome, RunOptions } from "./query.ts";

/** How a prepared query or rule is evaluated, as often as wanted. */
export interface Evaluation<T> {
  readonly run: (options: RunOptions) => Outcome<T>;
  /** The budget that the last run left. */
  readonly left: () => BudgetLeft;
}

/**
 * Evaluates by a plan that is free in its order. Where that ends in an error, the exact plan decides with what is left of
 * the budget: OPA's rule index may have left out the clause, or its order never come to the expression, that a conflict is in,
 * and of several errors it tells the first in its own order. A budget that is used up decides at once.
 */
export function evaluation<T>(
  made: Executable,
  exactly: () => Executable | undefined,
  runner: (executable: Executable) => (options: RunOptions) => Outcome<T>,
): Evaluation<T> {
  const first = runner(made);
  let second: { readonly made: Executable; readonly run: (options: RunOptions) => Outcome<T> } | undefined;
  let last = made;
  return {
    run(options) {
      last = made;
      const outcome = first(options);
      if (made.exact || outcome.errors.every(({ code }) => code === "eval_cancel_error")) return outcome;
      if (!second) {
        const other = exactly();
        if (!other) return outcome;
        second = { made: other, run: runner(other) };
      }
      last = second.made;
      return second.run({ ...options, budgetLeft: made.machine.budget.left() });
    },
    left: () => last.machine.budget.left(),
  };
}
