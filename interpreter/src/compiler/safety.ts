import type { RegoError } from "../errors.ts";
import type { Body, Expr, ExprTerms, Term } from "../syntax/ast.ts";
import type { Location } from "../location.ts";
import { compareLocations, regoError } from "./error-list.ts";
import { isEquality, isGenerated, printedName } from "./nodes.ts";
import type { MarkedExpr } from "./nodes.ts";
import { outputsOfEquality, outputsOfExpr } from "./outputs.ts";
import type { Arity } from "./outputs.ts";
import { mapExpr, mapTerm } from "./rewrite.ts";
import type { Rewriter } from "./rewrite.ts";
import type { Known } from "./unify.ts";
import { ALL_VARS, OUTSIDE_CLOSURES, varsOfBody, varsOfExpr, varsOfTerm } from "./vars.ts";
import type { VarSelection } from "./vars.ts";
import { walkExpr } from "../syntax/visit.ts";

/** Expressions that could not be placed, each with the vars nothing binds. */
export type UnsafeVars = Map<Expr, Set<string>>;

export interface Reordered {
  readonly body: Body;
  readonly unsafe: UnsafeVars;
}

/**
 * Orders a body so that every var is bound before an expression needs it, with as little change as possible:
 * an expression moves behind the first one that makes it safe. Closures (comprehensions, bodies of `every`,
 * `not`, `and`, `or`) are ordered within themselves, knowing all that stands before.
 */
export function reorderForSafety(body: Body, arity: Arity, globals: ReadonlySet<string>): Reordered {
  const unsafe: UnsafeVars = new Map();
  const ordered = placeExpressions(body, arity, globals, unsafe);
  const closures = new ClosureOrder(arity, unsafe, globals);
  const result: Expr[] = [];
  for (const [index, expr] of ordered.entries()) {
    const before = ordered[index - 1];
    if (before) closures.follow(before);
    result.push(closures.inside(expr));
  }
  return { body: result, unsafe };
}

interface Candidate {
  readonly expr: Expr;
  /** Vars of the expression, closures left out, that are not yet known to be bound. */
  readonly needed: Set<string>;
  /** Vars of its closures that belong to the body outside. */
  readonly closedOver: readonly string[];
  /** Whether a var it mentions was bound since it was tried last. Nothing else can change the outcome. */
  worthTrying: boolean;
}

function placeExpressions(
  body: Body,
  arity: Arity,
  globals: ReadonlySet<string>,
  unsafe: UnsafeVars,
): Expr[] {
  const select = safetySelection(arity);
  const bodyVars = new Set<string>();
  varsOfBody(body, select, bodyVars);
  const bound = new Set<string>();
  const safe: Known = { has: (name) => bound.has(name) || globals.has(name) };

  const mentions = new Map<string, Candidate[]>();
  let open = body.map((expr): Candidate => {
    const needed = new Set<string>();
    varsOfExpr(expr, select, needed);
    const inside = closureVars(expr);
    const closedOver = [...inside].filter((name) => bodyVars.has(name) && !globals.has(name));
    const candidate = { expr, needed, closedOver, worthTrying: true };
    for (const name of new Set([...needed, ...inside])) {
      const list = mentions.get(name);
      if (list) list.push(candidate);
      else mentions.set(name, [candidate]);
    }
    for (const name of needed) if (globals.has(name)) needed.delete(name);
    return candidate;
  });
  const placed: Expr[] = [];
  for (;;) {
    const waiting: Candidate[] = [];
    for (const candidate of open) {
      const outputs = candidate.worthTrying ? place(candidate, arity, safe) : undefined;
      candidate.worthTrying = false;
      if (!outputs) {
        waiting.push(candidate);
        continue;
      }
      placed.push(candidate.expr);
      for (const name of outputs) {
        if (bound.has(name)) continue;
        bound.add(name);
        for (const other of mentions.get(name) ?? []) other.worthTrying = true;
      }
    }
    const stuck = waiting.length === open.length;
    open = waiting;
    if (stuck || open.length === 0) break;
  }
  for (const { expr, needed } of open) if (needed.size > 0) unsafe.set(expr, needed);
  return placed;
}

