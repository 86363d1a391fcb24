import { isFunctionOperator, operatorName } from "../compiler/compiled.ts";
import { OUTSIDE_CLOSURES, varsOfBody } from "../compiler/vars.ts";
import { InvariantError, unreachable } from "../errors.ts";
import type { Body, CallExpr, Expr, Head, RefTerm, Term, With } from "../syntax/ast.ts";
import { varsOf } from "../syntax/visit.ts";
import type { Value } from "../value/value.ts";
import { planDataRef } from "./data-refs.ts";
import { isWildcard, ruleName } from "./names.ts";
import type {
  BodyPlan,
  ExprPlan,
  Operand,
  Pattern,
  Provenance,
  Replacement,
  Scan,
  ShownExpr,
  Slot,
  Span,
  Step,
  WithChange,
} from "./plan.ts";
import type { Planner } from "./planner.ts";
import { isFunction } from "./rule-nodes.ts";
import { constantOf, nodeAtRef } from "./terms.ts";
import { bodyText, everyText, exprText, type Names } from "./text.ts";
import { unify } from "./unify.ts";

/**
 * Plans the bodies of one rule, function or query, which share a frame. Knows at every point which variables are bound:
 * the compiler has ordered the expressions so that this never depends on values.
 */
export class BodyPlanner {
  readonly planner: Planner;
  readonly #originalNames: ReadonlyMap<string, string>;
  /** How traces show a variable: by its name in the source; what a query's compiler captured has none. */
  readonly #names: Names = (name) =>
    this.#originalNames.get(name) ?? (name.startsWith("__localq") ? "_" : name);
  readonly #slots = new Map<string, Slot>();
  readonly #known: Provenance[] = [];
  /** Slots that something reads, and scans whose keys perhaps nobody does. */
  readonly #read = new Set<Slot>();
  readonly #scans: Draft<Scan>[] = [];
  #bound = new Set<Slot>();
  /** Variables of the present closure that share the slot of another one. */
  #aliases: string[] = [];
  #next: number;
  #ordered = true;
  /** Of the expression being planned. */
  #span: Span | undefined;

  /** `first` is the first free slot: 0 is the rule's accumulator, then come parameters. */
  constructor(planner: Planner, originalNames: ReadonlyMap<string, string>, first: number) {
    this.planner = planner;
    this.#originalNames = originalNames;
    this.#next = first;
  }

  get slots(): number {
    return this.#next;
  }

  get ordered(): boolean {
    return this.#ordered;
  }

  fresh(): Slot {
    return this.#next++;
  }

  slotOf(name: string): Slot {
    let slot = this.#slots.get(name);
    if (slot === undefined) this.#slots.set(name, (slot = this.fresh()));
    return slot;
  }

  isBound(name: string): boolean {
    const slot = this.#slots.get(name);
    return slot !== undefined && this.#bound.has(slot);
  }

  bind(slot: Slot, known: Provenance = "unknown"): void {
    this.#bound.add(slot);
    this.#known[slot] = known;
  }

