import { unreachable } from "../errors.ts";
import type { Body, Expr, ExprTerms, Rule, Term, With } from "./ast.ts";

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
  for (const { target, value } of expr.with) {
    walkTerm(target, visitor);
    walkTerm(value, visitor);
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

/** What {@link mapTerm} and its kin apply: each is called with a node whose children are mapped already. */
export interface Mapper {
  readonly term?: (term: Term) => Term;
  readonly expr?: (expr: Expr) => Expr;
}

/** Rebuilds a term bottom-up. Nodes without changes below them are kept as they are. */
export function mapTerm(term: Term, mapper: Mapper): Term {
  const mapped = mapChildren(term, mapper);
  return mapper.term ? mapper.term(mapped) : mapped;
}

export function mapBody(body: Body, mapper: Mapper): Body {
  return mapList(body, (expr) => mapExpr(expr, mapper));
}

export function mapExpr(expr: Expr, mapper: Mapper): Expr {
  const terms = mapExprTerms(expr.terms, mapper);
  const withs = mapList(expr.with, (modifier) => mapWith(modifier, mapper));
  const mapped = terms === expr.terms && withs === expr.with ? expr : { ...expr, terms, with: withs };
  return mapper.expr ? mapper.expr(mapped) : mapped;
}

function mapWith(modifier: With, mapper: Mapper): With {
  const target = mapTerm(modifier.target, mapper);
  const value = mapTerm(modifier.value, mapper);
  return target === modifier.target && value === modifier.value ? modifier : { ...modifier, target, value };
}

function mapExprTerms(terms: ExprTerms, mapper: Mapper): ExprTerms {
  switch (terms.kind) {
    case "term": {
      const term = mapTerm(terms.term, mapper);
      return term === terms.term ? terms : { ...terms, term };
    }
    case "call": {
      const operator = mapTerm(terms.operator, mapper);
      const args = mapList(terms.args, (arg) => mapTerm(arg, mapper));
      if (operator === terms.operator && args === terms.args) return terms;
      return { ...terms, operator: operator.kind === "ref" ? operator : terms.operator, args };
    }
    case "some": {
      const symbols = mapList(terms.symbols, (symbol) => mapTerm(symbol, mapper));
      return symbols === terms.symbols ? terms : { ...terms, symbols };
    }
    case "every": {
      const key = terms.key && mapTerm(terms.key, mapper);
      const value = mapTerm(terms.value, mapper);
      const domain = mapTerm(terms.domain, mapper);
      const body = mapBody(terms.body, mapper);
      if (key === terms.key && value === terms.value && domain === terms.domain && body === terms.body)
        return terms;
      return {
        ...terms,
        key: key?.kind === "var" ? key : terms.key,
        value: value.kind === "var" ? value : terms.value,
        domain,
        body,
      };
    }
    case "not": {
      const body = mapBody(terms.body, mapper);
      return body === terms.body ? terms : { ...terms, body };
    }
    case "and":
    case "or": {
      const operands = mapList(terms.operands, (operand) => mapBody(operand, mapper));
      return operands === terms.operands ? terms : { ...terms, operands };
    }
    default:
      return unreachable(terms);
  }
}

function mapChildren(term: Term, mapper: Mapper): Term {
  switch (term.kind) {
    case "scalar":
    case "var":
      return term;
    case "ref": {
      const parts = mapList(term.parts, (part) => mapTerm(part, mapper));
      return parts === term.parts ? term : { ...term, parts: parts as [Term, ...Term[]] };
    }
    case "array":
    case "set": {
      const items = mapList(term.items, (item) => mapTerm(item, mapper));
      return items === term.items ? term : { ...term, items };
    }
    case "object": {
      const entries = mapList(term.entries, (entry) => {
        const key = mapTerm(entry[0], mapper);
        const value = mapTerm(entry[1], mapper);
        return key === entry[0] && value === entry[1] ? entry : ([key, value] as const);
      });
      return entries === term.entries ? term : { ...term, entries };
    }
    case "array-comprehension":
    case "set-comprehension": {
      const head = mapTerm(term.head, mapper);
      const body = mapBody(term.body, mapper);
      return head === term.head && body === term.body ? term : { ...term, head, body };
    }
    case "object-comprehension": {
      const key = mapTerm(term.key, mapper);
      const value = mapTerm(term.value, mapper);
      const body = mapBody(term.body, mapper);
      return key === term.key && value === term.value && body === term.body
        ? term
        : { ...term, key, value, body };
    }
    case "call": {
      const operator = mapTerm(term.operator, mapper);
      const args = mapList(term.args, (arg) => mapTerm(arg, mapper));
      if (operator === term.operator && args === term.args) return term;
      return { ...term, operator: operator.kind === "ref" ? operator : term.operator, args };
    }
    case "template": {
      const parts = mapList(term.parts, (part) => (typeof part === "string" ? part : mapExpr(part, mapper)));
      return parts === term.parts ? term : { ...term, parts };
    }
    default:
      return unreachable(term);
  }
}

function mapList<Item>(list: readonly Item[], map: (item: Item) => Item): readonly Item[] {
  let changed: Item[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as Item;
    const mapped = map(item);
    if (mapped !== item) changed ??= list.slice();
    if (changed) changed[i] = mapped;
  }
  return changed ?? list;
}
