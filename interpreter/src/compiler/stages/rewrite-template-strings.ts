import type { RegoError } from "../../errors.ts";
import type { Body, Expr, Rule, TemplateTerm, Term } from "../../syntax/ast.ts";
import { eachRule } from "../compilation.ts";
import { compileError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import {
  bindTo,
  isEmptyBody,
  isMultiValue,
  isRootName,
  operatorRef,
  printedName,
  isConstant,
} from "../nodes.ts";
import { outputsOfBody } from "../outputs.ts";
import type { Arity } from "../outputs.ts";
import { mapBranches, mapExpr, mapHead, mapList, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import type { LocalNames } from "../local-names.ts";
import { findNode } from "../rule-tree.ts";
import { arityOf, builtinOf } from "../operators.ts";
import type { Known } from "../unify.ts";
import { OUTSIDE_CLOSURES, varsOfTerm, varsOfTerms } from "../vars.ts";
import { walkBody } from "../../syntax/visit.ts";
import { someTerm, walkRule } from "../walk.ts";

/**
 * RewriteTemplateStrings: `$"a {x}"` becomes `internal.template_string(["a ", {v | v = x}])`. Each expression
 * stands in a set comprehension, so that an undefined one prints instead of failing the body; what is known
 * to be defined (vars, some rules) stands in a plain set, a scalar as it is.
 */
export function rewriteTemplateStrings(c: Compilation): void {
  eachRule(c, (rule, entry) => {
    if (!someTerm((visitor) => walkRule(rule, visitor), isTemplate)) return;
    const templates = new TemplateRewriter(c, c.locals, c.originalNames);
    entry.rule = mapBranches(rule, (branch) => templates.branch(branch));
    c.errors.addAll(templates.errors);
  });
}

export function rewriteTemplatesInBody(
  c: Compilation,
  body: Body,
  locals: LocalNames,
  originalNames: ReadonlyMap<string, string>,
): { readonly body: Body; readonly errors: readonly RegoError[] } {
  if (!someTerm((visitor) => walkBody(body, visitor), isTemplate)) return { body, errors: [] };
  const templates = new TemplateRewriter(c, locals, originalNames);
  const rewritten = templates.body(body, { has: isRootName }).body;
  return { body: rewritten, errors: templates.errors };
}

function isTemplate(term: Term): boolean {
  return term.kind === "template";
}

class TemplateRewriter {
  readonly errors: RegoError[] = [];
  readonly #c: Compilation;
  readonly #locals: LocalNames;
  readonly #originalNames: ReadonlyMap<string, string>;
  readonly #arity: Arity;

  constructor(c: Compilation, locals: LocalNames, originalNames: ReadonlyMap<string, string>) {
    this.#c = c;
    this.#locals = locals;
    this.#originalNames = originalNames;
    this.#arity = (operator) => arityOf(c, operator);
  }

  branch(rule: Rule): Rule {
    const args = new Set<string>();
    varsOfTerms(rule.head.args ?? [], { skipTemplates: true }, args);
    const { body, known } = this.body(rule.body, { has: (name) => args.has(name) || isRootName(name) });
    return { ...rule, head: mapHead(rule.head, this.#within(known)), body };
  }

  /** Rewrites one body; every var it binds anywhere is known to its templates. */
  body(body: Body, outer: Known): { readonly body: Body; readonly known: Known } {
    const outputs = outputsOfBody(body, this.#arity, outer);
    const known: Known = { has: (name) => outputs.has(name) || outer.has(name) };
    const rewriter = this.#within(known);
    return { body: mapList(body, (expr) => this.#expr(expr, known, rewriter)), known };
  }

  #expr(expr: Expr, known: Known, rewriter: Rewriter): Expr {
    const { terms } = expr;
    if (terms.kind !== "every") return mapExpr(expr, rewriter);
    const own = new Set([terms.value.name, ...(terms.key ? [terms.key.name] : [])]);
    const body = this.body(terms.body, { has: (name) => own.has(name) || known.has(name) }).body;
    const modifiers = mapExpr({ ...expr, terms: { kind: "some", symbols: [] } }, rewriter).with;
    return { ...expr, terms: { ...terms, domain: rewriter.term(terms.domain), body }, with: modifiers };
  }

  #within(known: Known): Rewriter {
    const rewriter: Rewriter = {
      term: (term) => this.#term(term, known, rewriter),
      body: (body) => this.body(body, known).body,
    };
    return rewriter;
  }

  #term(term: Term, known: Known, rewriter: Rewriter): Term {
    switch (term.kind) {
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension": {
        const inner = this.body(term.body, known);
        const heads = this.#within(inner.known);
        if (term.kind === "object-comprehension") {
          return { ...term, key: heads.term(term.key), value: heads.term(term.value), body: inner.body };
        }
        return { ...term, head: heads.term(term.head), body: inner.body };
      }
      case "template":
        return this.#template(term, known, rewriter);
      default:
        return mapTerm(term, rewriter);
    }
  }

  #template(template: TemplateTerm, known: Known, rewriter: Rewriter): Term {
    const { location } = template;
    const parts = template.parts.map((part): Term => {
      if (typeof part === "string") return { kind: "scalar", value: part, location };
      return this.#part(part, known, rewriter);
    });
    const items = parts.length > 0 ? parts : [{ kind: "scalar", value: "", location } as const];
    return {
      kind: "call",
      operator: operatorRef("internal.template_string", location),
      args: [{ kind: "array", items, location }],
      infix: false,
      location,
    };
  }

  #part(expr: Expr, known: Known, rewriter: Rewriter): Term {
    const term = this.#termOf(expr);
    if (!term) return { kind: "set", items: [], location: expr.location };
    const { location } = term;
    if (term.kind === "scalar") return term;
    if (term.kind === "var" || (term.kind === "ref" && this.#isAlwaysDefined(term.parts))) return setOf(term);
    this.#checkDeclared(term, known);
    const local = this.#locals.nextVar(location);
    const capture = bindTo(local, rewriter.term(term));
    const modifiers = mapExpr({ ...expr, terms: { kind: "some", symbols: [] } }, rewriter).with;
    const body = [{ ...capture, generated: false, with: modifiers }];
    return { kind: "set-comprehension", head: local, body, location };
  }

  #termOf(expr: Expr): Term | undefined {
    if (expr.terms.kind === "term") return expr.terms.term;
    if (expr.terms.kind !== "call") {
      this.errors.push(compileError("unexpected template-string expression", expr.location));
      return undefined;
    }
    const { operator, args, infix } = expr.terms;
    const builtin = builtinOf(this.#c, operator);
    if (builtin?.relation) {
      const message = `illegal call to relation built-in '${builtin.name}' that may cause multiple outputs`;
      this.errors.push(compileError(message, expr.location));
      return undefined;
    }
    return { kind: "call", operator, args, infix, location: expr.location };
  }

  #checkDeclared(term: Term, known: Known): void {
    const vars = new Set<string>();
    varsOfTerm(term, OUTSIDE_CLOSURES, vars);
    for (const name of [...vars].sort()) {
      if (known.has(name)) continue;
      const printed = printedName(this.#originalNames.get(name) ?? name);
      this.errors.push(compileError(`var ${printed} is undeclared`, term.location));
    }
  }

  /** A ref to a rule that has a value whatever happens: a set, a rule with a default, a constant. */
  #isAlwaysDefined(parts: readonly Term[]): boolean {
    const rules = findNode(this.#c.tree, parts)?.entries.map((entry) => entry.rule) ?? [];
    const first = rules[0];
    if (!first || (first.head.args?.length ?? 0) > 0) return false;
    if (isMultiValue(first)) return true;
    if (rules.some((rule) => rule.default)) return true;
    return rules.length === 1 && isConstantRule(first);
  }
}

function isConstantRule(rule: Rule): boolean {
  return isEmptyBody(rule.body) && rule.head.value !== undefined && isConstant(rule.head.value);
}

function setOf(term: Term): Term {
  return { kind: "set", items: [term], location: term.location };
}