  /** The value of a slot; from now on somebody reads it. */
  local(slot: Slot): Operand {
    this.#read.add(slot);
    return { op: "local", slot, known: this.#known[slot] ?? "unknown" };
  }

  /** Makes a variable another name for a slot that the caller fills. */
  alias(name: string, slot: Slot): void {
    this.#slots.set(name, slot);
    this.bind(slot);
  }

  /** An argument or a given key: a new variable stands for its slot, any other term is matched with it. */
  parameter(term: Term, slot: Slot, steps: Step[]): void {
    if (term.kind === "var" && !this.#slots.has(term.name)) {
      this.alias(term.name, slot);
      return;
    }
    this.#known[slot] = "unknown";
    const value = this.local(slot);
    if (this.isGround(term)) steps.push({ op: "equal", left: value, right: this.ground(term) });
    else steps.push({ op: "match", value, pattern: this.pattern(term) });
  }

  /** Plans a body whose variables stay bound afterwards. `before` are steps that belong to the rule's head. */
  body(body: Body, ordered: boolean, before: readonly Step[] = [], headSpan?: Span): BodyPlan {
    const outer = this.#ordered;
    this.#ordered = ordered;
    const exprs: ExprPlan[] = [];
    if (before.length > 0 && headSpan) exprs.push({ steps: before, span: headSpan, generated: true });
    for (const expr of body) exprs.push(this.#expr(expr));
    this.#ordered = outer;
    const first = body[0];
    if (!first) throw new InvariantError("empty body");
    const span = this.planner.span(first.location);
    return this.planner.options.observed
      ? { exprs, span, text: bodyText(body, this.#names) }
      : { exprs, span };
  }

  /** Plans a body whose variables end with it. */
  closure<T>(plan: () => T): T {
    const outer = this.#bound;
    const outerAliases = this.#aliases;
    this.#bound = new Set(outer);
    this.#aliases = [];
    try {
      return plan();
    } finally {
      // Another closure may have a variable of the same name.
      for (const name of this.#aliases) this.#slots.delete(name);
      this.#aliases = outerAliases;
      this.#bound = outer;
    }
  }

  /** A variable first met where it is set equal to another one needs no slot of its own; observers want to see both. */
  #mayAlias(name: string): boolean {
    return !this.planner.options.observed && !this.#slots.has(name);
  }

  #test(body: Body): BodyPlan {
    return this.closure(() => this.body(body, this.planner.options.exact));
  }

  #expr(expr: Expr): ExprPlan {
    const steps: Step[] = [];
    const span = this.planner.span(expr.location);
    this.#span = span;
    if (expr.with.length === 0) this.#statement(expr, span, steps);
    else {
      const changes = expr.with.map((change) => this.#change(change, steps));
      const inner: Step[] = [];
      this.#statement(expr, span, inner);
      steps.push({ op: "with", changes, steps: inner });
    }
    const plan = { steps, span, generated: expr.generated };
    return this.planner.options.observed ? { ...plan, shown: this.#shown(expr) } : plan;
  }

  /** What observers see: the text, and the variables outside closures. */
  #shown(expr: Expr): ShownExpr {
    const names = new Set<string>();
    varsOfBody([expr], OUTSIDE_CLOSURES, names);
    return { text: exprText(expr, this.#names), vars: this.#shownVars(names) };
  }

  /** The variables of a rule's head, as observers see them. */
  headVars(head: Head): ShownExpr["vars"] {
    const names = new Set<string>();
    for (const term of [...(head.args ?? []), ...head.ref.parts.slice(1), head.key, head.value]) {
      if (term) for (const name of varsOf(term)) names.add(name);
    }
    return this.#shownVars(names);
  }

  #shownVars(names: Iterable<string>): ShownExpr["vars"] {
    const vars = new Map<string, Slot>();
    for (const name of names) {
      const slot = this.#slots.get(name);
      const shown = this.#names(name);
      if (slot !== undefined && shown !== "_" && !isWildcard(name)) vars.set(shown, slot);
    }
    return [...vars].map(([name, slot]) => ({ name, slot }));
  }

  #statement(expr: Expr, span: Span, steps: Step[]): void {
    if (expr.negated) {
      const body = this.#test([{ ...expr, negated: false, with: [] }]);
      steps.push({ op: "not", body });
      return;
    }
    const { terms } = expr;
    switch (terms.kind) {
      case "term": {
        const value = this.operand(terms.term, steps);
        const isTrue = value.op === "const" && value.value !== false;
        if (!isTrue || this.planner.options.observed) steps.push({ op: "check", value });
        return;
      }
      case "call":
        this.#call(terms, span, steps);
        return;
      case "every": {
        const domain = this.operand(terms.domain, steps);
        steps.push(
          this.closure(() => {
            const key = terms.key ? this.slotOf(terms.key.name) : this.fresh();
            const value = this.slotOf(terms.value.name);
            this.bind(key);
            this.bind(value);
            const step = {
              op: "every",
              domain,
              key,
              value,
              body: this.body(terms.body, this.planner.options.exact),
            } as const;
            return this.planner.options.observed
              ? { ...step, generator: everyText(terms, this.#names) }
              : step;
          }),
        );
        return;
      }
      case "not":
        steps.push({ op: "not", body: this.#test(terms.body) });
        return;
      case "and":
      case "or":
        steps.push({ op: terms.kind, bodies: terms.operands.map((body) => this.#test(body)) });
        return;
      case "some":
        return;
      default:
        unreachable(terms);
    }
  }

  #call(call: CallExpr, span: Span, steps: Step[]): void {
    const { operator, args } = call;
    const name = operatorName(operator);
    if (name === "eq" && args.length === 2) {
      unify(this, args[0] as Term, args[1] as Term, steps);
      return;
    }
    if (isFunctionOperator(operator)) {
      const { node, path } = nodeAtRef(this.planner.compiled.rules, operator);
      const arity = node.rules[0]?.rule.head.args?.length ?? 0;
      const rule = this.planner.rule(node, path, false);
      const operands = args.slice(0, arity).map((arg) => this.operand(arg, steps));
      const call = { op: "function", rule, args: operands, span } as const;
      this.#result(this.solved(call, steps, span), args[arity], steps);
      return;
    }
    const row = this.planner.options.builtin(name);
    const arity = row?.arity ?? args.length;
    const operands = args.slice(0, arity).map((arg) => this.operand(arg, steps));
    if (row?.relation) {
      const output = args[arity];
      const pattern: Pattern = output ? this.pattern(output) : { op: "any" };
      steps.push({ op: "relation", name, args: operands, output: pattern, span });
      return;
    }
    this.#result({ op: "builtin", name, args: operands, span }, args[arity], steps);
  }

  /** For observers rules are steps of their own, so that what follows runs within them. */
  solved(
    operand: Operand & { op: "rule" | "keyed" | "function" },
    steps: Step[],
    span = this.#span,
  ): Operand {
    if (!this.planner.options.observed || !span) return operand;
    const slot = this.fresh();
    this.bind(slot);
    const args = operand.op === "function" ? operand.args : [];
    const key = operand.op === "keyed" ? operand.key : undefined;
    steps.push({ op: "solve", slot, rule: operand.rule, args, key, span });
    return this.local(slot);
  }

  /** Unifies a call's result with its output; a call without an output must not be false. */
  #result(value: Operand, output: Term | undefined, steps: Step[]): void {
    if (!output) steps.push({ op: "check", value });
    else this.assign(output, value, steps);
  }

  /** Unifies a term with a value that is there already. */
  assign(term: Term, value: Operand, steps: Step[]): void {
    if (this.isEvaluable(term)) {
      steps.push({ op: "equal", left: value, right: this.operand(term, steps) });
    } else if (term.kind === "var" && value.op === "local" && this.#mayAlias(term.name)) {
      this.#slots.set(term.name, value.slot);
      this.#aliases.push(term.name);
    } else if (term.kind === "var") {
      const slot = this.slotOf(term.name);
      this.bind(slot, provenance(value));
      steps.push({ op: "bind", slot, value });
    } else {
      steps.push({ op: "match", value, pattern: this.pattern(term) });
    }
  }

  #change(change: With, steps: Step[]): WithChange {
    const target = change.target;
    if (target.kind === "var" && (target.name === "input" || target.name === "data")) {
      return {
        on: target.name,
        path: [],
        value: this.operand(change.value, steps),
        span: this.planner.span(change.location),
      };
    }
    if (target.kind !== "ref") throw new InvariantError(`with target of kind ${target.kind}`);
    const head = target.parts[0];
    const rootName = head.kind === "var" ? head.name : "";
    if (rootName === "input" || (rootName === "data" && !this.#isFunction(target))) {
      const path = target.parts.slice(1).map((part) => {
        const key = constantOf(part);
        if (key === undefined) throw new InvariantError("with target is not ground");
        return key;
      });
      const value = this.operand(change.value, steps);
      return { on: rootName as "input" | "data", path, value, span: this.planner.span(change.location) };
    }
    const name = rootName === "data" ? functionName(target) : operatorName(target);
    return { on: "function", name, by: this.#replacement(change.value, steps) };
  }

  #isFunction(ref: RefTerm): boolean {
    const found = nodeAtRef(this.planner.compiled.rules, ref, true);
    const first = found.node.rules[0];
    return first !== undefined && isFunction(first) && found.path.length === ref.parts.length - 1;
  }

  #replacement(value: Term, steps: Step[]): Replacement {
    if (value.kind === "ref") {
      if (!isFunctionOperator(value)) {
        const head = value.parts[0];
        const isLocal = head.kind !== "var" || head.name === "input" || this.isBound(head.name);
        if (!isLocal) return { kind: "builtin", name: operatorName(value) };
      } else if (this.#isFunction(value)) {
        const { node, path } = nodeAtRef(this.planner.compiled.rules, value);
        return { kind: "rule", rule: this.planner.rule(node, path, false) };
      }
    }
    return { kind: "value", value: this.operand(value, steps) };
  }

  /** The value of a term; new variables in brackets of a ref are bound by steps. `into` is where a final scan may leave its value. */
  operand(term: Term, steps: Step[], into?: Slot): Operand {
    const constant = constantOf(term);
    if (constant !== undefined) return { op: "const", value: constant };
    switch (term.kind) {
      case "var":
        return this.#variable(term.name, steps);
      case "ref":
        return this.#ref(term, steps, into);
      case "array":
      case "set":
        return { op: term.kind, items: term.items.map((item) => this.operand(item, steps)) };
      case "object":
        return {
          op: "object",
          entries: term.entries.map(([key, value]) => [this.operand(key, steps), this.operand(value, steps)]),
        };
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
        return this.closure(() => {
          const kind =
            term.kind === "array-comprehension"
              ? "array"
              : term.kind === "set-comprehension"
                ? "set"
                : "object";
          const into = this.fresh();
          const body = this.body(term.body, kind === "array" || this.planner.options.exact);
          const isObject = term.kind === "object-comprehension";
          return {
            op: "comprehension",
            kind,
            body,
            key: isObject ? this.ground(term.key) : undefined,
            value: this.ground(isObject ? term.value : term.head),
            into,
            span: this.planner.span(isObject ? term.key.location : term.location),
          };
        });
      default:
        throw new InvariantError(`a term of kind ${term.kind} stands where compilation leaves none`);
    }
  }

  /** The value of a term in which nothing is left to bind. */
  ground(term: Term): Operand {
    const steps: Step[] = [];
    const operand = this.operand(term, steps);
    if (steps.length > 0) throw new InvariantError("a term binds variables where it may not");
    return operand;
  }

  document(path: readonly string[], steps: Step[]): Operand {
    return planDataRef(
      this,
      path.map((value) => ({ constant: value })),
      steps,
    );
  }

  #variable(name: string, steps: Step[]): Operand {
    if (name === "input" && !this.#slots.has(name)) return { op: "input" };
    if (name === "data" && !this.#slots.has(name)) return planDataRef(this, [], steps);
    if (!this.isBound(name)) {
      const shown = this.#originalNames.get(name) ?? name;
      throw new InvariantError(`variable ${shown} is read before it is bound`);
    }
    return this.local(this.slotOf(name));
  }

  #ref(ref: RefTerm, steps: Step[], into?: Slot): Operand {
    const [head, ...rest] = ref.parts;
    if (head.kind === "var" && head.name === "data" && !this.#slots.has("data")) {
      return planDataRef(
        this,
        rest.map((part) => this.refKey(part)),
        steps,
        into,
      );
    }
    const base = this.operand(head, steps);
    return this.path(
      base,
      rest.map((part) => this.refKey(part)),
      steps,
      false,
      into,
    );
  }

  refKey(part: Term): RefKey {
    const constant = constantOf(part);
    return constant === undefined ? { term: part } : { constant };
  }

  /** Follows keys below a value: known keys are read, others are scanned. */
  path(base: Operand, keys: readonly RefKey[], steps: Step[], store: boolean, into?: Slot): Operand {
    let value = base;
    let ground: Operand[] = [];
    const read = (): Operand => {
      if (ground.length === 0) return value;
      const operand: Operand =
        value.op === "base"
          ? { op: "base", path: [...value.path, ...ground] }
          : { op: "get", of: value, keys: ground, store };
      ground = [];
      return operand;
    };
    keys.forEach((key, i) => {
      if ("constant" in key) {
        ground.push({ op: "const", value: key.constant });
        return;
      }
      if (this.isGround(key.term)) {
        ground.push(this.ground(key.term));
        return;
      }
      const over = read();
      const pattern = this.scanKey(key.term);
      const slot = i === keys.length - 1 && into !== undefined ? into : this.fresh();
      this.bind(slot, provenanceWithin(over));
      const scan: Draft<Scan> = { op: "scan", over, key: pattern, value: slot, ordered: this.#ordered };
      this.#scans.push(scan);
      steps.push(scan);
      value = this.local(slot);
    });
    return read();
  }

  /** Call it last: `some x in xs` is compiled with a key although the source has none, and nobody reads that. */
  dropUnreadKeys(): void {
    if (this.planner.options.observed) return;
    for (const scan of this.#scans) {
      if (scan.key?.op === "bind" && !this.#read.has(scan.key.slot)) scan.key = undefined;
    }
  }

  /** The pattern of a key that is being enumerated; undefined where nobody reads it. */
  scanKey(term: Term): Pattern | undefined {
    if (term.kind === "var" && isWildcard(term.name)) {
      // The same wildcard never occurs twice.
      return undefined;
    }
    return this.pattern(term);
  }

  /** A term as a pattern: new variables are bound, everything else is compared. */
  pattern(term: Term): Pattern {
    if (term.kind === "var" && !this.isBound(term.name) && !this.#isRoot(term.name)) {
      const slot = this.slotOf(term.name);
      this.bind(slot);
      return { op: "bind", slot };
    }
    if (this.isGround(term)) return { op: "equal", value: this.ground(term) };
    if (term.kind === "array") return { op: "array", items: term.items.map((item) => this.pattern(item)) };
    if (term.kind === "object") {
      return {
        op: "object",
        entries: term.entries.map(([key, value]) => [this.ground(key), this.pattern(value)]),
      };
    }
    throw new InvariantError(`a term of kind ${term.kind} cannot be a pattern`);
  }

  /** True where the term's value needs no binding at all. */
  isGround(term: Term): boolean {
    switch (term.kind) {
      case "scalar":
        return true;
      case "var":
        return this.isBound(term.name) || this.#isRoot(term.name);
      case "ref":
        return term.parts.every((part) => this.isGround(part));
      case "array":
      case "set":
        return term.items.every((item) => this.isGround(item));
      case "object":
        return term.entries.every(([key, value]) => this.isGround(key) && this.isGround(value));
      default:
        return true;
    }
  }

  /** True where the term gives values by itself: ground, or a ref whose brackets it enumerates. */
  isEvaluable(term: Term): boolean {
    if (term.kind === "ref") return this.isEvaluable(term.parts[0]);
    if (term.kind === "array" || term.kind === "set")
      return term.items.every((item) => this.isEvaluable(item));
    if (term.kind === "object") {
      return term.entries.every(([key, value]) => this.isEvaluable(key) && this.isEvaluable(value));
    }
    return this.isGround(term);
  }

  #isRoot(name: string): boolean {
    return (name === "input" || name === "data") && !this.#slots.has(name);
  }
}

/** A part of a plan that may still change. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

export type RefKey = { readonly constant: Value } | { readonly term: Term };

/** How functions are named where a `with` replaces them. */
export function functionName(ref: RefTerm): string {
  return ruleName(ref.parts.slice(1).map((part) => constantOf(part) as Value));
}

export function provenance(operand: Operand): Provenance {
  switch (operand.op) {
    case "local":
      return operand.known;
    case "input":
    case "base":
      return "json";
    case "get":
      return provenance(operand.of) === "json" ? "json" : "unknown";
    case "set":
      return "set";
    case "const":
      switch (typeof operand.value) {
        case "string":
        case "number":
        case "boolean":
          return typeof operand.value as Provenance;
        default:
          return "unknown";
      }
    case "comprehension":
      return operand.kind === "set" ? "set" : "unknown";
    default:
      return "unknown";
  }
}

function provenanceWithin(operand: Operand): Provenance {
  return provenance(operand) === "json" ? "json" : "unknown";
}
