import { unreachable } from "../errors.ts";
import { printValue } from "../value/print.ts";
import { pathText } from "./names.ts";
import type {
  BodyPlan,
  ClausePlan,
  IndexNode,
  Operand,
  Pattern,
  Plan,
  RulePlan,
  Side,
  Slot,
  SharedSteps,
  Step,
  WithChange,
} from "./plan.ts";

/** A plan as text, for people and golden tests: one step a line, `$3` for slot 3, loops and bodies indented. */
export function printPlan(plan: Plan): string {
  const printer = new Printer(plan);
  printer.query();
  for (const rule of plan.rules) printer.rule(rule);
  return printer.text();
}

class Printer {
  readonly #plan: Plan;
  readonly #lines: string[] = [];
  #depth = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  query(): void {
    const { query } = this.#plan;
    this.#line(`query (${query.slots} slots)`);
    this.#indented(() => {
      this.#body(query.body);
      for (const { name, slot } of query.bindings) this.#line(`show ${name} = $${slot}`);
      for (const { text, slot } of query.expressions)
        this.#line(`show ${text}: ${slot === undefined ? "true" : `$${slot}`}`);
    });
  }

  rule(rule: RulePlan): void {
    const params = Array.from({ length: rule.params }, (_, i) => `$${i + 1}`).join(", ");
    const given = rule.restricted ? `[${params}]` : rule.params > 0 ? `(${params})` : onlyText(rule);
    this.#line("");
    this.#line(`${rule.kind} ${pathText(rule.path)}${given} (${rule.slots} slots)`);
    this.#indented(() => {
      if (rule.index) this.#index(rule.index);
      rule.chains.forEach((chain, number) =>
        chain.forEach((clause, i) => this.#clause(i === 0 ? `clause ${number}` : "else", clause)),
      );
      if (rule.default) this.#clause("default", rule.default);
      if (rule.shared) this.#shared(rule.shared);
    });
  }

  #shared(shared: readonly SharedSteps[]): void {
    for (const { steps, then } of shared) {
      const clauses = clausesIn(then);
      if (typeof then === "number" || clauses.length === 1) continue;
      this.#line(
        `clauses ${clauses.join(" ")} share ${steps.length} ${steps.length === 1 ? "step" : "steps"}`,
      );
      this.#indented(() => this.#shared(then));
    }
  }

  #clause(title: string, clause: ClausePlan): void {
    this.#line(`${title} at row ${clause.span.row}`);
    this.#indented(() => {
      this.#body(clause.body);
      const at =
        clause.at.length > 0 ? ` at ${clause.at.map((key) => `[${this.#operand(key)}]`).join("")}` : "";
      if (clause.element) this.#line(`element ${this.#operand(clause.element)}${at}`);
      if (clause.value) this.#line(`value ${this.#operand(clause.value)}${at}`);
    });
  }

  #index(node: IndexNode | readonly number[]): void {
    if (!("on" in node)) {
      this.#line(`clauses ${node.join(" ")}`);
      return;
    }
    this.#line(`index on ${this.#operand(node.on)}`);
    this.#indented(() => {
      for (const { value, then } of node.equal) {
        this.#line(`${printValue(value)}:`);
        this.#indented(() => this.#index(then));
      }
      this.#line("always:");
      this.#indented(() => this.#index(node.other));
    });
  }

  #body(body: BodyPlan): void {
    const before = this.#depth;
    for (const expr of body.exprs) this.#steps(expr.steps);
    this.#depth = before;
  }

  /** A loop indents what follows it. */
  #steps(steps: readonly Step[]): void {
    for (const step of steps) this.#step(step);
  }

  #step(step: Step): void {
    switch (step.op) {
      case "bind":
        return this.#line(`$${step.slot} := ${this.#operand(step.value)}`);
      case "check":
        return this.#line(`check ${this.#operand(step.value)}`);
      case "equal":
        return this.#line(`${this.#operand(step.left)} == ${this.#operand(step.right)}`);
      case "match":
        return this.#line(`${this.#operand(step.value)} fits ${this.#pattern(step.pattern)}`);
      case "scan": {
        const key = step.key ? `${this.#pattern(step.key)}, ` : "";
        const value = step.value === undefined ? "_" : `$${step.value}`;
        return this.#loop(
          `for ${key}${value} in ${this.#operand(step.over)}${step.ordered ? " in order" : ""}`,
        );
      }
      case "join":
        this.#line(
          `join ${slots(step.slots)} on ${this.#operand(step.column)} == ${this.#operand(step.equals)}`,
        );
        this.#indented(() => this.#nested(step.steps));
        return this.#loop("each");
      case "walk": {
        const keys = step.keys.map((key) =>
          "ground" in key ? this.#operand(key.ground) : this.#pattern(key.pattern),
        );
        const tree = this.#plan.trees[step.tree];
        return this.#loop(
          `for $${step.value} at ${pathText(tree?.path ?? [])}${keys.map((key) => `[${key}]`).join("")}`,
        );
      }
      case "relation":
        return this.#loop(`for ${this.#pattern(step.output)} of ${step.name}(${this.#operands(step.args)})`);
      case "solve": {
        const given = step.key
          ? `[${this.#operand(step.key)}]`
          : step.args.length > 0
            ? `(${this.#operands(step.args)})`
            : "";
        return this.#loop(`solve $${step.slot} = ${this.#ruleName(step.rule)}${given}`);
      }
      case "invoke":
        return this.#loop(`solve $${step.slot} = ${this.#operand(step.call)}`);
      case "unification":
        return this.#line(`tell ${this.#side(step.left)} = ${this.#side(step.right)}`);
      case "not":
        this.#line("not");
        return this.#indented(() => this.#body(step.body));
      case "every":
        this.#line(`every $${step.key}, $${step.value} in ${this.#operand(step.domain)}`);
        return this.#indented(() => this.#body(step.body));
      case "and":
      case "or":
        this.#line(step.op);
        for (const body of step.bodies) {
          this.#indented(() => {
            this.#line("body");
            this.#indented(() => this.#body(body));
          });
        }
        return;
      case "with":
        this.#line(`with ${step.changes.map((change) => this.#change(change)).join(", ")}`);
        return this.#indented(() => this.#nested(step.steps));
      default:
        unreachable(step);
    }
  }

  #side(side: Side): string {
    switch (side.op) {
      case "known":
        return this.#operand(side.value);
      case "free":
        return side.name;
      case "asked":
        return "asked";
      default:
        return side.shown.text;
    }
  }

  #nested(steps: readonly Step[]): void {
    const before = this.#depth;
    this.#steps(steps);
    this.#depth = before;
  }

  #change(change: WithChange): string {
    if (change.on !== "function") {
      const path = change.path.map((key) => `[${printValue(key)}]`).join("");
      return `${change.on}${path} as ${this.#operand(change.value)}`;
    }
    const { by } = change;
    if (by.kind === "value" || by.kind === "document") return `${change.name} as ${this.#operand(by.value)}`;
    return `${change.name} as ${by.kind === "rule" ? this.#ruleName(by.rule) : by.name}`;
  }

  #operand(operand: Operand): string {
    switch (operand.op) {
      case "const":
        return printValue(operand.value);
      case "local":
        return `$${operand.slot}`;
      case "input":
        return "input";
      case "base":
        return `base${this.#keys(operand.path)}`;
      case "get":
        return `${this.#operand(operand.of)}${this.#keys(operand.keys)}`;
      case "array":
        return `[${this.#operands(operand.items)}]`;
      case "set":
        return `{${this.#operands(operand.items)}}`;
      case "object":
        return `{${operand.entries.map(([key, value]) => `${this.#operand(key)}: ${this.#operand(value)}`).join(", ")}}`;
      case "rule":
        return this.#ruleName(operand.rule);
      case "keyed":
        return `${this.#ruleName(operand.rule)}[${this.#operand(operand.key)}]`;
      case "function":
        return `${this.#ruleName(operand.rule)}(${this.#operands(operand.args)})`;
      case "builtin":
        return `${operand.name}(${this.#operands(operand.args)})`;
      case "kept":
        return `kept ${this.#operand(operand.value)}`;
      case "extent":
        return `extent ${pathText(this.#plan.trees[operand.tree]?.path ?? [])}`;
      case "comprehension": {
        const key = operand.key ? `${this.#operand(operand.key)}: ` : "";
        return `${operand.kind} of ${key}${this.#operand(operand.value)} where (${this.#inline(operand.body)})`;
      }
      default:
        return unreachable(operand);
    }
  }

  /** A body within a line: its steps parted by semicolons. */
  #inline(body: BodyPlan): string {
    const printer = new Printer(this.#plan);
    printer.#body(body);
    return printer.#lines.map((line) => line.trim()).join("; ");
  }

  #pattern(pattern: Pattern): string {
    switch (pattern.op) {
      case "any":
        return "_";
      case "bind":
        return `$${pattern.slot}`;
      case "equal":
        return `== ${this.#operand(pattern.value)}`;
      case "array":
        return `[${pattern.items.map((item) => this.#pattern(item)).join(", ")}]`;
      case "object":
        return `{${pattern.entries.map(([key, value]) => `${this.#operand(key)}: ${this.#pattern(value)}`).join(", ")}}`;
      default:
        return unreachable(pattern);
    }
  }

  #operands(operands: readonly Operand[]): string {
    return operands.map((operand) => this.#operand(operand)).join(", ");
  }

  #keys(keys: readonly Operand[]): string {
    return keys.map((key) => (isName(key) ? `.${key.value}` : `[${this.#operand(key)}]`)).join("");
  }

  #ruleName(id: number): string {
    return pathText(this.#plan.rules[id]?.path ?? []);
  }

  #loop(text: string): void {
    this.#line(text);
    this.#depth++;
  }

  #indented(print: () => void): void {
    this.#depth++;
    print();
    this.#depth--;
  }

  #line(text: string): void {
    this.#lines.push(text === "" ? "" : `${"  ".repeat(this.#depth)}${text}`);
  }
}

function isName(operand: Operand): operand is Operand & { readonly op: "const"; readonly value: string } {
  return (
    operand.op === "const" &&
    typeof operand.value === "string" &&
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(operand.value)
  );
}

function slots(list: readonly Slot[]): string {
  return list.map((slot) => `$${slot}`).join(", ");
}

/** `[{"field": "containers"}]`: what of a set is wanted. */
function onlyText({ only = [] }: RulePlan): string {
  const entries = only.map(([key, text]) => `${JSON.stringify(key)}: ${JSON.stringify(text)}`);
  return entries.length === 0 ? "" : `[{${entries.join(", ")}}]`;
}

function clausesIn(then: SharedSteps["then"]): readonly number[] {
  return typeof then === "number" ? [then] : then.flatMap((each) => clausesIn(each.then));
}
