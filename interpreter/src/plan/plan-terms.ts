import { InvariantError } from "../errors.ts";
import type { Body, RefTerm, Term } from "../syntax/ast.ts";
import { walkTerm } from "../syntax/visit.ts";
import { planDataRef } from "./data-refs.ts";
import { isWildcard } from "./names.ts";
import type {
  BodyPlan,
  Operand,
  Pattern,
  RefEnd,
  Scan,
  ShownTerm,
  ShownVar,
  Side,
  Slot,
  Span,
  Step,
} from "./plan.ts";
import type { Planning, RefKey, Sides, SolvedFrom, TermPlanning } from "./planning.ts";
import { provenance, provenanceWithin } from "./provenance.ts";
import type { Draft, Scope } from "./scope.ts";
import { addVars, isEvaluated, NOBODY, shownTerm, sideOf, sideOfSlot } from "./sides.ts";
import { constantOf } from "./terms.ts";

/** An operand without a value. */
const NOTHING: Operand = {
  op: "get",
  of: { op: "const", value: {} },
  keys: [{ op: "const", value: "" }],
  store: false,
};

/** Plans terms: as operands, which give a value, and as patterns, which take one apart. */
export abstract class TermPlanner implements TermPlanning {
  readonly planner: Planning;
  readonly scope: Scope;
  protected readonly scans: Draft<Scan>[] = [];
  /** Whether scans must keep the order of keys. */
  protected ordered = true;
  /** Of the expression being planned. */
  protected span: Span | undefined;
  /** The variables of the expression, and those of them that had values before it. */
  protected exprVars: { readonly names: readonly string[]; readonly bound: ReadonlySet<string> } = {
    names: [],
    bound: new Set(),
  };
  /** The references to rules met in the expression, where observers want to see them. */
  protected solvedRefs: ShownVar[] = [];
  refEnd: RefEnd | undefined;

  constructor(planner: Planning, scope: Scope) {
    this.planner = planner;
    this.scope = scope;
  }

  abstract body(body: Body, ordered: boolean): BodyPlan;

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
        return {
          op: "array",
          items: term.items.map((item) => this.operand(item, steps)),
          ...this.#shown(term),
        };
      case "set":
        return { op: "set", items: term.items.map((item) => this.#part(item, steps)), ...this.#shown(term) };
      case "object":
        return {
          op: "object",
          entries: term.entries.map(([key, value]) => [this.#part(key, steps), this.operand(value, steps)]),
          ...this.#shown(term),
        };
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
        return this.scope.closure(() => {
          const kind =
            term.kind === "array-comprehension"
              ? "array"
              : term.kind === "set-comprehension"
                ? "set"
                : "object";
          const into = this.scope.fresh();
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

  #shown(term: Term): { readonly shown?: ShownTerm } {
    return this.planner.options.unifications ? { shown: shownTerm(this, term) } : {};
  }

  boundVars(): readonly ShownVar[] {
    const { names, bound } = this.exprVars;
    const now = new Set(names.filter((name) => !bound.has(name) && this.scope.isBound(name)));
    return this.scope.shown(now, now);
  }

  tell(left: Side, right: Side, steps: Step[], read?: RefEnd): void {
    if (this.planner.options.unifications)
      steps.push({ op: "unification", left, right, ...(read && { read }) });
  }

  evaluated(term: Term, sides: Sides | undefined, steps: Step[], into?: Slot): Operand {
    if (!sides || !this.planner.options.unifications || !isEvaluated(this, term))
      return this.operand(term, steps, into);
    this.refEnd = undefined;
    const reads = this.solvedRefs.length;
    const wanted = sides.other();
    const value = this.operand(term, steps, into);
    for (const side of sides.own) addVars(side, this.solvedRefs.slice(reads));
    const last = steps.at(-1);
    if (last?.op === "scan" && last.told && value.op === "local" && value.slot === last.value) {
      // Of a set that is searched for something known OPA looks at nothing else.
      (last as Draft<Scan>).told = { ...last.told, wanted };
    }
    const end = term.kind === "ref" || term.kind === "var" ? this.refEnd : undefined;
    const slot = this.settled(value, steps);
    this.tell(sideOfSlot(this, slot), sides.other(), steps, end);
    return this.scope.local(slot);
  }

  /** The slot that holds a value. */
  protected settled(value: Operand, steps: Step[]): Slot {
    if (value.op === "local") return value.slot;
    const slot = this.scope.fresh();
    this.scope.bind(slot, provenance(value));
    steps.push({ op: "bind", slot, value });
    return slot;
  }

  /** The value of a term in which nothing is left to bind. */
  ground(term: Term): Operand {
    const steps: Step[] = [];
    const operand = this.operand(term, steps);
    if (steps.length > 0) throw new InvariantError("a term binds variables where it may not");
    return operand;
  }

  /** The document at a path, read at a place; and what observers see of it. */
  document(
    path: readonly string[],
    text: string,
    steps: Step[],
    span: Span,
  ): { readonly value: Operand; readonly vars: readonly ShownVar[] } {
    this.span = span;
    const keys = path.map((value) => ({ constant: value }));
    this.tell({ op: "text", shown: { text, vars: this.solvedRefs, open: [] } }, NOBODY, steps);
    const value = planDataRef(this, keys, steps);
    if (!this.planner.options.unifications) return { value, vars: this.solvedRefs };
    const slot = this.settled(value, steps);
    this.tell(sideOfSlot(this, slot), NOBODY, steps, this.refEnd);
    return { value: this.scope.local(slot), vars: this.solvedRefs };
  }

  /** An element of a set or a key. OPA's safety lets a call's output stand there among its own arguments: without a value. */
  #part(term: Term, steps: Step[]): Operand {
    const isOwnOutput = term.kind === "var" && !this.scope.isBound(term.name) && !this.#isRoot(term.name);
    return isOwnOutput ? NOTHING : this.operand(term, steps);
  }

  #variable(name: string, steps: Step[]): Operand {
    if (name === "input" && !this.scope.has(name)) return { op: "input" };
    if (name === "data" && !this.scope.has(name)) return planDataRef(this, [], steps);
    if (!this.scope.isBound(name)) {
      const shown = this.scope.names(name);
      throw new InvariantError(`variable ${shown} is read before it is bound`);
    }
    return this.scope.local(this.scope.slotOf(name));
  }

  #ref(ref: RefTerm, steps: Step[], into?: Slot): Operand {
    const [head, ...rest] = ref.parts;
    if (head.kind === "var" && head.name === "data" && !this.scope.has("data")) {
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
      const told = this.planner.options.unifications ? { key: sideOf(this, key.term) } : undefined;
      const pattern = this.scanKey(key.term);
      const slot = i === keys.length - 1 && into !== undefined ? into : this.scope.fresh();
      this.scope.bind(slot, provenanceWithin(over));
      const scan: Draft<Scan> = {
        op: "scan",
        over,
        key: pattern,
        value: slot,
        ordered: this.ordered,
        ...(told && { told }),
      };
      this.scans.push(scan);
      steps.push(scan);
      value = this.scope.local(slot);
    });
    return read();
  }

  /** The pattern of a key that is being enumerated; undefined where nobody reads it. */
  scanKey(term: Term): Pattern | undefined {
    if (term.kind === "var" && isWildcard(term.name) && !this.planner.options.observed) {
      // The same wildcard never occurs twice.
      return undefined;
    }
    return this.pattern(term);
  }

  /** A term as a pattern: new variables are bound, everything else is compared. */
  pattern(term: Term): Pattern {
    if (term.kind === "var" && !this.scope.isBound(term.name) && !this.#isRoot(term.name)) {
      const slot = this.scope.slotOf(term.name);
      this.scope.bind(slot);
      return { op: "bind", slot };
    }
    if (this.isGround(term)) return { op: "equal", value: this.ground(term) };
    if (term.kind === "array") return { op: "array", items: term.items.map((item) => this.pattern(item)) };
    if (term.kind === "object" && term.entries.every(([key]) => this.isGround(key))) {
      return {
        op: "object",
        entries: term.entries.map(([key, value]) => [this.ground(key), this.pattern(value)]),
      };
    }
    if (term.kind === "set" || term.kind === "object") return this.#impossible(term);
    throw new InvariantError(`a term of kind ${term.kind} cannot be a pattern`);
  }

  /** A set or a key that holds unbound variables equals nothing, as in OPA; then the variables count as bound. */
  #impossible(term: Term): Pattern {
    walkTerm(term, {
      term: ({ kind, name }: Term & { readonly name?: string }) => {
        if (kind === "var" && name !== undefined && !this.scope.isBound(name) && !this.#isRoot(name)) {
          this.scope.bind(this.scope.slotOf(name));
        }
      },
    });
    return { op: "equal", value: NOTHING };
  }

