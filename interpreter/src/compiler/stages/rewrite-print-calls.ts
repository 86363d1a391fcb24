import type { RegoError } from "../../errors.ts";
import type { Body, Expr, Rule, Term } from "../../syntax/ast.ts";
import { compileError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import type { LocalNames } from "../local-names.ts";
import { bindTo, isCallOf, isGenerated, isRootName, printedName, trueExpr, callExpr } from "../nodes.ts";
import { outputsOfBody } from "../outputs.ts";
import type { Arity } from "../outputs.ts";
import { mapBranches, mapExpr, mapHead, mapRule, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import { arityOf } from "../operators.ts";
import type { Known } from "../unify.ts";
import { ALL_VARS, OUTSIDE_CLOSURES, varsOfBody, varsOfTerm, varsOfTerms } from "../vars.ts";
import { walkBody } from "../../syntax/visit.ts";
import { walkRule } from "../walk.ts";
import type { Visitor } from "../../syntax/visit.ts";

/**
 * RewritePrintCalls: without `options.print` every `print(…)` is taken out; with it `print(a, b)` becomes
 * `internal.print([{x | x = a}, {y | y = b}])`, so that an undefined operand prints instead of failing the
 * body.
 */
export function rewritePrintCalls(c: Compilation): void {
  for (const module of c.modules) {
    for (const entry of module.rules) {
      const { rule } = entry;
      if (!callsPrint((visitor) => walkRule(rule, visitor))) continue;
      if (c.options.print) {
        const printer = new PrintRewriter(c, c.locals, c.originalNames);
        entry.rule = mapBranches(rule, (branch) => printer.branch(branch));
        c.errors.addAll(printer.errors);
      } else entry.rule = mapRule(rule, ERASER);
    }
  }
}

export function rewritePrintInBody(
  c: Compilation,
  body: Body,
  locals: LocalNames,
  originalNames: ReadonlyMap<string, string>,
): { readonly body: Body; readonly errors: readonly RegoError[] } {
  if (!callsPrint((visitor) => walkBody(body, visitor))) return { body, errors: [] };
  if (!c.options.print) return { body: erase(body), errors: [] };
  const printer = new PrintRewriter(c, locals, originalNames);
  return { body: printer.body(body, { has: isRootName }), errors: printer.errors };
}

function isPrint(expr: Expr): boolean {
  return isCallOf(expr, "print");
}

function callsPrint(walk: (visitor: Visitor) => void): boolean {
  let found = false;
  walk({ expr: (expr) => (found ||= isPrint(expr)) });
  return found;
}

const ERASER: Rewriter = {
  term: (term) => mapTerm(term, ERASER),
  body: (body) => erase(body),
};

function erase(body: Body): Body {
  const kept = body.filter((expr) => !isPrint(expr)).map((expr) => mapExpr(expr, ERASER));
  return kept.length > 0 ? kept : [trueExpr((body[0] as Expr).location)];
}

class PrintRewriter {
  readonly errors: RegoError[] = [];
  readonly #locals: LocalNames;
  readonly #originalNames: ReadonlyMap<string, string>;
  readonly #arity: Arity;

  constructor(c: Compilation, locals: LocalNames, originalNames: ReadonlyMap<string, string>) {
    this.#locals = locals;
    this.#originalNames = originalNames;
    this.#arity = (operator) => arityOf(c, operator);
  }

  branch(rule: Rule): Rule {
    const args = new Set<string>();
    varsOfTerms(rule.head.args ?? [], ALL_VARS, args);
    const known: Known = { has: (name) => args.has(name) || isRootName(name) };
    return { ...rule, head: mapHead(rule.head, this.#within(known)), body: this.body(rule.body, known) };
  }

  /**
   * Rewrites the print calls of a body and of the bodies inside it. An operand may use what stands before it.
   */
  body(body: Body, outer: Known): Body {
    return body.map((expr, index) => {
      const known = this.#knownBefore(body.slice(0, index), outer);
      if (isPrint(expr)) return this.#print(expr, known());
      return this.#nested(expr, known);
    });
  }

  #knownBefore(before: Body, outer: Known): () => Known {
    let known: Known | undefined;
    return () => {
      if (known) return known;
      const outputs = outputsOfBody(before, this.#arity, outer);
      const mentioned = new Set<string>();
      varsOfBody(before, ALL_VARS, mentioned);
      known = {
        has: (name) => outputs.has(name) || outer.has(name) || (isGenerated(name) && mentioned.has(name)),
      };
      return known;
    };
  }

  #nested(expr: Expr, known: () => Known): Expr {
    if (expr.terms.kind !== "every") return mapExpr(expr, this.#within({ has: (name) => known().has(name) }));
    const { terms } = expr;
    const own = new Set([terms.value.name, ...(terms.key ? [terms.key.name] : [])]);
    const body = this.body(terms.body, { has: (name) => own.has(name) || known().has(name) });
    const domain = mapTerm(terms.domain, this.#within({ has: (name) => known().has(name) }));
    return { ...expr, terms: { ...terms, domain, body } };
  }

  #within(known: Known): Rewriter {
    const rewriter: Rewriter = {
      term: (term) => mapTerm(term, rewriter),
      body: (body) => this.body(body, known),
    };
    return rewriter;
  }

  #print(expr: Expr, known: Known): Expr {
    if (expr.terms.kind !== "call") return expr;
    for (const operand of expr.terms.args) this.#checkDeclared(operand, known);
    const { location } = expr;
    const items = expr.terms.args.map((operand): Term => {
      const local = this.#locals.nextVar(operand.location);
      const capture = mapExpr({ ...bindTo(local, operand), generated: false }, this.#within(known));
      return { kind: "set-comprehension", head: local, body: [capture], location: operand.location };
    });
    const array: Term = { kind: "array", items, location };
    // OPA builds the statement anew: `with` and `not` before a print have no effect.
    return { ...expr, negated: false, with: [], terms: callExpr("internal.print", [array], false, location) };
  }

  #checkDeclared(operand: Term, known: Known): void {
    const vars = new Set<string>();
    varsOfTerm(operand, OUTSIDE_CLOSURES, vars);
    for (const name of [...vars].sort()) {
      if (known.has(name)) continue;
      const printed = printedName(this.#originalNames.get(name) ?? name);
      this.errors.push(compileError(`var ${printed} is undeclared`, operand.location));
    }
  }
}
