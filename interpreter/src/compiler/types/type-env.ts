import type { CapabilityBuiltin } from "../capabilities.ts";
import type { RefTerm, Term } from "../../syntax/ast.ts";
import { valueOfTerm } from "../../syntax/term-value.ts";
import { isConstant } from "../nodes.ts";
import { builtinNamed } from "../capabilities.ts";
import {
  ANY,
  STRING,
  arrayType,
  declaredFunction,
  either,
  objectType,
  select,
  setType,
  typeOfValue,
  valuesOf,
} from "./algebra.ts";
import type { DynamicField, Field, Inferred } from "./algebra.ts";
import { TypeTree } from "./type-tree.ts";

type Known = Inferred | undefined;

/** Gives the type of a comprehension seen from an environment. */
export type ComprehensionTypes = (term: Term, env: TypeEnv) => Known;

/**
 * What is known about types at one place: vars of the bodies around it, and types of documents. An
 * environment for an expression with `with` has documents of its own and shares the vars of the one around
 * it.
 */
export class TypeEnv {
  readonly vars: Map<string, Known>;
  /** Types of `data` and `input`; empty but for the outermost environment and those of `with`. */
  readonly documents: TypeTree;
  readonly next: TypeEnv | undefined;
  readonly #builtins: ReadonlyMap<string, CapabilityBuiltin>;
  readonly #comprehensions: ComprehensionTypes;

  constructor(
    builtins: ReadonlyMap<string, CapabilityBuiltin>,
    comprehensions: ComprehensionTypes,
    documents: TypeTree = new TypeTree(null),
    next?: TypeEnv,
    vars: Map<string, Known> = new Map(),
  ) {
    this.#builtins = builtins;
    this.#comprehensions = comprehensions;
    this.documents = documents;
    this.next = next;
    this.vars = vars;
  }

  /** An environment for a body inside this one. */
  inner(comprehensions: ComprehensionTypes = this.#comprehensions): TypeEnv {
    return new TypeEnv(this.#builtins, comprehensions, undefined, this);
  }

  /** An environment with other documents. */
  replacing(documents: TypeTree): TypeEnv {
    return new TypeEnv(this.#builtins, this.#comprehensions, documents, this, this.vars);
  }

  hasVar(name: string): boolean {
    return envOfVar(this, name) !== undefined;
  }

  varType(name: string): Known {
    return envOfVar(this, name)?.vars.get(name);
  }

  typeOf(term: Term): Known {
    switch (term.kind) {
      case "scalar":
        return typeOfValue(term.value);
      case "var":
        return term.name === "data" || term.name === "input"
          ? this.typeOfRef([term])
          : this.varType(term.name);
      case "template":
        return STRING;
      case "array":
        return arrayType(
          term.items.map((item) => this.typeOf(item)),
          undefined,
        );
      case "set":
        return setType(term.items.reduce<Known>((type, item) => either(type, this.typeOf(item)), undefined));
      case "object":
        return this.#objectType(term.entries);
      case "ref":
        return this.typeOfRef(term.parts);
      case "call":
        return undefined;
      default:
        return this.#comprehensions(term, this);
    }
  }

  #objectType(entries: readonly (readonly [Term, Term])[]): Inferred {
    const fields: Field[] = [];
    let rest: DynamicField | undefined;
    for (const [key, value] of entries) {
      const constant = isConstant(key) ? valueOfTerm(key) : undefined;
      if (constant !== undefined) fields.push({ key: constant, value: this.typeOf(value) });
      else rest = { key: this.typeOf(key), value: this.typeOf(value) };
    }
    return objectType(fields, rest);
  }

  typeOfRef(parts: RefTerm["parts"]): Known {
    const head = parts[0];
    if (head.kind !== "var") return selectPath(this.typeOf(head), parts.slice(1));
    if (head.name === "data" || head.name === "input") return this.#documentType(parts, head.name);
    const builtin = builtinNamed(this.#builtins, parts);
    if (builtin && !this.hasVar(head.name)) return declaredFunction(builtin.decl);
    return selectPath(this.varType(head.name), parts.slice(1));
  }

  #documentType(parts: RefTerm["parts"], root: string): Known {
    const found = documentIn(this, parts, root);
    if (found) return found.type;
    // Nothing is known about a base document.
    return ANY;
  }
}

/** The nearest environment that has given a var a type. */
function envOfVar(start: TypeEnv, name: string): TypeEnv | undefined {
  let env: TypeEnv | undefined = start;
  while (env && !env.vars.has(name)) env = env.next;
  return env;
}

/** What the nearest environment that knows the document says about it. */
function documentIn(
  start: TypeEnv,
  parts: RefTerm["parts"],
  root: string,
): { readonly type: Known } | undefined {
  for (let env: TypeEnv | undefined = start; env; env = env.next) {
    const node = env.documents.children.get(root);
    const found = node && typeBelow(node, parts, 1);
    if (found) return found;
  }
  return undefined;
}

/** Undefined where the tree does not know the path, so that an outer environment must be asked. */
function typeBelow(
  node: TypeTree,
  parts: readonly Term[],
  index: number,
): { readonly type: Known } | undefined {
  if (index >= parts.length) return { type: node.extent() };
  const part = parts[index] as Term;
  const child = node.child(part);
  if (node.type) {
    return child ? typeBelow(child, parts, index + 1) : { type: selectPath(node.type, parts.slice(index)) };
  }
  if (!isConstant(part)) return { type: selectPath(node.extent(), parts.slice(index)) };
  return child && typeBelow(child, parts, index + 1);
}

function selectPath(type: Known, path: readonly Term[]): Known {
  let current = type;
  for (const part of path) {
    if (!current) return undefined;
    const constant = part.kind === "scalar" ? part.value : undefined;
    current = constant === undefined ? valuesOf(current) : select(current, constant);
  }
  return current;
}
