import { unreachable } from "../errors.ts";
import { sortedEntries, sortedItems } from "../syntax/term-order.ts";
import type { Body, Expr, ExprTerms, Head, RefTerm, Rule, Term, VarTerm, With } from "../syntax/ast.ts";

/**
 * Rebuilds the children of a node with the given functions and shares what did not change, so that a stage
 * which finds nothing to do allocates nothing. The functions recurse themselves where they want to.
 */
export interface Rewriter {
  readonly term: (term: Term) => Term;
  /**
   * Bodies of comprehensions, `every`, `not`, `and`, `or`; by default every expression by {@link mapExpr}.
   */
  readonly body?: (body: Body) => Body;
}

export function mapTerm(term: Term, rewriter: Rewriter): Term {
  switch (term.kind) {
    case "scalar":
    case "var":
      return term;
    case "ref":
      return mapRef(term, rewriter);
    case "array": {
      const items = mapList(term.items, rewriter.term);
      return items === term.items ? term : { ...term, items };
    }
    // Sets and objects are known in their order, not in that of the source: what stages move out of them is evaluated in it.
    case "set": {
      const items = mapList(sortedItems(term.items), rewriter.term);
      return items === term.items ? term : { ...term, items };
    }
    case "object": {
      const entries = mapEntries(sortedEntries(term.entries), rewriter);
      return entries === term.entries ? term : { ...term, entries };
    }
    case "array-comprehension":
    case "set-comprehension": {
      const body = mapBody(term.body, rewriter);
      const head = rewriter.term(term.head);
      return body === term.body && head === term.head ? term : { ...term, head, body };
    }
    case "object-comprehension": {
      const body = mapBody(term.body, rewriter);
      const key = rewriter.term(term.key);
      const value = rewriter.term(term.value);
      if (body === term.body && key === term.key && value === term.value) return term;
      return { ...term, key, value, body };
    }
    case "call": {
      const operator = mapRef(term.operator, rewriter);
      const args = mapList(term.args, rewriter.term);
      return operator === term.operator && args === term.args ? term : { ...term, operator, args };
    }
    case "template": {
      const parts = mapList(term.parts, (part) =>
        typeof part === "string" ? part : mapExpr(part, rewriter),
      );
      return parts === term.parts ? term : { ...term, parts };
    }
    default:
      return unreachable(term);
  }
}

function mapEntries(entries: readonly (readonly [Term, Term])[], rewriter: Rewriter) {
  return mapList(entries, (entry) => {
    const key = rewriter.term(entry[0]);
    const value = rewriter.term(entry[1]);
    return key === entry[0] && value === entry[1] ? entry : ([key, value] as const);
  });
}

export function mapRef(ref: RefTerm, rewriter: Rewriter): RefTerm {
  const parts = mapList(ref.parts, rewriter.term) as RefTerm["parts"];
  return parts === ref.parts ? ref : { ...ref, parts };
}

export function mapBody(body: Body, rewriter: Rewriter): Body {
  return rewriter.body ? rewriter.body(body) : mapList(body, (expr) => mapExpr(expr, rewriter));
}

export function mapExpr(expr: Expr, rewriter: Rewriter): Expr {
  const terms = mapExprTerms(expr.terms, rewriter);
  const modifiers = mapModifiers(expr.with, rewriter);
  return terms === expr.terms && modifiers === expr.with ? expr : { ...expr, terms, with: modifiers };
}

const rewritten = new WeakMap<Rewriter, WeakMap<readonly With[], readonly With[]>>();

/** Calls taken out of an expression share its modifiers: those are rewritten once, and shared again. */
function mapModifiers(modifiers: readonly With[], rewriter: Rewriter): readonly With[] {
  if (modifiers.length === 0) return modifiers;
  let known = rewritten.get(rewriter);
  if (!known) rewritten.set(rewriter, (known = new WeakMap()));
  let result = known.get(modifiers);
  if (!result) {
    result = mapList(modifiers, (modifier) => mapWith(modifier, rewriter));
    known.set(modifiers, result);
  }
  return result;
}