  /** True where the term's value needs no binding at all. */
  isGround(term: Term): boolean {
    switch (term.kind) {
      case "scalar":
        return true;
      case "var":
        return this.scope.isBound(term.name) || this.#isRoot(term.name);
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
    return (name === "input" || name === "data") && !this.scope.has(name);
  }

  /** For observers rules are steps of their own, so that what follows runs within them. */
  solved(
    operand: Operand & { op: "rule" | "keyed" | "function" },
    steps: Step[],
    { span = this.span, shown, given = [], asked }: SolvedFrom = {},
  ): Operand {
    if (!this.planner.options.observed || !span) return operand;
    const vars = this.boundVars();
    const slot = this.scope.fresh();
    this.scope.bind(slot);
    const args = operand.op === "function" ? operand.args : given;
    const key = operand.op === "keyed" ? operand.key : undefined;
    if (shown) this.solvedRefs.push({ ...shown, state: "read" });
    const bare = operand.op === "function" && operand.bare ? ({ bare: true } as const) : {};
    steps.push({
      op: "solve",
      slot,
      rule: operand.rule,
      args,
      key,
      span,
      vars,
      ...bare,
      ...(asked && { asked }),
    });
    return this.scope.local(slot);
  }

  /** Unifies a term with a value that is there already. */
  assign(term: Term, value: Operand, steps: Step[], sides?: readonly Side[]): void {
    if (sides && this.isEvaluable(term) && isEvaluated(this, term)) {
      const left = this.settled(value, steps);
      const both = { own: sides, other: () => sideOfSlot(this, left) };
      const right = this.evaluated(term, both, steps);
      steps.push({ op: "equal", left: this.scope.local(left), right });
    } else if (this.isEvaluable(term)) {
      steps.push({ op: "equal", left: value, right: this.operand(term, steps) });
    } else if (term.kind === "var" && value.op === "local" && this.#mayShare(term.name)) {
      this.scope.share(term.name, value.slot);
    } else if (term.kind === "var") {
      const slot = this.scope.slotOf(term.name);
      this.scope.bind(slot, provenance(value));
      steps.push({ op: "bind", slot, value });
    } else {
      steps.push({ op: "match", value, pattern: this.pattern(term) });
    }
  }

  /** A variable first met where it is set equal to another one needs no slot of its own; observers want to see both. */
  #mayShare(name: string): boolean {
    return !this.planner.options.observed && !this.scope.has(name);
  }
}
