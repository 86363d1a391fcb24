import type { Term } from "../../syntax/ast.ts";
import type { Value } from "../../value/value.ts";
import { treeKey } from "../compiled.ts";
import type { TreeKey } from "../compiled.ts";
import { ANY, STRING, either, objectType, setType, typeOfValue } from "./algebra.ts";
import type { Field, Inferred } from "./algebra.ts";

type ObjectInferred = Inferred & { readonly kind: "object" };

/** A step of a path; undefined for a var. */
export type PathStep = Value | undefined;

/** Types of documents by their path. A node with a type may have nodes below it. */
export class TypeTree {
  readonly key: PathStep;
  type: Inferred | undefined;
  readonly children = new Map<TreeKey | undefined, TypeTree>();

  constructor(key: PathStep) {
    this.key = key;
  }

  child(part: Term): TypeTree | undefined {
    if (part.kind !== "scalar") return undefined;
    const key = treeKey(part.value);
    return key === undefined ? undefined : this.children.get(key);
  }

  /** Sets the type at a path below this node. */
  put(path: readonly PathStep[], type: Inferred): void {
    if (path.length === 0) this.type = type;
    else this.#at(path[0]).put(path.slice(1), type);
  }

  /** Adds a rule's type at a path: joins what is there, and widens objects above and below by it. */
  insert(path: readonly Value[], type: Inferred): void {
    const [first, ...rest] = path;
    if (first === undefined) return this.#join(type);
    if (this.type?.kind === "object") this.type = withPath(this.type, path, type);
    this.#at(first).insert(rest, type);
  }

  #join(type: Inferred): void {
    this.type = merged(this.type, type);
    if (type.kind !== "object" || this.children.size === 0) return;
    for (const leaf of this.#leaves([])) {
      if (this.type?.kind === "object") this.type = withPath(this.type, leaf.path, leaf.type);
    }
  }

  /** The type of the whole document at this node. */
  extent(): Inferred {
    if (this.type) return this.type;
    const fields: Field[] = [];
    for (const child of this.children.values()) {
      // What lies below vars is a document with errors: it is known that there is one, not what it is.
      if (child.key !== null && child.key !== undefined)
        fields.push({ key: child.key, value: child.extent() });
    }
    // Base documents may have any other key.
    return objectType(fields, { key: STRING, value: ANY });
  }

  #at(step: PathStep): TypeTree {
    const key = step === undefined ? undefined : treeKey(step);
    let child = this.children.get(key);
    if (!child) this.children.set(key, (child = new TypeTree(step)));
    return child;
  }

  *#leaves(
    path: readonly PathStep[],
  ): Iterable<{ readonly path: readonly PathStep[]; readonly type: Inferred }> {
    for (const child of this.children.values()) {
      const below = [...path, child.key];
      if (child.type) yield { path: below, type: child.type };
      else yield* child.#leaves(below);
    }
  }
}

/** An object that may also have a value of the type at the path. */
function withPath(object: ObjectInferred, path: readonly PathStep[], type: Inferred): ObjectInferred {
  const [first, ...rest] = path;
  const value = rest.length === 0 ? type : withPath(objectType([], undefined), rest, type);
  const key = first === undefined ? undefined : typeOfValue(first);
  return objectType(object.fields, {
    key: either(object.rest?.key, key),
    value: object.rest ? either(object.rest.value, value) : value,
  });
}

/** Two rules of one ref: sets and open objects become one, everything else a union. */
function merged(a: Inferred | undefined, b: Inferred | undefined): Inferred | undefined {
  if (!a || !b) return a ?? b;
  if (a.kind === "any" && b.kind !== "any") return merged(b, a);
  if (a.kind === "set" && b.kind === "set") return setType(either(a.of, b.of));
  if (a.kind === "object" && a.fields.length === 0) {
    if (b.kind === "object" && b.fields.length === 0) {
      if (!a.rest) return b;
      if (!b.rest) return a;
      return objectType([], {
        key: either(a.rest.key, b.rest.key),
        value: merged(a.rest.value, b.rest.value),
      });
    }
    if (b.kind === "any" && a.rest) return mergedIntoUnion(a, b);
  }
  return either(a, b);
}

function mergedIntoUnion(
  a: ObjectInferred,
  union: Inferred & { readonly kind: "any" },
): Inferred | undefined {
  const index = union.of.findIndex((type) => type.kind === "object" && type.fields.length === 0 && type.rest);
  const open = union.of[index];
  if (!a.rest || open?.kind !== "object" || !open.rest) return either(a, union);
  const wider = objectType([], {
    key: either(open.rest.key, a.rest.key),
    value: either(open.rest.value, a.rest.value),
  });
  return { kind: "any", of: union.of.with(index, wider) };
}
