import { printValue } from "../value/print.ts";
import type { Value } from "../value/value.ts";
import type { Plan, RulePlan, SharedSteps, Step } from "./plan.ts";

/**
 * Finds what the clauses of partial rules have in common: those that begin with the same steps, such as the walk through the
 * containers of a pod, run them once. A rule with an index keeps its clauses apart, for few of them are evaluated.
 */
export function withSharedSteps(plan: Plan): Plan {
  return { ...plan, rules: plan.rules.map(sharing) };
}

function sharing(rule: RulePlan): RulePlan {
  const isPartial = rule.kind === "set" || rule.kind === "object";
  if (!isPartial || rule.index || rule.chains.length < 2) return rule;
  const root = new Branches();
  for (const [number, [clause]] of rule.chains.entries()) {
    const steps = clause.body.exprs.flatMap((expr) => expr.steps);
    let branches = root;
    for (const step of steps) branches = branches.after(step);
    branches.end(number);
  }
  const shared = root.plan();
  return shared.length < rule.chains.length ? { ...rule, shared } : rule;
}

/** What clauses do next, in the order of the first clause of each. */
class Branches {
  readonly #byStep = new Map<string, Branches>();
  readonly #order: (number | { readonly step: Step; readonly then: Branches })[] = [];

  /** What comes after a step. */
  after(step: Step): Branches {
    const key = keyOf(step);
    let then = this.#byStep.get(key);
    if (!then) {
      then = new Branches();
      this.#byStep.set(key, then);
      this.#order.push({ step, then });
    }
    return then;
  }

  /** A clause ends here. */
  end(clause: number): void {
    this.#order.push(clause);
  }

  plan(): readonly SharedSteps[] {
    return this.#order.map((one) => {
      if (typeof one === "number") return { steps: [], then: one };
      // A way without a fork is one list.
      const steps = [one.step];
      let { then } = one;
      for (let only = then.#only(); only; only = then.#only()) {
        steps.push(only.step);
        ({ then } = only);
      }
      const [last] = then.#order;
      return { steps, then: typeof last === "number" && then.#order.length === 1 ? last : then.plan() };
    });
  }

  #only(): { readonly step: Step; readonly then: Branches } | undefined {
    const [one] = this.#order;
    return this.#order.length === 1 && typeof one === "object" ? one : undefined;
  }
}

/** Equal for steps that do the same with the same slots, wherever they stand in the source. */
function keyOf(step: Step): string {
  return JSON.stringify(step, (name, part: unknown) => {
    if (name === "span") return undefined;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    // Values print as they are told apart; most stand in constants, which say what they are.
    if (Object.getPrototypeOf(part) !== Object.prototype) return printValue(part as Value);
    if (!("op" in part) || !("value" in part)) return part;
    if (part.op === "const") return { op: part.op, value: printValue(part.value as Value) };
    return part.op === "kept" ? { op: part.op, value: part.value } : part;
  });
}
