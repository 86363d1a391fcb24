import { unreachable } from "../errors.ts";
import type { BodyPlan, Operand, Pattern, RulePlan, Slot, Step } from "./plan.ts";

/** What a part of a plan reads and binds. */
export interface Uses {
  readonly reads: ReadonlySet<Slot>;
  readonly binds: ReadonlySet<Slot>;
  /** Nothing but slots and constants decides the result: no document, no clock, no message. */
  readonly pure: boolean;
}

/**
 * Tells what steps and operands use. Whether a function is pure follows from its clauses and is found out once. With a
 * stable part of the input, reading that is pure too, and so are rules that read nothing else.
 */
export class UseFinder {
  readonly #rules: readonly RulePlan[];
  readonly #isPureBuiltin: (name: string) => boolean;
  readonly #stable: readonly string[] | undefined;
  readonly #pureRules = new Map<number, boolean>();

  constructor(
    rules: readonly RulePlan[],
    isPureBuiltin: (name: string) => boolean,
    stable?: readonly string[],
  ) {
    this.#rules = rules;
    this.#isPureBuiltin = isPureBuiltin;
    this.#stable = stable;
  }

  ofSteps(steps: readonly Step[]): Uses {
    const found = new Found();
    for (const step of steps) this.#step(step, found);
    return found;
  }

  ofOperand(operand: Operand): Uses {
    const found = new Found();
    this.#operand(operand, found);
    return found;
  }

  #step(step: Step, found: Found): void {
    switch (step.op) {
      case "bind":
        this.#operand(step.value, found);
        found.binds.add(step.slot);
        return;
      case "check":
        this.#operand(step.value, found);
        return;
      case "equal":
        this.#operand(step.left, found);
        this.#operand(step.right, found);
        return;
      case "match":
        this.#operand(step.value, found);
        this.#pattern(step.pattern, found);
        return;
      case "scan":
        this.#operand(step.over, found);
        if (step.key) this.#pattern(step.key, found);
        if (step.value !== undefined) found.binds.add(step.value);
        return;
      case "join":
        for (const inner of step.steps) this.#step(inner, found);
        this.#operand(step.over, found);
        this.#operand(step.column, found);
        this.#operand(step.equals, found);
        return;
      case "walk":
        found.pure = false;
        for (const key of step.keys) {
          if ("ground" in key) this.#operand(key.ground, found);
          else this.#pattern(key.pattern, found);
        }
        found.binds.add(step.value);
        return;
      case "relation":
        found.pure = false;
        for (const arg of step.args) this.#operand(arg, found);
        this.#pattern(step.output, found);
        return;
      case "solve":
        found.pure = false;
        for (const arg of step.args) this.#operand(arg, found);
        if (step.key) this.#operand(step.key, found);
        found.binds.add(step.slot);
        return;
      case "invoke":
        found.pure = false;
        this.#operand(step.call, found);
        found.binds.add(step.slot);
        return;
      case "unification":
        found.pure = false;
        return;
      case "not":
        this.#body(step.body, found);
        return;
      case "every":
        this.#operand(step.domain, found);
        found.binds.add(step.key);
        found.binds.add(step.value);
        this.#body(step.body, found);
        return;
      case "and":
      case "or":
        for (const body of step.bodies) this.#body(body, found);
        return;
      case "with":
        found.pure = false;
        for (const change of step.changes) {
          if (change.on !== "function") this.#operand(change.value, found);
          else if (change.by.kind === "value") this.#operand(change.by.value, found);
          else if (change.by.kind === "document") {
            for (const inner of change.by.steps) this.#step(inner, found);
            this.#operand(change.by.value, found);
          }
        }
        for (const inner of step.steps) this.#step(inner, found);
        return;
      default:
        unreachable(step);
    }
  }

  #body(body: BodyPlan, found: Found): void {
    for (const expr of body.exprs) for (const step of expr.steps) this.#step(step, found);
  }

  #operand(operand: Operand, found: Found): void {
    switch (operand.op) {
      case "const":
        return;
      case "local":
        // What the part binds itself is not read from outside.
        if (!found.binds.has(operand.slot)) found.reads.add(operand.slot);
        return;
      case "input":
      case "extent":
        found.pure = false;
        return;
      case "rule":
        if (!this.#isPureDocument(operand.rule)) found.pure = false;
        return;
      case "base":
        found.pure = false;
        for (const key of operand.path) this.#operand(key, found);
        return;
      case "keyed":
        if (!this.#isPureDocument(operand.rule)) found.pure = false;
        this.#operand(operand.key, found);
        return;
      case "kept":
        this.#operand(operand.value, found);
        return;
      case "get":
        if (!this.#isStable(operand)) this.#operand(operand.of, found);
        for (const key of operand.keys) this.#operand(key, found);
        return;
      case "array":
      case "set":
        for (const item of operand.items) this.#operand(item, found);
        return;
      case "object":
        for (const [key, value] of operand.entries) {
          this.#operand(key, found);
          this.#operand(value, found);
        }
        return;
      case "function":
        if (!this.isPureRule(operand.rule)) found.pure = false;
        for (const arg of operand.args) this.#operand(arg, found);
        return;
      case "builtin":
        if (!this.#isPureBuiltin(operand.name)) found.pure = false;
        for (const arg of operand.args) this.#operand(arg, found);
        return;
      case "comprehension":
        found.binds.add(operand.into);
        this.#body(operand.body, found);
        if (operand.key) this.#operand(operand.key, found);
        this.#operand(operand.value, found);
        return;
      default:
        unreachable(operand);
    }
  }

  #pattern(pattern: Pattern, found: Found): void {
    switch (pattern.op) {
      case "any":
        return;
      case "bind":
        found.binds.add(pattern.slot);
        return;
      case "equal":
        this.#operand(pattern.value, found);
        return;
      case "array":
        for (const item of pattern.items) this.#pattern(item, found);
        return;
      case "object":
        for (const [key, value] of pattern.entries) {
          this.#operand(key, found);
          this.#pattern(value, found);
        }
        return;
      default:
        unreachable(pattern);
    }
  }

  /** A reference into the stable part of the input. */
  #isStable({ of, keys }: Operand & { op: "get" }): boolean {
    return (
      of.op === "input" &&
      this.#stable !== undefined &&
      this.#stable.every((name, i) => {
        const key = keys[i];
        return key?.op === "const" && key.value === name;
      })
    );
  }

  #isPureDocument(id: number): boolean {
    return this.#stable !== undefined && this.isPureRule(id);
  }

  /** Whether arguments and the stable part of the input alone decide the value of a rule or function. */
  isPureRule(id: number): boolean {
    const known = this.#pureRules.get(id);
    if (known !== undefined) return known;
    const rule = this.#rules[id];
    const clauses = rule ? [...rule.chains.flat(), ...(rule.default ? [rule.default] : [])] : [];
    const pure = clauses.every((clause) => {
      const found = new Found();
      this.#body(clause.body, found);
      for (const part of [clause.value, clause.element, ...clause.at]) if (part) this.#operand(part, found);
      return found.pure;
    });
    this.#pureRules.set(id, pure);
    return pure;
  }
}

class Found implements Uses {
  readonly reads = new Set<Slot>();
  readonly binds = new Set<Slot>();
  pure = true;
}
