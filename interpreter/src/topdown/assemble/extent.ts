import type { TreePlan } from "../../plan/plan.ts";
import { isObject } from "../../value/kind.ts";
import { ObjectBuilder, type RegoObject } from "../../value/object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { merge, storeAtPath, withoutSystem } from "../documents.ts";
import type { Assembler, Eval } from "./assembler.ts";
import { leafTexts, type LeafTexts } from "./leaf-texts.ts";
import { isMasked } from "./rule.ts";
import { assembleToldLeaf, assembleToldMeeting } from "./unification.ts";

/** Assembles the document at a node of the rule tree: what rules below it give, merged into the base document. */
export function assembleExtent(tree: number, assembler: Assembler): Eval {
  const { machine } = assembler;
  const node = assembler.plan.trees[tree] as TreePlan;
  const texts = assembler.tracer?.unifications && leafTexts(node, assembler.plan.trees);
  const virtual = virtualExtent(node, texts, assembler);
  return () => {
    const isRoot = node.path.length === 0;
    if (machine.masks !== undefined && isMasked(machine, node.path))
      return storeAtPath(machine.data, node.path);
    const base = isRoot ? withoutSystem(machine.data) : storeAtPath(machine.data, node.path);
    const rules = virtual();
    return base !== undefined && isObject(base) ? merge(base, rules) : rules;
  };
}

/** What rules below a node give. Functions and undefined rules are left out, the objects on the way to them are not. */
function virtualExtent(
  node: TreePlan,
  texts: LeafTexts | undefined,
  assembler: Assembler,
): () => PlainObject | RegoObject {
  const { machine, plan } = assembler;
  const children = node.children
    .map(({ key, tree }) => ({ key, node: plan.trees[tree] as TreePlan }))
    .filter((child) => !child.node.hidden)
    .map(({ key, node: child }) => ({ key, value: childValue(child, texts, assembler) }));
  return () => {
    const builder = new ObjectBuilder();
    for (const child of children) {
      machine.budget.step();
      const value = child.value();
      if (value !== undefined) builder.set(child.key, value);
    }
    return builder.build();
  };
}

function childValue(
  node: TreePlan,
  texts: LeafTexts | undefined,
  assembler: Assembler,
): () => Value | undefined {
  if (node.rule !== undefined) {
    const unit = assembler.rule(node.rule);
    if (texts) return assembleToldLeaf(unit, node, texts.get(node.id) ?? "", assembler);
    return () => unit.value();
  }
  if (node.met !== undefined) {
    const unit = assembler.rule(node.met);
    const tell = texts && assembleToldMeeting(texts.get(node.id) ?? "", assembler);
    return () => {
      tell?.();
      unit.meet?.();
      return undefined;
    };
  }
  const { machine } = assembler;
  const below = virtualExtent(node, texts, assembler);
  return () =>
    machine.masks !== undefined && isMasked(machine, node.path)
      ? storeAtPath(machine.data, node.path)
      : below();
}