/** What the expression binds, if everything it needs is bound. */
function place(candidate: Candidate, arity: Arity, safe: Known): ReadonlySet<string> | undefined {
  const { expr, needed } = candidate;
  const outputs = outputsOfExpr(expr, arity, safe);
  const missing = candidate.closedOver.filter((name) => !safe.has(name));
  if (missing.length > 0) {
    // `x = [y | y = x]`: what the closure lacks is what the expression itself would bind. It stays where it
    // is, unsafe.
    if (missing.length === outputs.size && missing.every((name) => outputs.has(name))) return undefined;
    for (const name of missing) needed.add(name);
  }
  for (const name of needed) {
    if (safe.has(name)) needed.delete(name);
    else if (outputs.has(name) && !missing.includes(name)) needed.delete(name);
  }
  return needed.size > 0 ? undefined : outputs;
}

/** Vars mentioned inside the closures of an expression. */
function closureVars(expr: Expr): Set<string> {
  const vars = new Set<string>();
  walkExpr(expr, {
    term: (term) => {
      if (!term.kind.endsWith("comprehension")) return false;
      varsOfTerm(term, ALL_VARS, vars);
      return true;
    },
    expr: ({ terms }) => {
      if (terms.kind === "every") varsOfBody(terms.body, ALL_VARS, vars);
      else if (terms.kind === "not") varsOfBody(terms.body, ALL_VARS, vars);
      else if (terms.kind === "and" || terms.kind === "or") {
        for (const operand of terms.operands) varsOfBody(operand, ALL_VARS, vars);
      } else return false;
      return true;
    },
  });
  return vars;
}

/** Vars an expression needs, those included that a `not`, `and` or `or` without braces takes from outside. */
function safetySelection(arity: Arity): VarSelection {
  return {
    ...OUTSIDE_CLOSURES,
    promote: (terms, into) => {
      for (const body of implicitBodies(terms)) varsTakenFromOutside(body, arity, into);
    },
  };
}

function implicitBodies(terms: ExprTerms): readonly Body[] {
  if (terms.kind === "not") return terms.explicit ? [] : [terms.body];
  if (terms.kind !== "and" && terms.kind !== "or") return [];
  return terms.operands.filter((_, index) => !terms.explicit[index]);
}

