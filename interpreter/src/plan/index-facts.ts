import { childOf, isFunctionOperator, operatorName, type RuleNode } from "../compiler/compiled.ts";
import { constantOf } from "./terms.ts";
import type { Body, CallExpr, Expr, Head, Term } from "../syntax/ast.ts";
import { isGround } from "../syntax/visit.ts";
import { isArray } from "../value/kind.ts";
import { RegoSet } from "../value/set.ts";
import {
  ANY,
  globParts,
  indexable,
  isDataRef,
  isRef,
  membersOf,
  plugRef,
  refOfTerm,
  textOfTerms,
  WILDCARD,
  type Constants,
  type IndexedRef,
} from "./index-terms.ts";

/** A value must be there (`any`), be equal, have an element that is equal, or begin or end with a text. */
export interface Fact {
  readonly ref: number;
  readonly test: "any" | "equal" | "member" | "prefix" | "suffix";
  /** For `any`, the variable that holds it, if there is one: later expressions mean the ref by it. */
  readonly value: Term;
  /** Texts are compared in parts, split at these characters. */
  readonly delimiters?: string;
}

/** `keys[key]` must be there. */
export interface Membership {
  readonly key: IndexedRef;
  readonly collection: IndexedRef;
}

/** What an index over rules reads, numbered, with what decides the order it is read in. */
export class RefTable {
  readonly refs: IndexedRef[] = [];
  readonly #numbers = new Map<string, number>();

  number(ref: IndexedRef): number {
    const name = `${ref.root} ${textOfTerms(ref.keys)}`;
    let number = this.#numbers.get(name);
    if (number === undefined) this.#numbers.set(name, (number = this.refs.push(ref) - 1));
    return number;
  }
}

/** How often a ref is read, and what it costs that a rule compares it with several values: 1 little, 2 the rest of its path. */
export interface RefCount {
  count: number;
  alternated: 0 | 1 | 2;
}

/** No more ways to reach a rule than this are told apart. */
const MOST_PATHS = 32;
/**
 * What OPA's rule index knows of a body: of each ref it reads, what its value must be like. Rules that cannot succeed are
 * left out by it, which shows in traces, and in what builtins are called.
 */
export class BodyFacts {
  readonly facts: Fact[] = [];
  readonly memberships: Membership[] = [];
  readonly #disjunctions: (readonly (readonly Fact[])[])[] = [];
  readonly #outer: readonly Fact[];
  readonly #head: Head;
  readonly #table: RefTable;
  readonly #counts: Map<number, RefCount>;
  readonly #tree: RuleNode;

  constructor(
    head: Head,
    tree: RuleNode,
    table: RefTable,
    counts: Map<number, RefCount>,
    outer: readonly Fact[] = [],
  ) {
    this.#head = head;
    this.#tree = tree;
    this.#table = table;
    this.#counts = counts;
    this.#outer = outer;
  }

  addBody(body: Body, constants: Constants = new Map()): void {
    for (const expr of body) this.#addExpr(expr, constants);
  }

  /** Whether each way to reach the rule leads through one of several. */
  get hasAlternatives(): boolean {
    return this.#disjunctions.length > 0;
  }

  /** The sets of facts, one of which must hold. */
  paths(): readonly (readonly Fact[])[] {
    let paths: readonly (readonly Fact[])[] = [this.facts];
    for (const alternatives of this.#disjunctions) {
      if (paths.length * alternatives.length > MOST_PATHS) return [this.facts];
      paths = paths.flatMap((path) => alternatives.map((alternative) => [...path, ...alternative]));
    }
    return paths;
  }

