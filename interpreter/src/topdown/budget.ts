/**
 * What one evaluation may spend. A missing limit is no limit, but for the depth. Used up, the evaluation ends with
 * `eval_cancel_error`, which names the rule and the budget.
 */
export interface BudgetLimits {
  /** Loop iterations, rule and function calls, and work of builtins (one for about 100 bytes). */
  readonly steps?: number;
  /** Elements put into collections by comprehensions and partial rules. */
  readonly elements?: number;
  /** Milliseconds from the start of the evaluation, by the host's clock. */
  readonly milliseconds?: number;
  /** Rules and functions called within one another. */
  readonly depth?: number;
}

export type BudgetName = "steps" | "elements" | "milliseconds" | "depth";

/** Deep enough for any policy a person writes; shallow enough for the default stack of a JavaScript engine. */
const DEFAULT_DEPTH = 500;

/** How many steps run between two looks at the clock. */
const CLOCK_INTERVAL = 1000;

/** Counts down. `spend` is called for every step, so it does one subtraction and one comparison. */
export class Budget {
  readonly #nowNs: () => bigint;
  readonly #exceeded: (budget: BudgetName, limit: number) => never;
  #limits: BudgetLimits = {};
  #stepsLeft = Infinity;
  #deadline: bigint | undefined;
  /** Steps until the next look at the limits. */
  #fuel = CLOCK_INTERVAL;
  #granted = CLOCK_INTERVAL;
  #elements = Infinity;
  #depth = DEFAULT_DEPTH;

  constructor(nowNs: () => bigint, exceeded: (budget: BudgetName, limit: number) => never) {
    this.#nowNs = nowNs;
    this.#exceeded = exceeded;
  }

  /** Starts a new evaluation. */
  start(limits: BudgetLimits): void {
    this.#limits = limits;
    this.#stepsLeft = limits.steps ?? Infinity;
    this.#elements = limits.elements ?? Infinity;
    this.#depth = limits.depth ?? DEFAULT_DEPTH;
    this.#deadline =
      limits.milliseconds === undefined
        ? undefined
        : this.#nowNs() + BigInt(Math.ceil(limits.milliseconds * 1e6));
    this.#grant();
  }

  step(): void {
    if (--this.#fuel < 0) this.#refuel();
  }

  spend(units: number): void {
    this.#fuel -= units;
    if (this.#fuel < 0) this.#refuel();
  }

  element(): void {
    if (--this.#fuel < 0) this.#refuel();
    if (--this.#elements < 0) this.#exceeded("elements", this.#limits.elements ?? 0);
  }

  enter(): void {
    if (--this.#fuel < 0) this.#refuel();
    if (--this.#depth < 0) this.#exceeded("depth", this.#limits.depth ?? DEFAULT_DEPTH);
  }

  leave(): void {
    this.#depth++;
  }

  #refuel(): void {
    this.#stepsLeft -= this.#granted - this.#fuel;
    if (this.#stepsLeft < 0) this.#exceeded("steps", this.#limits.steps ?? 0);
    if (this.#deadline !== undefined && this.#nowNs() > this.#deadline) {
      this.#exceeded("milliseconds", this.#limits.milliseconds ?? 0);
    }
    this.#grant();
  }

  #grant(): void {
    this.#granted = Math.min(CLOCK_INTERVAL, this.#stepsLeft);
    this.#fuel = this.#granted;
  }
}
