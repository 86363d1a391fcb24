import type { Body, Expr, RefTerm, Term } from "../syntax/ast.ts";
import { isConstant, isEquality } from "./nodes.ts";

/** The constants that a var can stand for. */
export type KnownValues = ReadonlyMap<string, readonly Term[]>;

/** Enumerations larger than this count as unknown. */
const MAX_VALUES = 64;

interface Binding {
  readonly index: number;
  readonly name: string;
  readonly values: readonly Term[];
}

/**
 * What is known about vars at each expression of a body: `some x in ["a", "b"]` leaves two values for what
 * comes after it.
 */
export class BodyValues {
  readonly #bindings: readonly Binding[];

  constructor(body: Body) {
    this.#bindings = bindingsOf(body);
  }

  /** Vars bound ahead of the expression at the index. */
  before(index: number): KnownValues {
    const known = new Map<string, readonly Term[]>();
    for (const binding of this.#bindings) {
      if (binding.index >= index) break;
      known.set(binding.name, binding.values);
    }
    return known;
  }
}

function bindingsOf(body: Body): readonly Binding[] {
  const known = new Map<string, readonly Term[]>();
  const bindings: Binding[] = [];
  for (const [index, expr] of body.entries()) {
    const found = bindingOf(expr, known);
    if (!found || known.has(found.name)) continue;
    known.set(found.name, found.values);
    bindings.push({ index, ...found });
  }
  return bindings;
}

function bindingOf(expr: Expr, known: KnownValues): Omit<Binding, "index"> | undefined {
  if (!isEquality(expr) || expr.negated || expr.with.length > 0) return undefined;
  const [left, right] = expr.terms.args;
  if (!left || !right) return undefined;
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (side.kind !== "var") continue;
    const values = valuesOf(other, known);
    if (values) return { name: side.name, values };
  }
  return undefined;
}

function valuesOf(term: Term, known: KnownValues): readonly Term[] | undefined {
  if (term.kind === "var") return known.get(term.name);
  if (term.kind === "ref") return valuesOfRef(term, known);
  return isConstant(term) ? [term] : undefined;
}

function valuesOfRef(ref: RefTerm, known: KnownValues): readonly Term[] | undefined {
  let values = valuesOf(ref.parts[0], known);
  for (const part of ref.parts.slice(1)) {
    if (!values) return undefined;
    const next: Term[] = [];
    for (const value of values) {
      const members = isConstant(part) ? memberAt(value, part) : membersOf(value);
      if (!members) return undefined;
      next.push(...members);
    }
    if (next.length > MAX_VALUES) return undefined;
    values = next;
  }
  return values;
}

function membersOf(collection: Term): readonly Term[] | undefined {
  if (collection.kind === "array" || collection.kind === "set") return collection.items;
  return collection.kind === "object" ? collection.entries.map(([, value]) => value) : undefined;
}

function memberAt(collection: Term, key: Term): readonly Term[] {
  if (key.kind !== "scalar") return [];
  const same = (term: Term): boolean => term.kind === "scalar" && term.value === key.value;
  if (collection.kind === "array")
    return typeof key.value === "number" ? collection.items.slice(key.value, key.value + 1) : [];
  if (collection.kind === "set") return collection.items.filter(same);
  if (collection.kind !== "object") return [];
  return collection.entries.filter(([candidate]) => same(candidate)).map(([, value]) => value);
}

/**
 * The refs that a ref can mean: its vars replaced by what is known about them. Never empty, never narrower
 * than the policy.
 */
export function expandRef(ref: RefTerm, known: KnownValues): readonly RefTerm[] {
  let expanded: readonly RefTerm[] = [ref];
  for (const [index, part] of ref.parts.entries()) {
    if (index === 0 || isConstant(part)) continue;
    const values = valuesOf(part, known);
    if (!values || values.length === 0 || expanded.length * values.length > MAX_VALUES) continue;
    expanded = expanded.flatMap((prefix) =>
      values.map((value) => ({
        ...prefix,
        parts: prefix.parts.with(index, value) as unknown as RefTerm["parts"],
      })),
    );
  }
  return expanded;
}
