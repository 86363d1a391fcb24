import type { CompiledModules, CompiledQuery, CompiledRule, RuleNode } from "../compiler/compiled.ts";
import { InvariantError } from "../errors.ts";
import type { Head, RefTerm, Rule } from "../syntax/ast.ts";
import type { Location, Source } from "../location.ts";
import { compare } from "../value/order.ts";
import type { Value } from "../value/value.ts";
import { withJoins } from "./joins.ts";
import { withKept } from "./kept.ts";
import { withSharedSteps } from "./shared-steps.ts";
import { pathText } from "./names.ts";
import { fitShape } from "./key-shape.ts";
import type { KeyShape } from "./key-shape.ts";
import { knownInHead } from "./narrowing.ts";
import type { Narrowing } from "./narrowing.ts";
import { BodyPlanner } from "./plan-body.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { Planning } from "./planning.ts";
import { Scope } from "./scope.ts";
import type {
  ChainPlan,
  ClausePlan,
  Operand,
  Plan,
  PlanSource,
  QueryPlan,
  RulePlan,
  ShownExpr,
  Span,
  Step,
  TreePlan,
} from "./plan.ts";
import { kindOfNode, rulesBelow } from "./rule-nodes.ts";
import { constantOf } from "./terms.ts";
import { planIndex } from "./rule-index.ts";
import { planLookup } from "./rule-lookup.ts";

/** Plans a compiled query, together with the rules it can reach. */
export function planQuery(compiled: CompiledModules, query: CompiledQuery, options: PlanOptions): Plan {
  const planner = new Planner(compiled, options);
  const captures = new Set(query.expressions.flatMap(({ capture }) => capture ?? []));
  const body = new BodyPlanner(planner, new Scope(query.originalNames, 1, captures));
  const steps = body.body(query.body, true);
  const plan: QueryPlan = {
    body: steps,
    bindings: [...query.bindings].map(([name, local]) => ({ name, slot: body.scope.slotOf(local) })),
    expressions: query.expressions.map(({ capture, text, location }) => ({
      text,
      span: planner.span(location),
      slot: capture === undefined ? undefined : body.scope.slotOf(capture),
    })),
    slots: body.scope.size,
  };
  for (const { slot } of [...plan.bindings, ...plan.expressions])
    if (slot !== undefined) body.scope.local(slot);
  body.finish();
  return planner.finish(plan);
}

/** Plans the value of the document at `path` (below `data`), without a query around it. */
export function planDocument(compiled: CompiledModules, path: readonly string[], options: PlanOptions): Plan {
  const planner = new Planner(compiled, options);
  const body = new BodyPlanner(planner, new Scope(new Map(), 1));
  const nowhere: Span = {
    source: planner.sourceOf({ file: "", text: "" }),
    start: 0,
    end: 0,
    row: 1,
    col: 1,
  };
  const slot = body.scope.fresh();
  const steps: Step[] = [];
  const text = pathText(path);
  const { value, vars } = body.document(path, text, steps, nowhere);
  steps.push({ op: "bind", slot, value });
  const expr = { steps, span: nowhere, generated: true };
  // Observers see what they would see of the query.
  const shown: ShownExpr = {
    text: `${text} = _`,
    index: 0,
    vars: [{ name: "_", slot, state: "free" }, ...vars],
  };
  return planner.finish({
    slots: body.scope.size,
    body: options.observed
      ? { exprs: [{ ...expr, generated: false, shown }], span: nowhere, text: shown.text, vars: shown.vars }
      : { exprs: [expr], span: nowhere },
    bindings: [],
    expressions: [{ text, span: nowhere, slot }],
  });
}

/** Numbers rules, tree nodes and sources on first use, and plans what was used. */
class Planner implements Planning {
  readonly compiled: CompiledModules;
  readonly options: PlanOptions;
  /** Builtins called so far. */
  readonly builtins = new Set<string>();
  readonly #sources: PlanSource[] = [];
  readonly #sourceIds = new Map<Source, number>();
  readonly #rules: (RulePlan | undefined)[] = [];
  readonly #ruleIds = new Map<RuleNode, { full?: number; keyed?: number }>();
  /** Of narrowed rules, by what they are narrowed to. */
  readonly #narrowedIds = new Map<RuleNode, Map<string, number>>();
  readonly #pending: (() => void)[] = [];
  readonly #trees: (TreePlan | undefined)[] = [];
  readonly #treeIds = new Map<RuleNode, number>();

  constructor(compiled: CompiledModules, options: PlanOptions) {
    this.compiled = compiled;
    this.options = options;
  }

