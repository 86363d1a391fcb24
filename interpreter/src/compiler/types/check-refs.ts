import type { RegoError } from "../../errors.ts";
import type { Body, Expr, RefTerm, Term } from "../../syntax/ast.ts";
import { compare } from "../../value/order.ts";
import { printValue } from "../../value/print.ts";
import type { Value } from "../../value/value.ts";
import { typeError } from "../error-list.ts";
import { isGenerated } from "../nodes.ts";
import { walkExpr } from "../../syntax/visit.ts";
import { ANY, STRING, keysOf, select, unifies, valuesOf } from "./algebra.ts";
import type { Inferred } from "./algebra.ts";
import type { TypeEnv } from "./type-env.ts";
import type { TypeTree } from "./type-tree.ts";
import { withTypesAsJson } from "./type-json.ts";
import { typeText } from "./type-text.ts";
import { unifyTerm } from "./unify-types.ts";

type Known = Inferred | undefined;

/** Shows parts of a ref as they stand in the source: as text, and as a tree. */
export interface RefWriter {
  readonly text: (parts: readonly Term[]) => string;
  readonly tree: (part: Term) => Term;
}

/**
 * Checks the refs of one expression against what is known, comprehensions left out, and gives types to the
 * vars in their brackets.
 */
export class RefChecker {
  readonly errors: RegoError[] = [];
  readonly #env: TypeEnv;
  readonly #write: RefWriter;

  constructor(env: TypeEnv, write: RefWriter) {
    this.#env = env;
    this.#write = write;
  }

  check(expr: Expr): void {
    const { terms } = expr;
    if (terms.kind === "call") {
      for (const arg of terms.args) this.#term(arg);
      return;
    }
    if (terms.kind === "term") return this.#term(terms.term);
    if (terms.kind === "every") {
      this.#term(terms.domain);
      this.#body(terms.body);
      // OPA looks at the modifiers of `every` only: there `with f as …` is a reference to a function.
      for (const { target, value } of expr.with) {
        this.#term(target);
        this.#term(value);
      }
    } else if (terms.kind === "not") this.#body(terms.body);
    else if (terms.kind === "and" || terms.kind === "or") for (const body of terms.operands) this.#body(body);
  }

