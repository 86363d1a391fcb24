import { unreachable } from "../errors.ts";
import type { Body, Expr, Rule, Term, With } from "./ast.ts";

/** What OPA calls a term's kind in its messages. */
export function kindName(term: Term): string {
  switch (term.kind) {
    case "scalar":
      if (term.value === null) return "null";
      if (typeof term.value === "boolean") return "boolean";
      return typeof term.value === "string" ? "string" : "number";
    case "array-comprehension":
      return "arraycomprehension";
    case "set-comprehension":
      return "setcomprehension";
    case "object-comprehension":
      return "objectcomprehension";
    case "template":
      return "templatestring";
    default:
      return term.kind;
  }
}

/** True for a term without vars; comprehensions count as ground only where their heads and bodies are, as in OPA. */
export function isGround(term: Term): boolean {
  switch (term.kind) {
    case "scalar":
      return true;
    case "var":
      return false;
    case "ref":
      return term.parts.slice(1).every(isGround);
    case "array":
    case "set":
      return term.items.every(isGround);
    case "object":
      return term.entries.every(([key, value]) => isGround(key) && isGround(value));
    case "call":
      return isGround(term.operator) && term.args.every(isGround);
    case "array-comprehension":
    case "set-comprehension":
    case "object-comprehension":
    case "template":
      return false;
    default:
      return unreachable(term);
  }
}

/**
 * Called for each node before its children; a visitor that returns true has them skipped. `expr` of a closure's body are
 * reached through the closure.
 */
export interface Visitor {
  readonly term?: (term: Term) => boolean | void;
  readonly expr?: (expr: Expr) => boolean | void;
  readonly rule?: (rule: Rule) => boolean | void;
  readonly with?: (modifier: With) => boolean | void;
}

export function walkRule(rule: Rule, visitor: Visitor): void {
  if (visitor.rule?.(rule) === true) return;
  const { head } = rule;
  walkTerm(head.ref, visitor);
  for (const arg of head.args ?? []) walkTerm(arg, visitor);
  if (head.key) walkTerm(head.key, visitor);
  if (head.value) walkTerm(head.value, visitor);
  walkBody(rule.body, visitor);
  if (rule.else) walkRule(rule.else, visitor);
}

export function walkBody(body: Body, visitor: Visitor): void {
  for (const expr of body) walkExpr(expr, visitor);
}

export function walkExpr(expr: Expr, visitor: Visitor): void {
  if (visitor.expr?.(expr) === true) return;
  const terms = expr.terms;
  switch (terms.kind) {
    case "term":
      walkTerm(terms.term, visitor);
      break;
    case "call":
      walkTerm(terms.operator, visitor);
      for (const arg of terms.args) walkTerm(arg, visitor);
      break;
    case "some":
      for (const symbol of terms.symbols) walkTerm(symbol, visitor);
      break;
    case "every":
      if (terms.key) walkTerm(terms.key, visitor);
      walkTerm(terms.value, visitor);
      walkTerm(terms.domain, visitor);
      walkBody(terms.body, visitor);
      break;
    case "not":
      walkBody(terms.body, visitor);
      break;
    case "and":
    case "or":
      for (const operand of terms.operands) walkBody(operand, visitor);
      break;
    default:
      unreachable(terms);
  }
  for (const modifier of expr.with) {
    if (visitor.with?.(modifier) === true) continue;
    walkTerm(modifier.target, visitor);
    walkTerm(modifier.value, visitor);
  }
}

export function walkTerm(term: Term, visitor: Visitor): void {
  if (visitor.term?.(term) === true) return;
  switch (term.kind) {
    case "scalar":
    case "var":
      return;
    case "ref":
      for (const part of term.parts) walkTerm(part, visitor);
      return;
    case "array":
    case "set":
      for (const item of term.items) walkTerm(item, visitor);
      return;
    case "object":
      for (const [key, value] of term.entries) {
        walkTerm(key, visitor);
        walkTerm(value, visitor);
      }
      return;
    case "array-comprehension":
    case "set-comprehension":
      walkTerm(term.head, visitor);
      walkBody(term.body, visitor);
      return;
    case "object-comprehension":
      walkTerm(term.key, visitor);
      walkTerm(term.value, visitor);
      walkBody(term.body, visitor);
      return;
    case "call":
      walkTerm(term.operator, visitor);
      for (const arg of term.args) walkTerm(arg, visitor);
      return;
    case "template":
      for (const part of term.parts) if (typeof part !== "string") walkExpr(part, visitor);
      return;
    default:
      unreachable(term);
  }
}

/** The names of all vars in a term, closures included. */
export function varsOf(term: Term): Set<string> {
  const names = new Set<string>();
  walkTerm(term, {
    term: (node) => {
      if (node.kind === "var") names.add(node.name);
    },
  });
  return names;
}
