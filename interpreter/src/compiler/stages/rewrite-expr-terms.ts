import type { Body, CallTerm, Expr, RefTerm, Rule, Term, With } from "../../syntax/ast.ts";
import { sortedEntries, sortedItems } from "../../syntax/term-order.ts";
import { rewriteRules } from "../compilation.ts";
import type { Compilation } from "../compilation.ts";
import type { LocalNames } from "../local-names.ts";
import { appendToBody, bindTo } from "../nodes.ts";
import { mapBranches } from "../rewrite.ts";
import { isComprehension } from "../walk.ts";

/**
 * RewriteExprTerms: calls inside terms become statements of their own, placed before the expression that
 * needs them: `f(g(x)) == 1` becomes `g(x, a); f(a, b); b == 1`. That holds for negated expressions too: `not
 * f(g(x))` is undefined, not true, where `g(x)` is.
 */
export function rewriteExprTerms(c: Compilation): void {
  rewriteRules(c, (rule) =>
    mapBranches(rule, (branch) => expandRule(branch, new CallExpander(c.locals, c.subjects))),
  );
}

/** `subjects` gets what each generated var that heads a ref stands for. */
export function expandBody(body: Body, locals: LocalNames, subjects: Map<string, Term>): Body {
  return new CallExpander(locals, subjects).body(body);
}

function expandRule(rule: Rule, expander: CallExpander): Rule {
  const support: Expr[] = [];
  const { head } = rule;
  const args = head.args?.map((arg) => expander.term(arg, support));
  const key = head.key && expander.term(head.key, support);
  const value = head.value && expander.term(head.value, support);
  const body = appendToBody(rule.body, support);
  return { ...rule, head: { ...head, args, key, value }, body: expander.body(body) };
}

class CallExpander {
  readonly #locals: LocalNames;
  readonly #subjects: Map<string, Term>;

  constructor(locals: LocalNames, subjects: Map<string, Term>) {
    this.#locals = locals;
    this.#subjects = subjects;
  }

  body(body: Body): Body {
    const result: Expr[] = [];
    for (const expr of body) this.#expr(expr, result);
    return result;
  }

  /** Appends the expression and, before it, what it needs. */
  #expr(expr: Expr, result: Expr[]): void {
    const modifiers: readonly With[] = expr.with.map((modifier) => ({
      ...modifier,
      value: this.term(modifier.value, result),
    }));
    const support: Expr[] = [];
    const { terms } = expr;
    let expanded: Expr;
    switch (terms.kind) {
      case "term":
        expanded = { ...expr, terms: { kind: "term", term: this.term(terms.term, support) } };
        break;
      case "call": {
        const args = terms.args.map((arg) => this.term(arg, support));
        expanded = { ...expr, terms: { ...terms, args } };
        break;
      }
      case "every": {
        const domain = this.#locals.nextVar(terms.domain.location);
        this.#expr(bindTo(domain, terms.domain), support);
        expanded = { ...expr, terms: { ...terms, domain, body: this.body(terms.body) } };
        break;
      }
      case "not":
        expanded = { ...expr, terms: { ...terms, body: this.body(terms.body) } };
        break;
      case "and":
      case "or": {
        const operands = terms.operands.map((operand) => this.body(operand));
        expanded = { ...expr, terms: { ...terms, operands } };
        break;
      }
      default:
        expanded = expr;
    }
    // What was inside the expression is evaluated under its `with`.
    for (const extra of support) result.push(modifiers.length > 0 ? { ...extra, with: modifiers } : extra);
    result.push(modifiers.length > 0 ? { ...expanded, with: modifiers } : expanded);
  }

  /** A term without calls; what computes them is appended to `support`. */
  term(term: Term, support: Expr[]): Term {
    switch (term.kind) {
      case "call":
        return this.#call(term, support);
      case "ref":
        return this.#ref(term, support);
      case "array":
        return { ...term, items: term.items.map((item) => this.term(item, support)) };
      case "set":
        return { ...term, items: sortedItems(term.items).map((item) => this.term(item, support)) };
      case "object":
        return {
          ...term,
          entries: sortedEntries(term.entries).map(
            ([key, value]) => [this.term(key, support), this.term(value, support)] as const,
          ),
        };
      case "array-comprehension":
      case "set-comprehension": {
        const inner: Expr[] = [];
        const head = this.term(term.head, inner);
        return { ...term, head, body: this.body(appendToBody(term.body, inner)) };
      }
      case "object-comprehension": {
        const inner: Expr[] = [];
        const key = this.term(term.key, inner);
        const value = this.term(term.value, inner);
        return { ...term, key, value, body: this.body(appendToBody(term.body, inner)) };
      }
      default:
        return term;
    }
  }

  #call(call: CallTerm, support: Expr[]): Term {
    const args = call.args.map((arg) => this.term(arg, support));
    const output = this.#locals.nextVar(call.location);
    const { operator, infix, location } = call;
    support.push({
      negated: false,
      terms: { kind: "call", operator, args: [...args, output], infix },
      with: [],
      generated: true,
      location,
    });
    return output;
  }

  /** `[1, 2][i]` needs its head in a var too. */
  #ref(ref: RefTerm, support: Expr[]): RefTerm {
    const parts = ref.parts.map((part) => {
      const expanded = this.term(part, support);
      if (part.kind === "call" && expanded.kind === "var") this.#subjects.set(expanded.name, part);
      return expanded;
    });
    const head = parts[0] as Term;
    if (head.kind === "array" || head.kind === "set" || head.kind === "object" || isComprehension(head)) {
      const local = this.#locals.nextVar(head.location);
      support.push(bindTo(local, head));
      this.#subjects.set(local.name, head);
      parts[0] = local;
    }
    return { ...ref, parts: parts as unknown as RefTerm["parts"] };
  }
}