  #addExpr(given: Expr, constants: Constants): void {
    if (given.with.length > 0 || given.negated) return;
    const { terms } = given;
    switch (terms.kind) {
      case "and":
        for (const paths of terms.operands.map((body) => this.#operand(body, constants)))
          this.#require(paths);
        return;
      case "or": {
        const operands = terms.operands.map((body) => this.#operand(body, constants));
        if (operands.every((paths) => paths.length > 0)) this.#require(operands.flat());
        return;
      }
      case "term": {
        const term = plugRef(terms.term, constants);
        if (!isRef(term) || this.#addCollectionKey(term)) return;
        this.#addEquality(term, ANY, constants);
        return;
      }
      case "call":
        if (!isFunctionOperator(terms.operator))
          this.#addCall({ ...terms, args: terms.args.map((arg) => plugRef(arg, constants)) }, constants);
        return;
      default:
    }
  }

  #addCall({ operator, args }: CallExpr, constants: Constants): void {
    const [a, b, c] = args;
    if (!a || !b) return;
    const name = operatorName(operator);
    if (args.length === 3 && c && name === "glob.match") return this.#addGlob(a, b, c);
    if (args.length !== 2) return;
    switch (name) {
      case "eq":
      case "equal":
        if (!this.#addElement(a, b, constants) && !this.#addElement(b, a, constants)) {
          if (!this.#addOneWay(a, b, constants)) this.#addOneWay(b, a, constants);
        }
        return;
      case "internal.member_2":
        return this.#addMember(a, b, constants);
      case "startswith":
        return this.#addAffix(a, b, "prefix", false, constants);
      case "endswith":
        return this.#addAffix(a, b, "suffix", false, constants);
      case "strings.any_prefix_match":
        return this.#addAffix(a, b, "prefix", true, constants);
      case "strings.any_suffix_match":
        return this.#addAffix(a, b, "suffix", true, constants);
      default:
    }
  }

  #addEquality(a: Term, b: Term, constants: Constants): void {
    if (!this.#addOneWay(a, b, constants)) this.#addOneWay(b, a, constants);
  }

  /** `a = b`, where `a` is what is read. */
  #addOneWay(a: Term, b: Term, constants: Constants): boolean {
    if (a.kind === "var" && !isRef(a)) {
      const known = constantOf(b) === undefined ? b.kind === "var" && constants.get(b.name) : b;
      if (known) constants.set(a.name, known);
      const value = indexable(b);
      const ref = value && this.#refOf(a.name);
      if (!value || !ref) return false;
      this.#insert(ref, value);
      return true;
    }
    if (!isRef(a)) return false;
    const ref = this.#resolved(a);
    if (!ref || !this.#isValid(ref)) return false;
    const value = b.kind === "var" && !isRef(b) ? (constants.get(b.name) ?? b) : indexable(b);
    if (!value) return false;
    this.#insert(ref, value);
    return true;
  }

  /** `ref[_] = scalar`. */
  #addElement(a: Term, b: Term, constants: Constants): boolean {
    const ref = isRef(a) ? this.#resolved(a) : undefined;
    if (!ref) return false;
    const last = ref.keys.length - 1;
    const prefix: IndexedRef = { ...ref, keys: ref.keys.slice(0, Math.max(0, last)) };
    const isLastOnlyUnknown = last >= 0 && !isGround(ref.keys[last] as Term);
    if (!isLastOnlyUnknown || !this.#isValid(prefix)) return false;
    const value = b.kind === "var" && !isRef(b) ? constants.get(b.name) : indexable(b);
    if (value?.kind !== "scalar") return false;
    this.#insert(prefix, value, "member");
    return true;
  }

  #addGlob(pattern: Term, delimiters: Term, match: Term): void {
    const separators = constantOf(delimiters);
    if (!isArray(separators) || !separators.every((one) => typeof one === "string")) return;
    const split = separators.length === 0 ? "." : separators.join("");
    const parts =
      pattern.kind === "scalar" && typeof pattern.value === "string"
        ? globParts(pattern.value, split)
        : undefined;
    const ref = parts && match.kind === "var" && !isRef(match) ? this.#refOf(match.name) : undefined;
    if (!parts || !ref) return;
    const items = parts.map((part): Term =>
      part === "*" ? WILDCARD : { kind: "scalar", value: part, location: pattern.location },
    );
    this.#insert(ref, { kind: "array", items, location: pattern.location }, "equal", split);
  }

  #addMember(left: Term, right: Term, constants: Constants): void {
    const ref = left.kind === "var" && !isRef(left) ? this.#refOf(left.name) : undefined;
    if (ref) {
      const name = right.kind === "var" && !isRef(right) ? right.name : undefined;
      const collection = name === undefined ? right : constants.get(name);
      const members = collection && membersOf(collection);
      if (members) this.#insertAll(ref, members, "equal");
      return;
    }
    const value = left.kind === "var" && !isRef(left) ? (constants.get(left.name) ?? left) : left;
    if (value.kind !== "var" && value.kind !== "scalar") return;
    const collection = this.#validRef(right);
    if (collection) this.#insert(collection, value, value.kind === "var" ? "any" : "member");
  }

  #addAffix(on: Term, base: Term, test: "prefix" | "suffix", several: boolean, constants: Constants): void {
    const ref = this.#validRef(on);
    const known = base.kind === "var" && !isRef(base) ? constants.get(base.name) : base;
    const value = known && constantOf(known);
    if (!ref || !known || value === undefined) return;
    if (typeof value === "string") {
      this.#insert(ref, known, test);
      return;
    }
    const texts = several && (isArray(value) || value instanceof RegoSet) ? [...value] : [];
    if (texts.length === 0 || !texts.every((text) => typeof text === "string")) return;
    this.#insertAll(
      ref,
      texts.map((text): Term => ({ kind: "scalar", value: text, location: known.location })),
      test,
    );
  }

  /** `data.collection[key]`. */
  #addCollectionKey(term: Term): boolean {
    const collection = this.#resolved(term);
    const last = collection?.keys.at(-1);
    if (!collection || collection.root !== "data" || !last || !isDataRef(term)) return false;
    const prefix: IndexedRef = { ...collection, keys: collection.keys.slice(0, -1) };
    if (!prefix.keys.every(isGround) || this.#isVirtual(prefix)) return false;
    const key =
      isRef(last) && isGround(last)
        ? refOfTerm(last)
        : last.kind === "var"
          ? this.#refOf(last.name)
          : undefined;
    if (!key || this.#isVirtual(key)) return false;
    this.memberships.push({ key, collection: prefix });
    this.#count(this.#table.number(key), 1);
    return true;
  }

  #operand(body: Body, constants: Constants): readonly (readonly Fact[])[] {
    const inner = new BodyFacts(this.#head, this.#tree, this.#table, new Map(), [
      ...this.facts,
      ...this.#outer,
    ]);
    inner.addBody(body, new Map(constants));
    const paths = inner.paths();
    if (paths.length === 1 && paths[0]?.length === 0) return [];
    // The operand's own variables mean nothing outside.
    return paths.map((path) => path.map((fact) => (fact.test === "any" ? { ...fact, value: ANY } : fact)));
  }

  #require(paths: readonly (readonly Fact[])[]): void {
    const [only, ...others] = paths;
    if (!only) return;
    if (others.length === 0) {
      for (const fact of only) this.#put(fact);
      return;
    }
    for (const path of paths) for (const fact of path) this.#count(fact.ref, 1);
    this.#disjunctions.push(paths);
  }

  #insert(ref: IndexedRef, value: Term, test: Fact["test"] = "equal", delimiters?: string): void {
    this.#put({
      ref: this.#table.number(ref),
      test: value.kind === "var" ? "any" : test,
      value,
      ...(delimiters === undefined ? {} : { delimiters }),
    });
  }

  #insertAll(ref: IndexedRef, values: readonly Term[], test: Fact["test"]): void {
    for (const value of values) this.#insert(ref, value, test);
  }

  /** A value takes the place of "must be there"; several of one ref are alternatives. */
  #put(fact: Fact): void {
    const isAffix = fact.test === "prefix" || fact.test === "suffix";
    let seen = false;
    for (const [i, other] of this.facts.entries()) {
      if (other.ref !== fact.ref) continue;
      seen = true;
      if (other.test === fact.test && textOfTerms([other.value]) === textOfTerms([fact.value])) return;
      if (fact.test !== "any" && !isAffix && other.test === "any") {
        this.facts[i] = fact;
        return;
      }
      if (fact.test !== "any" && other.test !== "any") {
        const isEnd = isAffix || other.test === "prefix" || other.test === "suffix";
        const count = this.#count(fact.ref, 0);
        count.alternated = isEnd || count.alternated === 2 ? 2 : 1;
      }
    }
    if (!seen) this.#count(fact.ref, 1);
    this.facts.push(fact);
  }

  #count(ref: number, by: number): RefCount {
    let count = this.#counts.get(ref);
    if (!count) this.#counts.set(ref, (count = { count: 0, alternated: 0 }));
    count.count += by;
    return count;
  }

  /** What a variable stands for: a ref that was read into it, or an argument. */
  #refOf(name: string): IndexedRef | undefined {
    const fact = [...this.facts, ...this.#outer].find(
      ({ value }) => value.kind === "var" && value.name === name,
    );
    if (fact) return this.#table.refs[fact.ref];
    const at = (this.#head.args ?? []).findIndex((arg) => arg.kind === "var" && arg.name === name);
    return at < 0 ? undefined : { root: at, keys: [], location: undefined };
  }

  /** A ref below a document; one below a variable continues what that stands for. */
  #resolved(term: Term): IndexedRef | undefined {
    const ref = refOfTerm(term);
    if (ref || term.kind !== "ref") return ref;
    const [head, ...keys] = term.parts;
    const base = head.kind === "var" ? this.#refOf(head.name) : undefined;
    return base && { ...base, keys: [...base.keys, ...keys] };
  }

  #validRef(term: Term): IndexedRef | undefined {
    const ref = term.kind === "var" && !isRef(term) ? this.#refOf(term.name) : refOfTerm(term);
    return ref && this.#isValid(ref) ? ref : undefined;
  }

  #isValid(ref: IndexedRef): boolean {
    return (
      typeof ref.root === "string" &&
      ref.keys.every((key) => constantOf(key) !== undefined) &&
      !this.#isVirtual(ref)
    );
  }

  /** True where rules stand on the way, or further down. */
  #isVirtual({ root, keys }: IndexedRef): boolean {
    if (root !== "data") return false;
    let node = this.#tree;
    for (const key of keys) {
      const value = constantOf(key);
      if (value === undefined) break;
      const child = childOf(node, value);
      if (!child) return false;
      if (child.rules.length > 0) return true;
      node = child;
    }
    return true;
  }
}
