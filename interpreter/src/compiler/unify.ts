import type { RefTerm, Term } from "../syntax/ast.ts";
import { BINDABLE, OUTSIDE_CLOSURES, varsOfTerm } from "./vars.ts";

/** A set of vars that are bound already, of which nothing but membership matters. */
export interface Known {
  has(name: string): boolean;
}

/**
 * The vars that `a = b` binds when the vars in `safe` are bound before: structural unification without
 * values. Arrays unify element by element, objects value by value at equal constant keys; sets and calls bind
 * nothing.
 */
export function unifiedVars(safe: Known, a: Term, b: Term): ReadonlySet<string> {
  const unifier = new Unifier(safe);
  unifier.unify(a, b);
  return unifier.unified;
}

/** A ref can be evaluated when what stands before its brackets is bound. */
export function isRefSafe(ref: RefTerm, safe: Known): boolean {
  const head = ref.parts[0];
  return head.kind === "var" ? safe.has(head.name) : isSafeOutsideClosures(head, safe);
}

function isSafeOutsideClosures(term: Term, safe: Known): boolean {
  const vars = new Set<string>();
  varsOfTerm(term, OUTSIDE_CLOSURES, vars);
  return isEachKnown(vars, safe);
}

export function isEachKnown(vars: Iterable<string>, known: Known): boolean {
  for (const name of vars) if (!known.has(name)) return false;
  return true;
}

function holds(term: Term, name: string): boolean {
  const vars = new Set<string>();
  varsOfTerm(term, OUTSIDE_CLOSURES, vars);
  return vars.has(name);
}

/** Whether a var stands in a key of the composite and nowhere else in it. */
function isInKeys(name: string, composite: Term): boolean {
  const all = new Set<string>();
  varsOfTerm(composite, { ...BINDABLE, skipObjectKeys: false }, all);
  if (!all.has(name)) return false;
  const outsideKeys = new Set<string>();
  varsOfTerm(composite, BINDABLE, outsideKeys);
  return !outsideKeys.has(name);
}

class Unifier {
  readonly unified = new Set<string>();
  readonly #safe: Known;
  /** Vars whose value another var's value consists of: `x = [a, b]` gives x → a, b. */
  readonly #parts = new Map<string, Set<string>>();
  /** The same the other way round. */
  readonly #wholes = new Map<string, Set<string>>();

  constructor(safe: Known) {
    this.#safe = safe;
  }

  unify(a: Term, b: Term): void {
    switch (a.kind) {
      case "var":
        return this.#unifyVar(a.name, b);
      case "ref":
        if (isRefSafe(a, this.#safe)) this.#bindPattern(b);
        return;
      case "call":
        if (isSafeOutsideClosures(a, this.#safe)) this.#bindPattern(b);
        return;
      case "array-comprehension":
        if (b.kind === "var" || b.kind === "array") this.#bindPattern(b);
        return;
      case "object-comprehension":
        if (b.kind === "var" || b.kind === "object") this.#bindPattern(b);
        return;
      case "array":
        return this.#unifyArray(a, b);
      case "object":
        return this.#unifyObject(a, b);
      case "set":
        if (b.kind === "var") this.#unifyVar(b.name, a);
        return;
      default:
        if (b.kind === "var") this.#markSafe(b.name);
    }
  }

  #unifyVar(name: string, other: Term): void {
    switch (other.kind) {
      case "var":
        if (this.#isSafe(other.name)) this.#markSafe(name);
        else if (this.#isSafe(name)) this.#markSafe(other.name);
        else {
          this.#depend(name, other.name);
          this.#depend(other.name, name);
        }
        return;
      case "array":
      case "object":
        return this.#unifyWithParts(name, other);
      case "ref":
        if (isRefSafe(other, this.#safe)) this.#markSafe(name);
        return;
      case "call":
        if (isSafeOutsideClosures(other, this.#safe)) this.#markSafe(name);
        return;
      case "set":
        // As with `x = {x: 1}` below.
        if (this.#isSafe(name) || !holds(other, name)) this.#markSafe(name);
        return;
      default:
        this.#markSafe(name);
    }
  }

  #unifyArray(a: Term & { kind: "array" }, b: Term): void {
    if (b.kind === "var") return this.#unifyWithParts(b.name, a);
    if (b.kind === "array") {
      if (a.items.length !== b.items.length) return;
      for (const [index, item] of a.items.entries()) this.unify(item, b.items[index] as Term);
      return;
    }
    if (this.#isSource(b) || b.kind.endsWith("comprehension")) this.#markAllSafe(a);
  }

  #unifyObject(a: Term & { kind: "object" }, b: Term): void {
    if (b.kind === "var") return this.#unifyWithParts(b.name, a);
    if (b.kind === "object") {
      if (a.entries.length !== b.entries.length) return;
      const byKey = new Map(b.entries.map(([key, value]) => [keyText(key), value]));
      for (const [key, value] of a.entries) {
        const other = byKey.get(keyText(key));
        if (other) this.unify(value, other);
      }
      return;
    }
    if (this.#isSource(b)) this.#markAllSafe(a);
  }

  /** A ref or call whose inputs are bound, so that its value is there to match a pattern. */
  #isSource(term: Term): boolean {
    if (term.kind === "ref") return isRefSafe(term, this.#safe);
    return term.kind === "call" && isSafeOutsideClosures(term, this.#safe);
  }

  #bindPattern(term: Term): void {
    if (term.kind === "var") this.#markSafe(term.name);
    else if (term.kind === "array" || term.kind === "object") this.#markAllSafe(term);
  }

  #unifyWithParts(name: string, composite: Term): void {
    if (this.#isSafe(name)) return this.#markAllSafe(composite);
    // `x = {x: 1}` would make a value that holds itself; OPA lets it pass and runs out of stack.
    if (isInKeys(name, composite)) return;
    const parts = new Set<string>();
    varsOfTerm(composite, BINDABLE, parts);
    const open = [...parts].filter((part) => !this.#isSafe(part));
    if (open.length === 0) this.#markSafe(name);
    else for (const part of open) this.#depend(name, part);
  }

  #markAllSafe(term: Term): void {
    const vars = new Set<string>();
    varsOfTerm(term, BINDABLE, vars);
    for (const name of vars) this.#markSafe(name);
  }

  #isSafe(name: string): boolean {
    return this.#safe.has(name) || this.unified.has(name);
  }

  #depend(whole: string, part: string): void {
    addTo(this.#parts, whole, part);
    addTo(this.#wholes, part, whole);
  }

  #markSafe(first: string): void {
    const open = [first];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      this.unified.add(name);
      const parts = this.#parts.get(name);
      this.#parts.delete(name);
      if (parts) open.push(...parts);
      for (const whole of this.#wholes.get(name) ?? []) {
        const rest = this.#parts.get(whole);
        if (rest?.delete(name) && rest.size === 0) open.push(whole);
      }
      this.#wholes.delete(name);
    }
  }
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

/** Equal for equal constant or var keys. */
function keyText(key: Term): string {
  switch (key.kind) {
    case "scalar":
      return `${typeof key.value} ${String(key.value)}`;
    case "var":
      return `var ${key.name}`;
    case "ref":
      return `ref ${key.parts.map(keyText).join(",")}`;
    case "array":
    case "set":
      return `${key.kind} ${key.items.map(keyText).join(",")}`;
    case "object":
      return `object ${key.entries.map(([k, v]) => `${keyText(k)}:${keyText(v)}`).join(",")}`;
    default:
      return `${key.kind} ${key.location.start}`;
  }
}
