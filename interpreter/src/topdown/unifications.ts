import type { Local } from "../plan/events.ts";
import type { ShownTerm, ShownVar } from "../plan/plan.ts";
import { isArray, isObject, isSet } from "../value/kind.ts";
import { ObjectBuilder, objectEntries } from "../value/object.ts";
import { compare, equals } from "../value/order.ts";
import { printValue } from "../value/print.ts";
import { RegoSet } from "../value/set.ts";
import type { Value } from "../value/value.ts";

/** The slots that hold a body's variables. */
type Frame = readonly unknown[];

/** A term at the moment it is unified. */
export type Seen =
  | { readonly kind: "value"; readonly value: Value }
  /** A variable without a value. */
  | { readonly kind: "free"; readonly name: string; readonly variable: string; readonly frame: Frame }
  /** A term that is going to be evaluated. */
  | { readonly kind: "text"; readonly form: Form }
  | { readonly kind: "array"; readonly items: readonly Seen[]; readonly form: Form }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Seen, Seen])[]; readonly form: Form }
  | { readonly kind: "set"; readonly value: Value | undefined; readonly form: Form };

/** The term that made a value, in the place of which it is shown, and whose variables it holds. */
export interface Form extends ShownTerm {
  readonly frame: Frame;
}

/** How a unification is told: its text, and the variables in it: those of the frame and those that got values on the way. */
export type Tell = (text: string, vars: readonly ShownVar[], locals: readonly Local[], frame: Frame) => void;

/** What a variable of a frame was unified with on the way through composites. */
interface Binding {
  readonly variable: Seen & { readonly kind: "free" };
  readonly to: Seen;
}

/**
 * Tells of unifications as OPA's evaluator makes them: of two terms, then of their parts, one by one, until one does not
 * fit. It decides nothing: the steps of the plan do, and come to the same.
 *
 * To OPA a variable stands for the term it was unified with, and `[x, 1]` is shown as that wherever the variable goes:
 * so composites remember the term that made them, until they are part of a result.
 */
export class Unifications {
  readonly #tell: Tell;
  readonly #forms = new WeakMap<object, Form>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Two terms are unified in the body whose variables stand in `frame`. */
  tell(left: Seen, right: Seen, frame: Frame): void {
    this.#unify(left, right, frame, []);
  }

  /** From now on a composite is shown as the term that made it. */
  keep(value: Value, form: Form): void {
    if (typeof value === "object" && value !== null) this.#forms.set(value, form);
  }

  /** The same value without anything of the terms that made it. */
  plain(value: Value): Value {
    if (typeof value !== "object" || value === null || !this.#forms.has(value)) return value;
    if (isArray(value)) return value.map((item) => this.plain(item));
    if (isSet(value)) return new RegoSet([...value].map((item) => this.plain(item)));
    if (!isObject(value)) return value;
    const builder = new ObjectBuilder();
    for (const [key, item] of objectEntries(value)) builder.set(this.plain(key), this.plain(item));
    return builder.build();
  }

  /** Whether a value was made of variables: to OPA it is no constant. */
  hasForm(value: Value): boolean {
    return typeof value === "object" && value !== null && this.#forms.has(value);
  }

  #unify(left: Seen, right: Seen, frame: Frame, bindings: Binding[]): boolean {
    const a = resolved(left, bindings);
    const b = resolved(right, bindings);
    this.#emit(a, b, frame, bindings);
    if (a.kind === "text" || b.kind === "text") return true;
    if (a.kind === "free" || b.kind === "free") {
      bind(a, b, bindings);
      return true;
    }
    const items = itemsOf(a);
    const others = itemsOf(b);
    if (items && others) {
      return (
        items.length === others.length &&
        items.every((item, i) => this.#unify(item, others[i] as Seen, frame, bindings))
      );
    }
    const entries = entriesOf(a, bindings);
    const otherEntries = entriesOf(b, bindings);
    if (entries && otherEntries) {
      if (entries.length !== otherEntries.length) return false;
      return entries.every(([key, value]) => {
        const other = otherEntries.find(([otherKey]) => equals(key, otherKey));
        return other !== undefined && this.#unify(value, other[1], frame, bindings);
      });
    }
    const known = valueOf(a, bindings);
    const wanted = valueOf(b, bindings);
    return known !== undefined && wanted !== undefined && equals(known, wanted);
  }

  #emit(a: Seen, b: Seen, frame: Frame, bindings: readonly Binding[]): void {
    const vars: ShownVar[] = [];
    const locals = new Map<string, Local>();
    for (const side of [a, b]) {
      const form = this.#formOf(side);
      if (form?.frame !== frame) continue;
      vars.push(...form.vars.filter((shown) => !vars.some(isSameAs(shown))));
      for (const { name, variable } of bindings.length > 0 ? form.open : []) {
        const value = valueOf({ kind: "free", name, variable, frame }, bindings);
        if (value !== undefined) locals.set(variable, [name, value]);
      }
    }
    this.#tell(`${this.#textOf(a)} = ${this.#textOf(b)}`, vars, [...locals.values()], frame);
  }