function mapWith(modifier: With, rewriter: Rewriter): With {
  const target = rewriter.term(modifier.target);
  const value = rewriter.term(modifier.value);
  return target === modifier.target && value === modifier.value ? modifier : { ...modifier, target, value };
}

export function mapExprTerms(terms: ExprTerms, rewriter: Rewriter): ExprTerms {
  switch (terms.kind) {
    case "term": {
      const term = rewriter.term(terms.term);
      return term === terms.term ? terms : { kind: "term", term };
    }
    case "call": {
      const operator = mapRef(terms.operator, rewriter);
      const args = mapList(terms.args, rewriter.term);
      return operator === terms.operator && args === terms.args ? terms : { ...terms, operator, args };
    }
    case "some": {
      const symbols = mapList(terms.symbols, rewriter.term);
      return symbols === terms.symbols ? terms : { kind: "some", symbols };
    }
    case "every": {
      const domain = rewriter.term(terms.domain);
      const key = terms.key && (rewriter.term(terms.key) as VarTerm);
      const value = rewriter.term(terms.value) as VarTerm;
      const body = mapBody(terms.body, rewriter);
      if (domain === terms.domain && key === terms.key && value === terms.value && body === terms.body)
        return terms;
      return { kind: "every", key, value, domain, body };
    }
    case "not": {
      const body = mapBody(terms.body, rewriter);
      return body === terms.body ? terms : { ...terms, body };
    }
    case "and":
    case "or": {
      const operands = mapList(terms.operands, (operand) => mapBody(operand, rewriter));
      return operands === terms.operands ? terms : { ...terms, operands };
    }
    default:
      return unreachable(terms);
  }
}

/** Args, brackets of the ref, key and value. */
export function mapHead(head: Head, rewriter: Rewriter): Head {
  const ref = mapHeadRef(head.ref, rewriter);
  const args = head.args && mapList(head.args, rewriter.term);
  const key = head.key && rewriter.term(head.key);
  const value = head.value && rewriter.term(head.value);
  if (ref === head.ref && args === head.args && key === head.key && value === head.value) return head;
  return { ...head, ref, args, key, value };
}

/** The first var of a head's ref is its name and stays. */
export function mapHeadRef(ref: RefTerm, rewriter: Rewriter): RefTerm {
  if (ref.parts.length === 1) return ref;
  const parts = mapList(ref.parts, (part, index) =>
    index === 0 ? part : rewriter.term(part),
  ) as RefTerm["parts"];
  return parts === ref.parts ? ref : { ...ref, parts };
}

/** Head and body of a rule and of each of its else branches. */
export function mapRule(rule: Rule, rewriter: Rewriter): Rule {
  return mapBranches(rule, (branch) => {
    const head = mapHead(branch.head, rewriter);
    const body = mapBody(branch.body, rewriter);
    return head === branch.head && body === branch.body ? branch : { ...branch, head, body };
  });
}

/**
 * Applies a function to a rule and to each of its else branches. A chain may be long, so this does not
 * recurse.
 */
export function mapBranches(rule: Rule, change: (branch: Rule) => Rule): Rule {
  const branches: Rule[] = [];
  for (let branch: Rule | undefined = rule; branch; branch = branch.else) branches.push(change(branch));
  let result: Rule | undefined;
  for (const branch of branches.reverse()) {
    result = branch.else === result ? branch : { ...branch, else: result };
  }
  return result as Rule;
}

/** `Array.map` that gives the same array back when no item changed. */
export function mapList<T>(list: readonly T[], change: (item: T, index: number) => T): readonly T[] {
  let copy: T[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index] as T;
    const changed = change(item, index);
    if (copy) copy.push(changed);
    else if (changed !== item) {
      copy = list.slice(0, index);
      copy.push(changed);
    }
  }
  return copy ?? list;
}
