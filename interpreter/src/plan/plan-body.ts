import { isFunctionOperator, operatorName } from "../compiler/compiled.ts";
import { ALL_VARS, OUTSIDE_CLOSURES, varsOfBody } from "../compiler/vars.ts";
import { InvariantError, unreachable } from "../errors.ts";
import type { Body, CallExpr, Expr, Head, Term } from "../syntax/ast.ts";
import { varsOf } from "../syntax/visit.ts";
import type {
  BodyPlan,
  BuiltinCall,
  ExprPlan,
  Operand,
  Pattern,
  ShownVar,
  Slot,
  Span,
  Step,
} from "./plan.ts";
import { TermPlanner } from "./plan-terms.ts";
import { isWildcard } from "./names.ts";
import { dropUnreadKeys } from "./scope.ts";
import { provenance } from "./provenance.ts";
import { everySides, NOBODY, sideOf, sideOfSlot } from "./sides.ts";
import { nodeAtRef } from "./terms.ts";
import { bodyText, everyText, exprText } from "./text.ts";
import { unify } from "./unify.ts";
import { planChange } from "./with-changes.ts";

/**
 * Plans the bodies of one rule, function or query, which share a frame. Knows at every point which variables are bound:
 * the compiler has ordered the expressions so that this never depends on values.
 */
export class BodyPlanner extends TermPlanner {
  /** An argument or a given key: a new variable stands for its slot, any other term is matched with it. */
  parameter(term: Term, slot: Slot, steps: Step[]): void {
    if (term.kind === "var" && !this.scope.has(term.name)) {
      this.scope.name(term.name, slot);
      return;
    }
    const value = this.scope.local(slot);
    if (this.isGround(term)) steps.push({ op: "equal", left: value, right: this.ground(term) });
    else steps.push({ op: "match", value, pattern: this.pattern(term) });
  }

  /** Tells that what the caller fills a slot with is unified with a term of the head. */
  tellParameter(term: Term, slot: Slot, steps: Step[]): void {
    if (this.planner.options.unifications) this.tell(sideOfSlot(this, slot), sideOf(this, term), steps);
  }

  /** Tells that what the caller asked for is unified with a term of the head. */
  tellAsked(term: Term, steps: Step[]): void {
    if (this.planner.options.unifications) this.tell({ op: "asked" }, sideOf(this, term), steps);
  }

  /** Plans a body whose variables stay bound afterwards. `before` are steps that belong to the rule's head. */
  override body(body: Body, ordered: boolean, before: readonly Step[] = [], headSpan?: Span): BodyPlan {
    const outer = this.ordered;
    this.ordered = ordered;
    const exprs: ExprPlan[] = [];
    if (before.length > 0 && headSpan) exprs.push({ steps: before, span: headSpan, generated: true });
    for (const [index, expr] of body.entries()) exprs.push(this.#expr(expr, index));
    this.ordered = outer;
    const first = body[0];
    if (!first) throw new InvariantError("empty body");
    const span = this.planner.span(first.location);
    return this.planner.options.observed
      ? { exprs, span, text: bodyText(body, this.scope.names), vars: varsOfExprs(exprs) }
      : { exprs, span };
  }

  /** Call it when all that reads variables is planned. */
  finish(): void {
    if (!this.planner.options.observed) dropUnreadKeys(this.scans, this.scope);
  }

  #test(body: Body): BodyPlan {
    return this.scope.closure(() => this.body(body, this.planner.options.exact));
  }

  #expr(expr: Expr, index: number): ExprPlan {
    const span = this.planner.span(expr.location);
    this.span = span;
    if (this.planner.options.observed) return this.#observedExpr(expr, index, span);
    return { steps: this.#steps(expr, span), span, generated: expr.generated };
  }