  finish(query: QueryPlan): Plan {
    for (let next = this.#pending.pop(); next; next = this.#pending.pop()) next();
    const plan: Plan = {
      sources: this.#sources,
      rules: this.#rules as RulePlan[],
      trees: this.#trees as TreePlan[],
      query,
      builtins: [...this.builtins],
    };
    if (this.options.exact) return plan;
    const isPure = (name: string): boolean => this.options.builtin(name)?.pure === true;
    const joined = withJoins(plan, isPure);
    const { stableInput } = this.options;
    return withSharedSteps(stableInput === undefined ? joined : withKept(joined, stableInput, isPure));
  }

  sourceOf(source: Source): number {
    const known = this.#sourceIds.get(source);
    if (known !== undefined) return known;
    const id = this.#sources.push({ file: source.file, text: source.text }) - 1;
    this.#sourceIds.set(source, id);
    return id;
  }

  span(location: Location): Span {
    const { start, end, row, col } = location;
    return { source: this.sourceOf(location.source), start, end, row, col };
  }

  /** The number of the rule at a node; `keyed` for the variant that evaluates the part under one key. */
  rule(node: RuleNode, path: readonly Value[], keyed: boolean): number {
    let ids = this.#ruleIds.get(node);
    if (!ids) this.#ruleIds.set(node, (ids = {}));
    const known = keyed ? ids.keyed : ids.full;
    if (known !== undefined) return known;
    const id = this.#rules.push(undefined) - 1;
    if (keyed) ids.keyed = id;
    else ids.full = id;
    this.#pending.push(() => {
      this.#rules[id] = this.#planRule(id, node, path, keyed ? "keyed" : "full");
    });
    return id;
  }

  narrowed(node: RuleNode, path: readonly Value[], narrowing: Narrowing): number {
    let ids = this.#narrowedIds.get(node);
    if (!ids) this.#narrowedIds.set(node, (ids = new Map()));
    const name = JSON.stringify(narrowing);
    const known = ids.get(name);
    if (known !== undefined) return known;
    const id = this.#rules.push(undefined) - 1;
    ids.set(name, id);
    this.#pending.push(() => {
      this.#rules[id] = this.#planRule(id, node, path, narrowing);
    });
    return id;
  }

  fitted(node: RuleNode, path: readonly Value[], key: KeyShape): number {
    const id = this.#rules.push(undefined) - 1;
    this.#pending.push(() => {
      this.#rules[id] = this.#planRule(id, node, path, { fitted: key });
    });
    return id;
  }

  /** The number of a node of the tree of virtual documents. */
  tree(node: RuleNode, path: readonly Value[]): number {
    const known = this.#treeIds.get(node);
    if (known !== undefined) return known;
    const id = this.#trees.push(undefined) - 1;
    this.#treeIds.set(node, id);
    const kind = kindOfNode(node);
    const isDocument = kind !== undefined && kind !== "function";
    const rule = isDocument ? this.rule(node, path, false) : undefined;
    const children = isDocument
      ? []
      : [...node.children.values()]
          .filter(
            (child) => kindOfNode(child) !== "function" || child.children.size > 0 || this.options.observed,
          )
          .sort((a, b) => compare(a.key, b.key))
          .map((child) => ({ key: child.key, tree: this.tree(child, [...path, child.key]) }));
    const met = this.options.observed && kind === "function" ? { met: this.rule(node, path, false) } : {};
    this.#trees[id] = { id, path, rule, children, hidden: node.hidden, ...met };
    return id;
  }

  #planRule(id: number, node: RuleNode, path: readonly Value[], part: Part): RulePlan {
    const keyed = part === "keyed";
    const fitted = typeof part === "object" && "fitted" in part ? part.fitted : undefined;
    const narrowing = typeof part === "string" || "fitted" in part ? undefined : part;
    const kind = kindOfNode(node);
    if (kind === undefined) throw new InvariantError(`no rules at data.${path.join(".")}`);
    const rules = kind === "object" ? rulesBelow(node) : node.rules;
    const first = rules[0] as CompiledRule;
    const params =
      kind === "function" ? (first.rule.head.args?.length ?? 0) : keyed ? 1 : fitted ? knownParts(fitted) : 0;
    let slots = 0;
    const plan = (rule: Rule, ref: RefTerm, isKeyed = false): ClausePlan => {
      const scope = new Scope(this.compiled.originalNames, 1 + params);
      if (narrowing) for (const known of knownInHead(rule.head.key, narrowing) ?? []) scope.fix(...known);
      const body = new BodyPlanner(this, scope);
      const clause = this.#planClause(
        body,
        rule,
        kind,
        keyed ? "keyed" : fitted,
        ref,
        path.length + 1,
        isKeyed,
      );
      slots = Math.max(slots, body.scope.size);
      return clause;
    };
    const chains: ChainPlan[] = [];
    const ruleChains: Rule[][] = [];
    let fallback: ClausePlan | undefined;
    for (const compiled of rules) {
      if (compiled.rule.default) {
        fallback = plan(compiled.rule, compiled.ref);
        continue;
      }
      if (narrowing && !knownInHead(compiled.rule.head.key, narrowing)) continue;
      const chain: ClausePlan[] = [];
      const ruleChain: Rule[] = [];
      for (let rule: Rule | undefined = compiled.rule; rule; rule = rule.else) {
        chain.push(plan(rule, compiled.ref, isKeyedHead(compiled.rule.head)));
        ruleChain.push(rule);
      }
      ruleChains.push(ruleChain);
      chains.push(chain as unknown as ChainPlan);
    }
    return {
      id,
      kind,
      path,
      params,
      restricted: keyed,
      ...(fitted && { fitted: true }),
      ...(narrowing && { only: narrowing }),
      slots,
      chains,
      default: fallback,
      ...(this.options.exact && { lookup: planLookup(ruleChains, this.compiled.rules) }),
      index: this.options.ruleIndex && !this.options.observed ? planIndex(chains, params) : undefined,
      span: this.span(first.rule.location),
    };
  }

  #planClause(
    body: BodyPlanner,
    rule: Rule,
    kind: RulePlan["kind"],
    given: "keyed" | KeyShape | undefined,
    ref: RefTerm,
    depth: number,
    isKeyed: boolean,
  ): ClausePlan {
    const { head } = rule;
    const steps: Step[] = [];
    if (rule.default) {
      head.args?.forEach((arg, i) => {
        body.tellParameter(arg, 1 + i, steps);
        // The args of a default function are plain vars that its value does not read.
        if (arg.kind === "var") body.scope.name(arg.name, 1 + i);
      });
    } else if (kind === "function") {
      head.args?.forEach((arg, i) => {
        body.tellParameter(arg, 1 + i, steps);
        body.parameter(arg, 1 + i, steps);
      });
    } else if (typeof given === "object" && head.key) {
      body.tellAsked(head.key, steps);
      const fits = fitShape(given, head.key, (i, term) => body.parameter(term, 1 + i, steps));
      if (!fits) steps.push({ op: "check", value: { op: "const", value: false } });
    } else if (given && kind === "set" && head.key) {
      body.tellParameter(head.key, 1, steps);
      body.parameter(head.key, 1, steps);
    } else if (given) {
      const part = ref.parts[depth];
      if (part) {
        body.tellParameter(part, 1, steps);
        body.parameter(part, 1, steps);
      }
    }
    if (kind === "function" && head.value) body.tellAsked(head.value, steps);
    const planned = body.body(rule.body, this.options.exact, steps, this.span(head.location));
    const at: Operand[] = [];
    if (kind === "object") {
      for (const part of ref.parts.slice(depth)) at.push(body.ground(part));
    }
    const value = head.key ? undefined : head.value && body.ground(head.value);
    const element = head.key && body.ground(head.key);
    body.finish();
    return {
      ...(this.options.observed && { text: constantText(ref), vars: body.headVars(head) }),
      ...(this.options.observed && isKeyed && { keyed: true as const }),
      body: planned,
      value,
      element,
      at,
      span: this.span(rule.location),
      headSpan: this.span(head.location),
    };
  }
}

/** What of a rule is planned: all of it, what lies under one key, or elements that a reference wants. */
type Part = "full" | "keyed" | Narrowing | { readonly fitted: KeyShape };

function knownParts(shape: KeyShape): number {
  switch (shape.kind) {
    case "known":
      return 1;
    case "free":
      return 0;
    case "array":
      return shape.items.reduce((count, item) => count + knownParts(item), 0);
    case "object":
      return shape.entries.reduce((count, [, value]) => count + knownParts(value), 0);
  }
}

/** A rule's reference up to its first variable. */
function constantText(ref: RefTerm): string {
  const path: Value[] = [];
  for (const part of ref.parts.slice(1)) {
    const key = constantOf(part);
    if (key === undefined) break;
    path.push(key);
  }
  return pathText(path);
}

function isKeyedHead({ hasIf, args, ref }: Head): boolean {
  return !hasIf && args === undefined && ref.parts.length === 2;
}
