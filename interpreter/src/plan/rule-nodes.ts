import type { CompiledRule, RuleNode } from "../compiler/compiled.ts";
import { compare } from "../value/order.ts";
import type { RulePlan } from "./plan.ts";

/** What kind of document the rules at a node make; undefined for an inner node. */
export function kindOfNode(node: RuleNode): RulePlan["kind"] | undefined {
  const first = node.rules[0];
  if (!first) return undefined;
  if (isFunction(first)) return "function";
  if (node.rules.some((rule) => rule.ref.parts.length > rule.groundParts)) return "object";
  return first.rule.head.key !== undefined ? "set" : "complete";
}

/** A rule with a variable in its ref takes over every rule below its ground part: they make one document. */
export function rulesBelow(node: RuleNode): readonly CompiledRule[] {
  const children = [...node.children.values()].sort((a, b) => compare(a.key, b.key));
  return [...node.rules, ...children.flatMap(rulesBelow)];
}

/** Whether a rule takes arguments. `f() := 1` takes none and is the same as `f := 1`. */
export function isFunction(rule: CompiledRule): boolean {
  return rule.rule.head.args !== undefined && rule.rule.head.args.length > 0;
}
