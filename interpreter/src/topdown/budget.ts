import type { Meter } from "../value/meter.ts";

/**
 * What one evaluation may spend. A limit that is missing is the default ({@link DEFAULT_LIMITS}); `Infinity` is none. Used
 * up, the evaluation ends with `eval_cancel_error`, which names the budget and the rule.
 */
export interface BudgetLimits {
  /** Loop iterations, rule and function calls, and work of builtins (one for about 100 bytes). */
  readonly steps?: number;
  /**
   * Elements put into collections, by comprehensions, partial rules, literals and builtins; also what an evaluation
   * remembers: results, parts of documents, errors of builtins, recorded events.
   */
  readonly elements?: number;
  /** Text that builtins and template strings make, and the result written as JSON; in UTF-16 units. */
  readonly bytes?: number;
  /** Milliseconds from the start of the evaluation, by the host's clock. */
  readonly milliseconds?: number;
  /** When the milliseconds are over, by the host's clock, where whoever sets them began to count earlier. */
  readonly deadline?: bigint;
  /** Rules and functions called within one another. */
  readonly depth?: number;
}

export type BudgetName = Exclude<keyof BudgetLimits, "deadline">;

/**
 * Limits that keep a process alive whatever the policy (decision 0012): far above what policies need, and within the heap
 * of a default Node process. There is no default deadline: whoever waits for the answer knows it.
 */
export const DEFAULT_LIMITS: Readonly<Record<BudgetName, number>> = Object.freeze({
  steps: 2e8,
  elements: 1e7,
  bytes: 2 ** 28,
  milliseconds: Infinity,
  depth: 1000,
});

/** What a suspended evaluation had left, for the run that goes on with it. The deadline is a time of the host's clock. */
export interface BudgetLeft {
  readonly steps: number;
  readonly elements: number;
  readonly bytes: number;
  readonly deadline: bigint | undefined;
}

/** How many steps run between two looks at the clock. */
const CLOCK_INTERVAL = 1000;

/** Counts down. `step` is called in every loop, so it does one subtraction and one comparison. */
export class Budget implements Meter {
  readonly #nowNs: () => bigint;
  readonly #exceeded: (budget: BudgetName, limit: number) => never;
  #limits: BudgetLimits = DEFAULT_LIMITS;
  #stepsLeft = 0;
  #deadline: bigint | undefined;
  /** Steps until the next look at the limits. */
  #fuel = 0;
  #granted = 0;
  #elements = 0;
  #text = 0;
  /** How much deeper rules may go. Whoever catches the end of a rule puts back what it was. */
  depthLeft = 0;

  constructor(nowNs: () => bigint, exceeded: (budget: BudgetName, limit: number) => never) {
    this.#nowNs = nowNs;
    this.#exceeded = exceeded;
  }

  /** Starts a new evaluation, or another run of one that was suspended with so much left. */
  start(limits: BudgetLimits, left?: BudgetLeft): void {
    const {
      steps = DEFAULT_LIMITS.steps,
      elements = DEFAULT_LIMITS.elements,
      bytes = DEFAULT_LIMITS.bytes,
      milliseconds = DEFAULT_LIMITS.milliseconds,
      depth = DEFAULT_LIMITS.depth,
      deadline,
    } = limits;
    this.#limits = limits;
    this.depthLeft = depth;
    if (left) {
      this.#stepsLeft = left.steps;
      this.#elements = left.elements;
      this.#text = left.bytes;
      this.#deadline = left.deadline;
      // The first step looks at the clock: waiting took time.
      this.#granted = this.#fuel = 0;
      return;
    }
    this.#stepsLeft = steps;
    this.#elements = elements;
    this.#text = bytes;
    this.#deadline =
      deadline ??
      (milliseconds === Infinity ? undefined : this.#nowNs() + BigInt(Math.ceil(milliseconds * 1e6)));
    this.#grant();
  }

  left(): BudgetLeft {
    return {
      steps: this.#stepsLeft - (this.#granted - this.#fuel),
      elements: this.#elements,
      bytes: this.#text,
      deadline: this.#deadline,
    };
  }

  step(): void {
    if (--this.#fuel < 0) this.#refuel();
  }

  spend(units: number): void {
    this.#fuel -= units;
    if (this.#fuel < 0) this.#refuel();
  }

  /** One element more in some collection. */
  element(): void {
    if (--this.#fuel < 0) this.#refuel();
    if (--this.#elements < 0) this.#exceed("elements");
  }

  elements(count: number): void {
    this.#elements -= count;
    if (!(this.#elements >= 0)) this.#exceed("elements");
  }

  text(units: number): void {
    this.#text -= units;
    if (!(this.#text >= 0)) this.#exceed("bytes");
    if (units > 64) this.spend(units >> 6);
  }

  /** Ends the evaluation where so much text cannot be made any more. */
  checkText(units: number): void {
    if (units > this.#text) this.#exceed("bytes");
  }

  enter(): void {
    if (--this.#fuel < 0) this.#refuel();
    if (--this.depthLeft < 0) this.#exceed("depth");
  }

  leave(): void {
    this.depthLeft++;
  }

  #exceed(budget: BudgetName): never {
    return this.#exceeded(budget, this.#limits[budget] ?? DEFAULT_LIMITS[budget]);
  }

  #refuel(): void {
    this.#stepsLeft -= this.#granted - this.#fuel;
    if (this.#stepsLeft < 0) this.#exceed("steps");
    if (this.#deadline !== undefined && this.#nowNs() > this.#deadline) {
      this.#exceed("milliseconds");
    }
    this.#grant();
  }

  #grant(): void {
    this.#granted = Math.min(CLOCK_INTERVAL, this.#stepsLeft);
    this.#fuel = this.#granted;
  }
}