  #textOf(side: Seen): string {
    const form = this.#formOf(side);
    if (form) return form.text;
    return side.kind === "free" ? side.name : side.kind === "value" ? printValue(side.value) : "";
  }

  #formOf(side: Seen): Form | undefined {
    if (side.kind === "free") return undefined;
    if (side.kind !== "value") return side.form;
    const { value } = side;
    return typeof value === "object" && value !== null ? this.#forms.get(value) : undefined;
  }
}

/** The value of a term; undefined where a variable in it has none. */
export function valueOf(side: Seen, bindings: readonly Binding[] = []): Value | undefined {
  const term = resolved(side, bindings);
  switch (term.kind) {
    case "value":
    case "set":
      return term.value;
    case "free":
    case "text":
      return undefined;
    case "array": {
      const items = term.items.map((item) => valueOf(item, bindings));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case "object": {
      const builder = new ObjectBuilder();
      for (const entry of term.entries) {
        const [key, value] = entry.map((part) => valueOf(part, bindings));
        if (key === undefined || value === undefined) return undefined;
        builder.set(key, value);
      }
      return builder.build();
    }
  }
}

function resolved(side: Seen, bindings: readonly Binding[]): Seen {
  if (side.kind !== "free") return side;
  const bound = bindings.find(({ variable }) => isSameVariable(variable, side));
  return bound ? resolved(bound.to, bindings) : side;
}

function bind(a: Seen, b: Seen, bindings: Binding[]): void {
  if (a.kind === "free" && b.kind === "free" && isSameVariable(a, b)) return;
  if (a.kind === "free") bindings.push({ variable: a, to: b });
  else if (b.kind === "free") bindings.push({ variable: b, to: a });
}

type Free = Seen & { readonly kind: "free" };

function isSameVariable(a: Free, b: Free): boolean {
  return a.variable === b.variable && a.frame === b.frame;
}

function isSameAs(shown: ShownVar): (other: ShownVar) => boolean {
  return (other) =>
    shown.state === "read" || other.state === "read"
      ? shown.state === other.state && shown.name === other.name
      : shown.slot === other.slot;
}

function itemsOf(side: Seen): readonly Seen[] | undefined {
  if (side.kind === "array") return side.items;
  if (side.kind !== "value" || !isArray(side.value)) return undefined;
  return side.value.map((value) => ({ kind: "value", value }));
}

/** In the order of the keys. */
function entriesOf(
  side: Seen,
  bindings: readonly Binding[],
): readonly (readonly [Value, Seen])[] | undefined {
  if (side.kind === "object") {
    const entries = side.entries.flatMap(([name, value]): (readonly [Value, Seen])[] => {
      const key = valueOf(name, bindings);
      return key === undefined ? [] : [[key, value]];
    });
    return entries.length === side.entries.length
      ? entries.sort(([left], [right]) => compare(left, right))
      : undefined;
  }
  if (side.kind !== "value" || !isObject(side.value)) return undefined;
  return objectEntries(side.value).map(([key, value]) => [key, { kind: "value", value }]);
}
