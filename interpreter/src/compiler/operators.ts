import type { RefTerm } from "../syntax/ast.ts";
import { builtinNamed, type CapabilityBuiltin } from "./capabilities.ts";
import type { Compilation } from "./compilation.ts";
import { findNode } from "./rule-tree.ts";

/**
 * The number of declared args of a builtin or function; -1 for what is neither. A rule that is no function
 * has 0.
 */
export function arityOf(c: Compilation, operator: RefTerm): number {
  const builtin = builtinOf(c, operator);
  if (builtin) return builtin.decl.args.length;
  const first = findNode(c.tree, operator.parts)?.entries[0];
  return first ? (first.rule.head.args?.length ?? 0) : -1;
}

export function builtinOf(c: Compilation, operator: RefTerm): CapabilityBuiltin | undefined {
  return builtinNamed(c.builtins, operator.parts);
}
