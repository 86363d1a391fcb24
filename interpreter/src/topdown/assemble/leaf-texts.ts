import { pathText } from "../../plan/names.ts";
import type { TreePlan } from "../../plan/plan.ts";
import type { Value } from "../../value/value.ts";

/** How unifications of the rules of a package are printed, by the number of the rule's node. */
export type LeafTexts = ReadonlyMap<number, string>;

/** A path as OPA keeps it while it goes through a package: a part of memory that longer paths may share. */
interface Path {
  readonly memory: Value[];
  readonly length: number;
  readonly capacity: number;
}

/**
 * The references that OPA unifies where the document of a package is wanted. They are printed when the trace is
 * complete, and by then the evaluator has used the memory of most of them for the paths that came later: all rules of a
 * package are shown under the last one's name.
 */
export function leafTexts(start: TreePlan, trees: readonly TreePlan[]): LeafTexts {
  const paths = new Map<number, Path>();
  const visit = (node: TreePlan, from: Path): void => {
    let path = from;
    for (const { key, tree } of node.children) {
      const child = trees[tree];
      if (!child || child.hidden) continue;
      const longer = extended(path, key);
      path = { ...longer, length: longer.length - 1 };
      if (child.rule !== undefined || child.met !== undefined) paths.set(child.id, longer);
      else visit(child, longer);
    }
  };
  // The reference begins with `data`, which is no part of a node's path.
  const length = start.path.length + 1;
  visit(start, { memory: ["data", ...start.path], length, capacity: length });
  return new Map([...paths].map(([id, { memory, length }]) => [id, pathText(memory.slice(1, length))]));
}

function extended({ memory, length, capacity }: Path, key: Value): Path {
  if (length < capacity) {
    memory[length] = key;
    return { memory, length: length + 1, capacity };
  }
  return { memory: [...memory.slice(0, length), key], length: length + 1, capacity: capacity * 2 };
}
