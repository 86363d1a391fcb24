import { compare } from "../value/order.ts";
import { compareText } from "../value/text.ts";
import type { Body, Expr, ExprTerms, Term, With } from "./ast.ts";

/**
 * OPA's order of terms: scalars as values, then template strings, vars, refs, arrays, objects, sets, comprehensions (array,
 * object, set) and calls. Sets and objects print in it.
 */
export function compareTerms(a: Term, b: Term): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  switch (a.kind) {
    case "scalar":
      return b.kind === a.kind ? compare(a.value, b.value) : 0;
    case "var":
      return b.kind === a.kind ? compareText(a.name, b.name) : 0;
    case "ref":
      return b.kind === a.kind ? compareLists(a.parts, b.parts, compareTerms) : 0;
    case "array":
      return b.kind === a.kind ? compareLists(a.items, b.items, compareTerms) : 0;
    case "set":
      return b.kind === a.kind ? compareLists(sortedItems(a.items), sortedItems(b.items), compareTerms) : 0;
    case "object":
      return b.kind === a.kind
        ? compareLists(sortedEntries(a.entries), sortedEntries(b.entries), compareEntries)
        : 0;
    case "array-comprehension":
    case "set-comprehension":
      return b.kind === a.kind ? compareTerms(a.head, b.head) || compareBodies(a.body, b.body) : 0;
    case "object-comprehension":
      if (b.kind !== a.kind) return 0;
      return compareTerms(a.key, b.key) || compareTerms(a.value, b.value) || compareBodies(a.body, b.body);
    case "call":
      return b.kind === a.kind
        ? compareTerms(a.operator, b.operator) || compareLists(a.args, b.args, compareTerms)
        : 0;
    case "template":
      return b.kind === a.kind ? compareLists(a.parts, b.parts, compareParts) : 0;
    default:
      return 0;
  }
}

/** The items of a set in order, equal ones once; the same list where they stand so already. */
export function sortedItems(items: readonly Term[]): readonly Term[] {
  if (items.every((item, i) => i === 0 || compareTerms(items[i - 1] as Term, item) < 0)) return items;
  const sorted = items.toSorted(compareTerms);
  return sorted.filter((item, i) => i === 0 || compareTerms(sorted[i - 1] as Term, item) !== 0);
}

/** The entries of an object in the order of their keys; the same list where they stand so already. */
export function sortedEntries(
  entries: readonly (readonly [Term, Term])[],
): readonly (readonly [Term, Term])[] {
  const isSorted = entries.every(
    (entry, i) => i === 0 || compareTerms((entries[i - 1] as typeof entry)[0], entry[0]) <= 0,
  );
  return isSorted ? entries : entries.toSorted((a, b) => compareTerms(a[0], b[0]));
}

const RANKS: Readonly<Record<Exclude<Term["kind"], "scalar">, number>> = {
  template: 1,
  var: 2,
  ref: 3,
  array: 4,
  object: 5,
  set: 6,
  "array-comprehension": 7,
  "object-comprehension": 8,
  "set-comprehension": 9,
  call: 10,
};

function rankOf(term: Term): number {
  return term.kind === "scalar" ? 0 : RANKS[term.kind];
}

function compareLists<Item>(
  a: readonly Item[],
  b: readonly Item[],
  order: (a: Item, b: Item) => number,
): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const result = order(a[i] as Item, b[i] as Item);
    if (result !== 0) return result;
  }
  return a.length - b.length;
}

function compareEntries(a: readonly [Term, Term], b: readonly [Term, Term]): number {
  return compareTerms(a[0], b[0]) || compareTerms(a[1], b[1]);
}

function compareParts(a: string | Expr, b: string | Expr): number {
  if (typeof a === "string") return typeof b === "string" ? compareText(a, b) : -1;
  return typeof b === "string" ? 1 : compareExprs(a, b);
}

function compareBodies(a: Body, b: Body): number {
  return compareLists(a, b, compareExprs);
}

function compareExprs(a: Expr, b: Expr): number {
  if (a.negated !== b.negated) return a.negated ? 1 : -1;
  const kinds = compareText(a.terms.kind, b.terms.kind);
  if (kinds !== 0) return kinds;
  return (
    compareLists(termsIn(a.terms), termsIn(b.terms), compareTerms) ||
    compareLists(a.with, b.with, compareWiths)
  );
}

function compareWiths(a: With, b: With): number {
  return compareTerms(a.target, b.target) || compareTerms(a.value, b.value);
}

function termsIn(terms: ExprTerms): readonly Term[] {
  switch (terms.kind) {
    case "term":
      return [terms.term];
    case "call":
      return [terms.operator, ...terms.args];
    case "some":
      return terms.symbols;
    case "every":
      return [
        ...(terms.key ? [terms.key] : []),
        terms.value,
        terms.domain,
        ...terms.body.flatMap((e) => termsIn(e.terms)),
      ];
    case "not":
      return terms.body.flatMap((expr) => termsIn(expr.terms));
    default:
      return terms.operands.flat().flatMap((expr) => termsIn(expr.terms));
  }
}
