import { isArray, isSet, kindOf } from "../../value/kind.ts";
import { equals, hash } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { OperandError } from "../builtin.ts";

/** Paths as a tree. A leaf stands for everything below it: shorter paths win over longer ones. */
export class PathTree {
  #leaf = false;
  readonly #children = new Map<number, [Value, PathTree][]>();

  get leaf(): boolean {
    return this.#leaf;
  }

  child(key: Value): PathTree | undefined {
    return this.#children.get(hash(key))?.find(([known]) => equals(known, key))?.[1];
  }

  add(path: readonly Value[]): void {
    if (path.length === 0) return;
    const node = path.reduce<PathTree | undefined>(
      (above, key) => (above?.leaf ? undefined : above?.childOrNew(key)),
      this,
    );
    if (!node) return;
    node.#leaf = true;
    node.#children.clear();
  }

  childOrNew(key: Value): PathTree {
    const known = this.child(key);
    if (known) return known;
    const child = new PathTree();
    const code = hash(key);
    const bucket = this.#children.get(code);
    if (bucket) bucket.push([key, child]);
    else this.#children.set(code, [[key, child]]);
    return child;
  }
}

/** Reads the operand of `json.filter` and `json.remove`: an array or a set of paths. */
export function pathTree(operand: Value | undefined): PathTree {
  const tree = new PathTree();
  if (isArray(operand)) for (const path of operand) tree.add(readPath(path));
  else if (isSet(operand)) for (const path of operand.sorted()) tree.add(readPath(path));
  else {
    const kind = operand === undefined ? "nothing" : kindOf(operand);
    throw new OperandError(`operand 2 must be one of {set, array} but got ${kind}`);
  }
  return tree;
}

/** A path: the segments as an array, or joined by `/` with `~1` for a slash and `~0` for a tilde. */
export function readPath(path: Value): readonly Value[] {
  if (isArray(path)) return path;
  if (typeof path !== "string") {
    throw new OperandError(
      `operand 2 must be one of {set, array} containing string paths or array of path segments but got ${kindOf(path)}`,
    );
  }
  if (path === "") return [];
  return path
    .replace(/^\/+/, "")
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
