import { childOf, type RuleNode } from "../compiler/compiled.ts";
import { InvariantError } from "../errors.ts";
import type { RefTerm, Term } from "../syntax/ast.ts";
import { ObjectBuilder } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import type { Value } from "../value/value.ts";

/** The value of a term without variables, refs, calls and comprehensions; undefined for every other term. */
export function constantOf(term: Term): Value | undefined {
  switch (term.kind) {
    case "scalar":
      return term.value;
    case "array":
    case "set": {
      const items: Value[] = [];
      for (const item of term.items) {
        const value = constantOf(item);
        if (value === undefined) return undefined;
        items.push(value);
      }
      return term.kind === "array" ? items : new RegoSet(items);
    }
    case "object": {
      const builder = new ObjectBuilder();
      for (const [key, value] of term.entries) {
        const constantKey = constantOf(key);
        const constantValue = constantOf(value);
        if (constantKey === undefined || constantValue === undefined) return undefined;
        builder.set(constantKey, constantValue);
      }
      return builder.build();
    }
    default:
      return undefined;
  }
}

/** The node a ground ref below `data` names. With `partly`, the last one on the way that exists. */
export function nodeAtRef(
  root: RuleNode,
  ref: RefTerm,
  partly = false,
): { readonly node: RuleNode; readonly path: readonly Value[] } {
  let node = root;
  const path: Value[] = [];
  for (const part of ref.parts.slice(1)) {
    const key = constantOf(part);
    const child = key === undefined ? undefined : childOf(node, key);
    if (child === undefined || key === undefined) {
      if (partly) break;
      throw new InvariantError("a call of a function that is not there");
    }
    node = child;
    path.push(key);
  }
  return { node, path };
}
