import { Decimal } from "../value/number.ts";
import type { Value } from "../value/value.ts";
import type { Body, Expr, Module, RefTerm, Rule, Term } from "../syntax/ast.ts";
import type { Location } from "../location.ts";

/**
 * What compilation yields: data only, in the vocabulary of the syntax tree.
 *
 * ## What a planner may rely on (modules and queries alike, unless noted)
 *
 * Names
 * - Every var is one of: a local; `input` or `data` (a lone root document is a {@link VarTerm}, a longer
 *   path a {@link RefTerm} whose head is that var); a wildcard `$N`. Locals declared by the source (args,
 *   `:=`, `some`, `every`) carry generated names `__local7__`, unique over all modules, or `__localq7__` in
 *   queries; vars that were never declared keep their own name, which is unique only within the rule (or
 *   query) they stand in. {@link CompiledModules.originalNames} leads back to the source's name.
 * - Refs to rules and imports are resolved: they start with the var `data` or `input`. Any other ref head
 *   is a local var (`__local1__[x]`, a var bound by an earlier expression) or, rarely, a ground composite
 *   (`[1, 2][i]`) or a comprehension or a call moved in front of it.
 * - A call operator starting with `data` is a user's function ({@link isFunctionOperator}); its ref is
 *   ground. Every other operator is a builtin of that dotted name ({@link operatorName}). Both exist, with
 *   a fitting number of args.
 *
 * Expressions
 * - `terms.kind` is `term`, `call`, `every`, `not`, `and` or `or`: `some` is gone (`some k, v in xs` became
 *   `v = xs[k]`), and so are templates (a call of `internal.template_string` on an array) and calls of
 *   `print` (erased, or `internal.print` on one array of set comprehensions) and of `rego.metadata.*`
 *   (constants).
 * - `:=` is `eq`. `==` at statement level is `eq` in modules and `equal` in queries.
 * - Calls are never nested: a call occurs only as a statement. Its last arg is the output when there is one
 *   more arg than the declared arity; the output may be any term and is unified with the result.
 * - An arg of a call other than `eq` is a var, a scalar, or a composite of those: refs, comprehensions,
 *   `input` and `data` were moved into an expression before it, so that they are evaluated once and before
 *   a negation. The output arg may be any pattern. A side of `eq` may be a ref or a comprehension itself,
 *   not one within a composite.
 * - Brackets of refs hold vars, scalars or composites of those.
 * - A statement that is a single term (kind `term`) is a ref, var, scalar, composite or comprehension.
 * - Bodies stand in an order in which every var is bound before it is needed (negation, builtin args, ref
 *   heads, with-values, object keys), and are never empty. The same holds for the bodies of comprehensions,
 *   `every` and `not`.
 * - `every` always has a key; its domain is a var, a ref head or a ground composite evaluated before.
 * - `expr.generated` marks what the compiler put in.
 *
 * Heads
 * - Args, key, value: no calls, refs or comprehensions (moved to the end of the body), vars are bound by
 *   body or args. Args are patterns: scalars, vars and composites of those.
 * - The parts of a head ref after the first are scalars or vars; else branches carry the same ref and args
 *   as their rule.
 *
 * `with`
 * - `target` is the var `input` or `data`, or a ref starting with one of them, or a function: a ref that
 *   {@link isFunctionOperator} or a builtin's name as a ref of one var or more.
 * - `value` is a var, a scalar or a composite; it is a {@link RefTerm} only where a function is replaced by
 *   another function (builtin or user's).
 *
 * Rules
 * - No recursion, no two kinds or arities of rule at one ref, at most one default.
 */
export interface CompiledModules {
  /** Modules after all stages, by name, in sorted order of names. Without imports. */
  readonly modules: ReadonlyMap<string, Module>;
  /** Root of the rule tree: the node of `data`. */
  readonly rules: RuleNode;
  /** Root of the package tree: the node of `data`. */
  readonly packages: PackageNode;
  /** Generated local → the name in the source. Generated temporaries have no entry. */
  readonly originalNames: ReadonlyMap<string, string>;
}

/** A key of the rule tree: scalars only; see {@link treeKey}. */
export type TreeKey = null | boolean | number | string;

/**
 * One step of the rule tree, keyed by the *ground prefix* of rule refs: `p[x].q` of package `a` stands at
 * `data.a.p`, `p.q.r` at `data.a.p.q.r`.
 */
export interface RuleNode {
  /** The last step of the path; `"data"` at the root. */
  readonly key: Value;
  /**
   * Rules in the order of module names, then of definition; default rules are among them. Empty for inner
   * nodes.
   */
  readonly rules: readonly CompiledRule[];
  readonly children: ReadonlyMap<TreeKey, RuleNode>;
  /** `data.system`: not part of the extent of `data`, but found when named. */
  readonly hidden: boolean;
}

/** One rule (with its else chain) at a node of the tree. */
export interface CompiledRule {
  readonly rule: Rule;
  /** Name of its module. */
  readonly module: string;
  /** The absolute ref: `data`, the package, then the head ref, its first var turned into a string. */
  readonly ref: RefTerm;
  /**
   * How many parts of `ref` are ground from the left: the depth of its node plus one. Equal to
   * `ref.parts.length` for a ground ref.
   */
  readonly groundParts: number;
}

export interface PackageNode {
  readonly key: string;
  /** Modules of exactly this package. */
  readonly modules: readonly Module[];
  readonly children: ReadonlyMap<string, PackageNode>;
  readonly hidden: boolean;
}

export interface CompiledQuery {
  /** In evaluation order. */
  readonly body: Body;
  /**
   * Generated local → the name in the query. What a result shows as bindings: each var of the body that has
   * an entry here under that name, and each var of the source that kept its own name.
   */
  readonly originalNames: ReadonlyMap<string, string>;
  /**
   * Vars to show as bindings, by the name to show: name in the source → var of the body. No wildcards, no
   * generated ones.
   */
  readonly bindings: ReadonlyMap<string, string>;
  /** One for each expression of the source, in the order of `body`. */
  readonly expressions: readonly QueryExpression[];
}

/** What a result shows for one expression of the source. */
export interface QueryExpression {
  /** As the source had it. */
  readonly original: Expr;
  /**
   * The var that holds its value, or undefined where the value shown is `true` (`=`, `:=`, `not`, `some`,
   * `every`, calls with an output arg).
   */
  readonly capture: string | undefined;
  readonly text: string;
  readonly location: Location;
}

/**
 * The key of a scalar in a tree; undefined for composites, which no tree has. Numbers that are equal have one
 * key.
 */
export function treeKey(value: Value): TreeKey | undefined {
  if (value instanceof Decimal) {
    // `1.0` is the key `1`; a decimal that no double stands for gets a text no policy is likely to spell.
    return value.toPlainNumber() ?? `decimal:${value.parts.coefficient}e${value.parts.exponent}`;
  }
  if (typeof value === "object" && value !== null) return undefined;
  return value;
}

export function childOf(node: RuleNode, key: Value): RuleNode | undefined {
  const found = treeKey(key);
  return found === undefined ? undefined : node.children.get(found);
}

/** Whether a call's operator (or a `with` target) names a user's function rather than a builtin. */
export function isFunctionOperator(operator: RefTerm): boolean {
  const head = operator.parts[0];
  return head.kind === "var" && head.name === "data";
}

/** The dotted name of a builtin's operator: `io.jwt.decode`. */
export function operatorName(operator: RefTerm): string {
  return operator.parts.map(partName).join(".");
}

function partName(part: Term): string {
  if (part.kind === "var") return part.name;
  return part.kind === "scalar" ? String(part.value) : "";
}