/** A var of an operand's body comes from outside unless one expression of the body binds it for another. */
function varsTakenFromOutside(body: Body, arity: Arity, into: Set<string>): void {
  const uses = new Map<string, number>();
  for (const expr of body) {
    const vars = new Set<string>();
    varsOfExpr(expr, OUTSIDE_CLOSURES, vars);
    for (const name of vars) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const bound = body.length === 1 ? new Set<string>() : boundWithin(body, arity, uses);
  for (const [name, count] of uses) if (!bound.has(name) || count === 1) into.add(name);
}

function boundWithin(body: Body, arity: Arity, uses: ReadonlyMap<string, number>): Set<string> {
  // Whatever is not a side of `=` itself is taken as given, so that `a = x.y` binds a.
  const given = new Set([...uses.keys(), "input", "data"]);
  const equalities = body.filter(isEquality);
  for (const { terms } of equalities) {
    for (const side of terms.args) if (side.kind === "var") given.delete(side.name);
  }
  const bound = new Set<string>();
  for (let grown = true; grown;) {
    grown = false;
    for (const expr of equalities) {
      for (const name of outputsOfEquality(expr, given)) {
        if (bound.has(name)) continue;
        bound.add(name);
        given.add(name);
        grown = true;
      }
    }
  }
  for (const { terms } of body) {
    if (terms.kind !== "call") continue;
    const declared = arity(terms.operator);
    if (declared < 0 || declared >= terms.args.length) continue;
    for (const output of terms.args.slice(declared)) varsOfTerm(output, OUTSIDE_CLOSURES, bound);
  }
  return bound;
}

/** Orders the closures inside the expressions of an ordered body. */
class ClosureOrder {
  readonly #arity: Arity;
  readonly #unsafe: UnsafeVars;
  readonly #select: VarSelection;
  /** Everything bound before the current expression. */
  readonly #globals: Set<string>;
  #current: Expr | undefined;

  constructor(arity: Arity, unsafe: UnsafeVars, globals: ReadonlySet<string>) {
    this.#arity = arity;
    this.#unsafe = unsafe;
    this.#select = safetySelection(arity);
    this.#globals = new Set(globals);
  }

  follow(before: Expr): void {
    varsOfExpr(before, this.#select, this.#globals);
  }

  inside(expr: Expr): Expr {
    this.#current = expr;
    return this.#expr(expr);
  }

  #expr(expr: Expr): Expr {
    const { terms } = expr;
    if (terms.kind !== "every") return mapExpr(expr, this.#rewriter);
    if (terms.key) this.#globals.add(terms.key.name);
    this.#globals.add(terms.value.name);
    const body = this.#closure([], terms.body);
    const domain = this.#rewriter.term(terms.domain);
    return body === terms.body && domain === terms.domain
      ? expr
      : { ...expr, terms: { ...terms, domain, body } };
  }

  readonly #rewriter: Rewriter = {
    term: (term) => this.#term(term),
    body: (body) => this.#closure([], body),
  };

  #term(term: Term): Term {
    switch (term.kind) {
      case "array-comprehension":
      case "set-comprehension": {
        const body = this.#closure([term.head], term.body);
        return body === term.body ? term : { ...term, body };
      }
      case "object-comprehension": {
        const body = this.#closure([term.key, term.value], term.body);
        return body === term.body ? term : { ...term, body };
      }
      default:
        return mapTerm(term, this.#rewriter);
    }
  }

  #closure(heads: readonly Term[], body: Body): Body {
    const known = new Set<string>();
    if (heads.length > 0) {
      varsOfBody(body, this.#select, known);
      const needed = new Set<string>();
      for (const head of heads) varsOfTerm(head, ALL_VARS, needed);
      for (const name of needed) {
        if (!known.has(name) && !this.#globals.has(name))
          addUnsafe(this.#unsafe, this.#current as Expr, name);
      }
    }
    const reordered = reorderForSafety(body, this.#arity, this.#globals);
    if (reordered.unsafe.size === 0) return sameOrder(body, reordered.body) ? body : reordered.body;
    for (const [expr, names] of reordered.unsafe)
      for (const name of names) addUnsafe(this.#unsafe, expr, name);
    return body;
  }
}

function addUnsafe(unsafe: UnsafeVars, expr: Expr, name: string): void {
  const names = unsafe.get(expr);
  if (names) names.add(name);
  else unsafe.set(expr, new Set([name]));
}

function sameOrder(a: Body, b: Body): boolean {
  return a.length === b.length && a.every((expr, index) => expr === b[index]);
}

const FUTURE_KEYWORDS = new Set(["in", "every", "contains", "if", "not", "and", "or"]);

/**
 * One error for each unsafe var, at its first place. `scope` is ` in rule p` or nothing. Vars that only fail
 * because the right side of their `:=` is unsafe are left out where there is another cause; generated vars
 * have no name, so if there are no others the expressions themselves are called unsafe.
 */
export function unsafeVarErrors(
  unsafe: UnsafeVars,
  originalNames: ReadonlyMap<string, string>,
  scope: string,
): readonly RegoError[] {
  const places = firstPlaces(unsafe);
  const targets = assignmentTargets(unsafe);
  const named = [...places].filter(([name]) => !isGenerated(originalNames.get(name) ?? name));
  const causes = named.filter(([name]) => !targets.has(name));
  const reported = causes.length > 0 ? causes : named;
  if (reported.length > 0) {
    return reported.map(([local, location]) => {
      const name = printedName(originalNames.get(local) ?? local);
      const hint = FUTURE_KEYWORDS.has(name)
        ? ` (hint: \`import future.keywords.${name}\` to import a future keyword)`
        : "";
      return regoError("rego_unsafe_var_error", `var ${name} is unsafe${scope}${hint}`, location);
    });
  }
  const seen = new Set<string>();
  const errors: RegoError[] = [];
  const byPlace = [...unsafe].sort(([a], [b]) => compareLocations(a.location, b.location));
  for (const [expr, names] of byPlace) {
    const before = seen.size;
    for (const name of names) if (isGenerated(name)) seen.add(name);
    if (seen.size > before) {
      errors.push(regoError("rego_unsafe_var_error", `expression is unsafe${scope}`, expr.location));
    }
  }
  return errors;
}

function firstPlaces(unsafe: UnsafeVars): Map<string, Location> {
  const places = new Map<string, Location>();
  for (const [expr, names] of unsafe) {
    for (const name of names) {
      const earlier = places.get(name);
      if (!earlier || compareLocations(earlier, expr.location) > 0) places.set(name, expr.location);
    }
  }
  return places;
}

function assignmentTargets(unsafe: UnsafeVars): Set<string> {
  const targets = new Set<string>();
  for (const expr of unsafe.keys()) {
    if (!(expr as MarkedExpr).fromAssignment || expr.terms.kind !== "call") continue;
    varsOfTerm(expr.terms.args[0] as Term, ALL_VARS, targets);
  }
  return targets;
}

/** `input` and `data`, which need no binding, and the given vars. */
export function withRootDocuments(names: Iterable<string> = []): Set<string> {
  return new Set([...names, "input", "data"]);
}
