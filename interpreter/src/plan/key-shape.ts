import { compareTerms } from "../syntax/term-order.ts";
import type { Term } from "../syntax/ast.ts";

/** A key in brackets that is known in parts: these are numbered, what is free is left out. */
export type KeyShape =
  | { readonly kind: "known"; readonly index: number }
  | { readonly kind: "free" }
  | { readonly kind: "array"; readonly items: readonly KeyShape[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Term, KeyShape])[] };

/** The shape of a key and its known parts, outer ones whole. */
export function shapeOfKey(
  key: Term,
  isKnown: (term: Term) => boolean,
): { readonly shape: KeyShape; readonly known: readonly Term[] } {
  const known: Term[] = [];
  const visit = (term: Term): KeyShape => {
    if (isKnown(term)) return { kind: "known", index: known.push(term) - 1 };
    if (term.kind === "array") return { kind: "array", items: term.items.map(visit) };
    if (term.kind === "object" && term.entries.every(([name]) => isKnown(name)))
      return { kind: "object", entries: term.entries.map(([name, value]) => [name, visit(value)] as const) };
    return { kind: "free" };
  };
  return { shape: visit(key), known };
}

/**
 * Unifies a shape with an element in a head: calls `fit` for each known part with what stands in its place. False where no
 * element can have the shape. What stands for a part of the shape that is not known whole binds nothing.
 */
export function fitShape(shape: KeyShape, element: Term, fit: (index: number, term: Term) => void): boolean {
  if (shape.kind === "known") {
    fit(shape.index, element);
    return true;
  }
  if (shape.kind === "free" || element.kind === "var" || element.kind === "ref") return true;
  if (shape.kind === "array") {
    if (element.kind !== "array" || element.items.length !== shape.items.length) return false;
    return shape.items.every((item, i) => fitShape(item, element.items[i] as Term, fit));
  }
  if (element.kind !== "object" || element.entries.length !== shape.entries.length) return false;
  return shape.entries.every(([name, part]) => {
    const entry = element.entries.find(([other]) => compareTerms(name, other) === 0);
    return entry !== undefined && fitShape(part, entry[1], fit);
  });
}
