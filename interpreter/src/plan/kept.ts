import { unreachable } from "../errors.ts";
import type {
  BodyPlan,
  ClausePlan,
  Operand,
  Pattern,
  Plan,
  RulePlan,
  Slot,
  Step,
  WithChange,
} from "./plan.ts";
import { UseFinder } from "./uses.ts";

/**
 * Marks what depends on constants and one part of the input alone, so that it is computed once for each such part: rules,
 * comprehensions, calls and literals, as large as can be. Variables that are bound to such a value count as one. Functions
 * that depend on nothing else but their arguments are marked too.
 */
export function withKept(
  plan: Plan,
  path: readonly string[],
  isPureBuiltin: (name: string) => boolean,
): Plan {
  const uses = new UseFinder(plan.rules, isPureBuiltin, path);
  const marker = new Marker(uses);
  const rules = plan.rules.map((rule): RulePlan => {
    const chains = rule.chains.map(
      ([first, ...others]) =>
        [marker.clause(first), ...others.map((clause) => marker.clause(clause))] as const,
    );
    const isLasting = rule.kind === "function" && uses.isPureRule(rule.id);
    return {
      ...rule,
      chains,
      default: rule.default && marker.clause(rule.default),
      ...(isLasting && { lasting: marker.count++ }),
    };
  });
  const query = { ...plan.query, body: marker.body(plan.query.body, new Set()) };
  return marker.count === 0 ? plan : { ...plan, rules, query, kept: { path, count: marker.count } };
}

/** Slots whose values depend on the stable part alone, as far as a body has come. */
type Stable = Set<Slot>;

class Marker {
  readonly #uses: UseFinder;
  count = 0;

  constructor(uses: UseFinder) {
    this.#uses = uses;
  }

  clause(clause: ClausePlan): ClausePlan {
    const stable: Stable = new Set();
    const body = this.body(clause.body, stable);
    return {
      ...clause,
      body,
      value: clause.value && this.#operand(clause.value, stable),
      element: clause.element && this.#operand(clause.element, stable),
      at: clause.at.map((part) => this.#operand(part, stable)),
    };
  }

  body(body: BodyPlan, stable: Stable): BodyPlan {
    return {
      ...body,
      exprs: body.exprs.map((expr) => ({ ...expr, steps: this.#steps(expr.steps, stable) })),
    };
  }

  #steps(steps: readonly Step[], stable: Stable): readonly Step[] {
    return steps.map((step) => {
      const marked = this.#step(step, stable);
      if (step.op === "bind" && this.#isStable(step.value, stable)) stable.add(step.slot);
      return marked;
    });
  }

  #step(step: Step, stable: Stable): Step {
    const operand = (given: Operand): Operand => this.#operand(given, stable);
    const pattern = (given: Pattern): Pattern => this.#pattern(given, stable);
    // What a body of its own binds is not there behind it.
    const within = (body: BodyPlan): BodyPlan => this.body(body, new Set(stable));
    switch (step.op) {
      case "bind":
      case "check":
        return { ...step, value: operand(step.value) };
      case "equal":
        return { ...step, left: operand(step.left), right: operand(step.right) };
      case "match":
        return { ...step, value: operand(step.value), pattern: pattern(step.pattern) };
      case "scan":
        return { ...step, over: operand(step.over), key: step.key && pattern(step.key) };
      case "join":
        return { ...step, over: operand(step.over), equals: operand(step.equals) };
      case "relation":
        return { ...step, args: step.args.map(operand), output: pattern(step.output) };
      case "walk":
      case "solve":
      case "invoke":
      case "unification":
        return step;
      case "not":
        return { ...step, body: within(step.body) };
      case "every":
        return { ...step, domain: operand(step.domain), body: within(step.body) };
      case "and":
      case "or":
        return { ...step, bodies: step.bodies.map(within) };
      case "with":
        // Within, the stable part may be another one than that the variables outside depend on.
        return {
          ...step,
          changes: step.changes.map((change) => changed(change, operand)),
          steps: this.#steps(step.steps, new Set()),
        };
      default:
        return unreachable(step);
    }
  }

  #operand(given: Operand, stable: Stable): Operand {
    const operand = (inner: Operand): Operand => this.#operand(inner, stable);
    if (PAYS.has(given.op) && this.#isStable(given, stable)) {
      return { op: "kept", id: this.count++, value: given };
    }
    switch (given.op) {
      case "const":
      case "local":
      case "input":
      case "rule":
      case "extent":
      case "kept":
        return given;
      case "base":
        return { ...given, path: given.path.map(operand) };
      case "keyed":
        return { ...given, key: operand(given.key) };
      case "get":
        return { ...given, of: operand(given.of), keys: given.keys.map(operand) };
      case "array":
      case "set":
        return { ...given, items: given.items.map(operand) };
      case "object":
        return { ...given, entries: given.entries.map(([key, value]) => [operand(key), operand(value)]) };
      case "function":
      case "builtin":
        return { ...given, args: given.args.map(operand) };
      case "comprehension": {
        const inner: Stable = new Set(stable);
        const body = this.body(given.body, inner);
        const [value, key] = [given.value, given.key].map((part) => part && this.#operand(part, inner));
        return { ...given, body, value: value ?? given.value, key };
      }
      default:
        return unreachable(given);
    }
  }

  #pattern(pattern: Pattern, stable: Stable): Pattern {
    switch (pattern.op) {
      case "any":
      case "bind":
        return pattern;
      case "equal":
        return { ...pattern, value: this.#operand(pattern.value, stable) };
      case "array":
        return { ...pattern, items: pattern.items.map((item) => this.#pattern(item, stable)) };
      case "object":
        return {
          ...pattern,
          entries: pattern.entries.map(([key, item]) => [key, this.#pattern(item, stable)] as const),
        };
      default:
        return unreachable(pattern);
    }
  }

  #isStable(operand: Operand, stable: Stable): boolean {
    const { pure, reads } = this.#uses.ofOperand(operand);
    return pure && [...reads].every((slot) => stable.has(slot));
  }
}

/** Reading a constant, a variable or a path, or putting a literal together, takes no more than looking up what is kept. */
const PAYS: ReadonlySet<Operand["op"]> = new Set(["rule", "keyed", "function", "builtin", "comprehension"]);

function changed(change: WithChange, operand: (given: Operand) => Operand): WithChange {
  if (change.on !== "function") return { ...change, value: operand(change.value) };
  const { by } = change;
  return by.kind === "value" ? { ...change, by: { ...by, value: operand(by.value) } } : change;
}