  #body(body: Body): void {
    for (const expr of body) this.check(expr);
  }

  #term(term: Term): void {
    const expr = { negated: false, terms: { kind: "term", term }, with: [], generated: true } as const;
    walkExpr(
      { ...expr, location: term.location },
      {
        term: (node) => {
          if (node.kind.endsWith("comprehension")) return true;
          return node.kind === "ref" && !this.#ref(node);
        },
      },
    );
  }

  /** False where the ref itself is wrong, so that its parts need no look. */
  #ref(ref: RefTerm): boolean {
    const type = this.#env.typeOfRef(ref.parts);
    if (type?.kind === "function") {
      this.#unsupported(ref, ref.parts.length - 1, type);
      return false;
    }
    const head = ref.parts[0];
    if (head.kind !== "var") return true;
    if (head.name === "data" || head.name === "input") this.#document(this.#env, ref, head.name);
    else
      this.#value(
        this.#env.hasVar(head.name) ? this.#env.varType(head.name) : this.#assumeAny(head.name),
        ref,
        1,
      );
    return true;
  }

  #assumeAny(name: string): Inferred {
    this.#env.vars.set(name, ANY);
    return ANY;
  }

  #document(env: TypeEnv, ref: RefTerm, root: string): void {
    const node = env.documents.children.get(root);
    if (node?.type) this.#value(node.type, ref, 1);
    else if (node) this.#node(env, node, ref, 1, root);
    else if (env.next) this.#document(env.next, ref, root);
    else this.#value(ANY, ref, 1);
  }

  #node(env: TypeEnv, node: TypeTree, ref: RefTerm, index: number, root: string): void {
    const part = ref.parts[index];
    if (!part) return;
    if (index <= 2 && part.kind !== "var" && !(part.kind === "scalar" && typeof part.value === "string")) {
      return this.#invalid(ref, index, this.#env.typeOf(part), STRING, namesIn(node));
    }
    if (part.kind === "var") {
      // The document that the ref names, not the candidate that is being looked at.
      const [head, ...path] = ref.parts.slice(0, index);
      const keys = keysOf(this.#env.typeOfRef([head as RefTerm["parts"][0], ...path]));
      const known = this.#env.varType(part.name);
      if (!known) this.#env.vars.set(part.name, keys);
      else if (!unifies(keys, known)) return this.#invalid(ref, index, known, keys, namesIn(node));
    }
    const child = node.child(part);
    if (child?.type) return this.#value(child.type, ref, index + 1);
    if (child) return this.#node(env, child, ref, index + 1, root);
    if (env.next) return this.#document(env.next, ref, root);
    // Any document could be meant: vars in later brackets get a type, errors do not count. As in OPA, what lies within
    // the value of a rule is not looked at.
    const quiet = new RefChecker(this.#env, this.#write);
    const candidates = [...node.children.values()].sort((a, b) => compare(a.key ?? null, b.key ?? null));
    for (const candidate of candidates) quiet.#node(env, candidate, ref, index + 1, root);
  }

  /** Checks the parts from `index` on, which select from a value of the type. */
  #value(type: Known, ref: RefTerm, index: number): void {
    const part = ref.parts[index];
    if (!part) return;
    if (type && isEmptyCollection(type)) return this.#invalid(ref, index, undefined, undefined, []);
    const keys = keysOf(type);
    if (!keys) return this.#unsupported(ref, index - 1, type);
    switch (part.kind) {
      case "scalar": {
        const selected = select(type, part.value);
        if (!selected) return this.#invalid(ref, index, undefined, keys, keysIn(type));
        return this.#value(selected, ref, index + 1);
      }
      case "var": {
        const known = this.#env.varType(part.name);
        if (!known) this.#env.vars.set(part.name, keys);
        else if (!unifies(known, keys)) return this.#invalid(ref, index, known, keys, keysIn(type));
        break;
      }
      case "array":
      case "object":
      case "set":
        if (!unifyTerm(this.#env, part, keys, false)) {
          return this.#invalid(ref, index, this.#env.typeOf(part), keys, []);
        }
        break;
      default:
        break;
    }
    this.#value(valuesOf(type), ref, index + 1);
  }

  #invalid(ref: RefTerm, index: number, have: Known, want: Known, oneOf: readonly Value[]): void {
    const pad = " ".repeat(this.#write.text(ref.parts.slice(0, index)).length + 1);
    const part = ref.parts[index] as Term;
    const lines = [
      this.#write.text(ref.parts),
      `${pad}^`,
      have ? `${pad}have (type): ${typeText(have)}` : `${pad}have: ${this.#partText(part)}`,
    ];
    if (oneOf.length > 0) lines.push(`${pad}want (one of): [${oneOf.map(printValue).join(" ")}]`);
    else lines.push(want ? `${pad}want (type): ${typeText(want)}` : `${pad}want (one of): []`);
    const json = withTypesAsJson((typeJson) => ({
      ref: this.#write.tree(ref),
      pos: index,
      ...(have ? { have: typeJson(have) } : {}),
      want: typeJson(want),
      oneOf: oneOf.length > 0 ? oneOf : null,
    }));
    this.#report(`undefined ref: ${this.#write.text(ref.parts)}`, ref, lines, json);
  }

  #partText(part: Term): string {
    return part.kind === "scalar" ? printValue(part.value) : this.#write.text([part]);
  }

  /** A value that has no parts, or a function, which is no value. */
  #unsupported(ref: RefTerm, index: number, have: Known): void {
    const last = ref.parts[ref.parts.length - 1] as Term;
    const named = last.kind === "var" && isGenerated(last.name) ? ref.parts.slice(0, -1) : ref.parts;
    const message =
      have?.kind === "function"
        ? `function ${this.#write.text(named)} used as reference, not called`
        : `undefined ref: ${this.#write.text(ref.parts)}`;
    const lines = [
      this.#write.text(ref.parts),
      "^".repeat(this.#write.text(ref.parts.slice(0, index + 1)).length),
      `have: ${typeText(have)}`,
    ];
    const json = withTypesAsJson((typeJson) => ({
      ref: this.#write.tree(ref),
      pos: index,
      have: typeJson(have),
    }));
    this.#report(message, ref, lines, json);
  }

  #report(message: string, ref: RefTerm, details: readonly string[], json: RegoError["detailsJson"]): void {
    this.errors.push(typeError(message, ref.parts[0].location, details, json));
  }
}

function isEmptyCollection(type: Inferred): boolean {
  if (type.kind === "object") return type.fields.length === 0 && !type.rest;
  if (type.kind === "array") return type.items.length === 0 && !type.rest;
  return type.kind === "set" && !type.of;
}

function namesIn(node: TypeTree): readonly Value[] {
  return [...node.children.values()].flatMap(({ key }) => (key === undefined ? [] : [key])).sort(compare);
}

/** The keys that an object is known to have, over all members of a union. */
function keysIn(type: Known): readonly Value[] {
  const keys =
    type?.kind === "object"
      ? type.fields.map((field) => field.key)
      : type?.kind === "any"
        ? type.of.flatMap(keysIn)
        : [];
  return keys
    .toSorted(compare)
    .filter((key, index, all) => index === 0 || compare(key, all[index - 1] as Value) !== 0);
}