  #steps(expr: Expr, span: Span): Step[] {
    const steps: Step[] = [];
    if (expr.with.length === 0) this.#statement(expr, span, steps);
    else {
      const changes = expr.with.map((change) => planChange(this, change, steps));
      const inner: Step[] = [];
      this.#statement(expr, span, inner);
      steps.push({ op: "with", changes, steps: inner });
    }
    return steps;
  }

  /** With what observers see: the text, the variables outside closures, and the rules whose values are read. */
  #observedExpr(expr: Expr, index: number, span: Span): ExprPlan {
    const names = new Set<string>();
    varsOfBody([expr], ALL_VARS, names);
    const bound = new Set([...names].filter((name) => this.scope.isBound(name)));
    // Variables of closures are those of the closures' own expressions, unless they come from outside.
    const own = new Set<string>();
    varsOfBody([expr], OUTSIDE_CLOSURES, own);
    const outer = this.solvedRefs;
    const outerVars = this.exprVars;
    this.solvedRefs = [];
    this.exprVars = { names: [...own], bound };
    const steps = this.#steps(expr, span);
    const shown = [...names].filter((name) => own.has(name) || bound.has(name));
    const read = this.solvedRefs;
    const vars = [...this.scope.shown(shown, bound), ...distinct(read)];
    // What a closure reads is shown of the expression around it, too.
    this.solvedRefs = [...outer, ...read];
    this.exprVars = outerVars;
    return {
      steps,
      span,
      generated: expr.generated,
      shown: {
        text: exprText(expr, this.scope.names),
        index,
        vars,
        ...(expr.negated && { negated: true as const }),
        ...(expr.with.length > 0 && { changed: true as const }),
      },
    };
  }

  /** The variables of a rule's head, as observers see them. */
  headVars(head: Head): readonly ShownVar[] {
    const names = new Set<string>();
    const [, key, ...deeper] = head.ref.parts;
    const terms = [...(head.args ?? []), deeper.length === 0 ? key : undefined, head.key, head.value];
    for (const term of terms) {
      if (term) for (const name of varsOf(term)) names.add(name);
    }
    return this.scope.shown(names);
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
        const own = this.planner.options.unifications ? sideOf(this, terms.term) : undefined;
        if (own) this.tell(own, NOBODY, steps);
        const value = this.evaluated(terms.term, own && { own: [own], other: () => NOBODY }, steps);
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
          this.scope.closure(() => {
            const key = terms.key ? this.scope.slotOf(terms.key.name) : this.scope.fresh();
            const value = this.scope.slotOf(terms.value.name);
            const over = varsOf(terms.domain);
            const told = this.planner.options.unifications ? everySides(this, terms) : undefined;
            this.scope.bind(key);
            this.scope.bind(value);
            const step = {
              op: "every",
              domain,
              key,
              value,
              body: this.body(terms.body, this.planner.options.exact),
            } as const;
            return this.planner.options.observed
              ? {
                  ...step,
                  generator: {
                    text: everyText(terms, this.scope.names),
                    vars: this.scope.shown(
                      [...over, ...(terms.key ? [terms.key.name] : []), terms.value.name],
                      over,
                    ),
                    ...(told && { told }),
                  },
                }
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
      const call = { op: "function", rule, args: operands, span, ...bare(args[arity]) } as const;
      const output = args[arity];
      const asked = this.planner.options.unifications && output ? sideOf(this, output) : undefined;
      this.#result(this.solved(call, steps, { span, asked }), output, steps);
      return;
    }
    this.planner.builtins.add(name);
    const row = this.planner.options.builtin(name);
    const arity = row?.arity ?? args.length;
    const operands = args.slice(0, arity).map((arg) => this.operand(arg, steps));
    if (row?.relation) {
      const output = args[arity];
      const told = this.planner.options.unifications && output ? sideOf(this, output) : undefined;
      const pattern: Pattern = output ? this.pattern(output) : { op: "any" };
      const pathless = this.planner.options.observed && output !== undefined && hasWildcardPath(output);
      steps.push({
        op: "relation",
        name,
        args: operands,
        output: pattern,
        span,
        ...(pathless && { pathless }),
        ...(told && { told }),
      });
      return;
    }
    this.#builtinResult(
      { op: "builtin", name, args: operands, span, ...bare(args[arity]) },
      args[arity],
      steps,
    );
  }

  #builtinResult(call: BuiltinCall, output: Term | undefined, steps: Step[]): void {
    if (!this.planner.options.observed) return this.#result(call, output, steps);
    const slot = this.scope.fresh();
    const asked = output && this.planner.options.unifications ? sideOf(this, output) : undefined;
    steps.push({ op: "invoke", slot, call, ...(asked && { asked }) });
    this.scope.bind(slot, provenance(call));
    this.#result(this.scope.local(slot), output, steps);
  }

  /** Unifies a call's result with its output; a call without an output must not be false. */
  #result(value: Operand, output: Term | undefined, steps: Step[]): void {
    if (!output) steps.push({ op: "check", value });
    else this.assign(output, value, steps);
  }
}

/** What marks a call that nothing takes the result of. */
function bare(output: Term | undefined): { readonly bare?: true } {
  return output ? {} : { bare: true };
}

/** `[_, x]` */
function hasWildcardPath(output: Term): boolean {
  if (output.kind !== "array" || output.items.length !== 2) return false;
  const [path] = output.items;
  return path?.kind === "var" && isWildcard(path.name);
}

function distinct(vars: readonly ShownVar[]): readonly ShownVar[] {
  return [...new Map(vars.map((shown) => [shown.name, shown])).values()];
}

/** The variables of a body: where several expressions have one, the first knows whether it was bound before. */
function varsOfExprs(exprs: readonly ExprPlan[]): readonly ShownVar[] {
  const vars = new Map<Slot | string, ShownVar>();
  for (const { shown } of exprs) {
    for (const variable of shown?.vars ?? []) {
      const id = variable.state === "read" ? variable.name : variable.slot;
      if (!vars.has(id)) vars.set(id, variable);
    }
  }
  return [...vars.values()];
}
