import type { Body, Expr, RefTerm, Rule, Term } from "../../syntax/ast.ts";
import { sortedEntries, sortedItems } from "../../syntax/term-order.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import type { LocalNames } from "../local-names.ts";
import { bindTo, isEquality, isRootDocument } from "../nodes.ts";
import { mapBranches, mapList } from "../rewrite.ts";

/**
 * RewriteDynamicTerms: refs and comprehensions that are args of calls, parts of composites or brackets of
 * refs are bound by statements before, so that `f(data.bar)` becomes `x = data.bar; f(x)`. Evaluation is
 * eager: `not f(input.x)` is undefined where `input.x` is. The sides of `=` and a lone term stay where they
 * are.
 */
export function rewriteDynamicTerms(c: Compilation): void {
  rewriteRules(c, (rule) =>
    mapBranches(rule, (branch): Rule => ({
      ...branch,
      body: dynamicTermsInBody(branch.body, c.locals, c.subjects),
    })),
  );
}

/** `subjects` gets what each generated var stands for. */
export function dynamicTermsInBody(body: Body, locals: LocalNames, subjects: Map<string, Term>): Body {
  return new Hoister(locals, subjects).body(body);
}

class Hoister {
  readonly #locals: LocalNames;
  readonly #subjects: Map<string, Term>;

  constructor(locals: LocalNames, subjects: Map<string, Term>) {
    this.#locals = locals;
    this.#subjects = subjects;
  }

  readonly body = (body: Body): Body => {
    const result: Expr[] = [];
    for (const expr of body) result.push(this.#expr(expr, result));
    return result;
  };

  #expr(expr: Expr, result: Expr[]): Expr {
    const { terms } = expr;
    switch (terms.kind) {
      case "call": {
        const args = isEquality(expr)
          ? terms.args.map((arg) => this.#side(arg, expr, result))
          : terms.args.map((arg) => this.#moved(arg, expr, result));
        return { ...expr, terms: { ...terms, args } };
      }
      case "term":
        return { ...expr, terms: { kind: "term", term: this.#side(terms.term, expr, result) } };
      case "every": {
        const domain = this.#moved(terms.domain, expr, result);
        return { ...expr, terms: { ...terms, domain, body: this.body(terms.body) } };
      }
      case "not":
        return { ...expr, terms: { ...terms, body: this.body(terms.body) } };
      case "and":
      case "or":
        return { ...expr, terms: { ...terms, operands: terms.operands.map(this.body) } };
      default:
        return expr;
    }
  }

  /** A term that may itself be a ref or comprehension. */
  #side(term: Term, origin: Expr, result: Expr[]): Term {
    switch (term.kind) {
      case "var":
        return term;
      case "ref":
        return this.#ref(term, origin, result);
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
        return { ...term, body: this.body(term.body) };
      default:
        return this.#moved(term, origin, result);
    }
  }

  #ref(ref: RefTerm, origin: Expr, result: Expr[]): RefTerm {
    const parts = mapList(ref.parts, (part, index) =>
      index === 0 ? part : this.#moved(part, origin, result),
    );
    return parts === ref.parts ? ref : { ...ref, parts: parts as RefTerm["parts"] };
  }

  /** A term whose refs and comprehensions have been bound before. */
  #moved(term: Term, origin: Expr, result: Expr[]): Term {
    switch (term.kind) {
      case "var":
        return isRootDocument(term) ? this.#bound(term, origin, result) : term;
      case "ref":
        return this.#bound(this.#ref(term, origin, result), origin, result);
      case "array":
      case "set": {
        const before = term.kind === "set" ? sortedItems(term.items) : term.items;
        const items = mapList(before, (item) => this.#moved(item, origin, result));
        return items === term.items ? term : { ...term, items };
      }
      case "object": {
        const entries = mapList(sortedEntries(term.entries), (entry) => {
          const key = this.#moved(entry[0], origin, result);
          const value = this.#moved(entry[1], origin, result);
          return key === entry[0] && value === entry[1] ? entry : ([key, value] as const);
        });
        return entries === term.entries ? term : { ...term, entries };
      }
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
        return this.#bound({ ...term, body: this.body(term.body) }, origin, result);
      default:
        return term;
    }
  }

  #bound(term: Term, origin: Expr, result: Expr[]): Term {
    const local = this.#locals.nextVar(term.location);
    this.#subjects.set(local.name, term);
    result.push({ ...bindTo(local, term), with: origin.with });
    return local;
  }
}
