import type { Plan, ShownVar, TreePlan, Walk, WalkKey } from "../../plan/plan.ts";
import { valueAt } from "../../value/index-access.ts";
import { compare, equals } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { storeAt, storeAtPath, withoutSystem } from "../documents.ts";
import type { Frame, Machine } from "../machine.ts";
import type { Assembler, Eval, Fit, Run } from "./assembler.ts";
import { assembleExtent } from "./extent.ts";
import { isMasked } from "./rule.ts";
import { eachEntry } from "./scan.ts";
import { assembleToldFit } from "./unification.ts";

type Key = { readonly ground: Eval } | { readonly fit: Fit };
type Reached = (frame: Frame, value: Value, inBase: boolean) => boolean;

/**
 * Assembles a reference below `data` whose keys decide at run time where it leads: along the rule tree while there is
 * one, through a rule's value, or through the base document. A key that is enumerated takes each key of base and rules
 * once.
 */
export function assembleWalk(step: Walk, rest: Run, assembler: Assembler): Run {
  const { machine, plan, tracer } = assembler;
  const keys = step.keys.map((key) => assembleKey(key, assembler));
  const { inBase: origin } = step;
  const reached: Reached = (frame, value, inBase) => {
    frame[step.value] = value;
    if (origin !== undefined) frame[origin] = inBase;
    return rest(frame);
  };
  const fromNode = (frame: Frame, node: TreePlan, depth: number): boolean => {
    machine.budget.step();
    if (node.path.length > 0 && machine.masks !== undefined && isMasked(machine, node.path)) {
      const base = storeAtPath(machine.data, node.path);
      return base !== undefined && fromValue(frame, base, depth, true);
    }
    if (node.rule !== undefined) {
      const unit = assembler.rule(node.rule);
      if (tracer) {
        tracer.bound = varsBefore(step, depth);
        return unit.solve([], (value) => fromValue(frame, value, depth, false));
      }
      const value = unit.value();
      return value !== undefined && fromValue(frame, value, depth, false);
    }
    const key = keys[depth];
    if (!key) {
      const extent = assembleExtent(node.id, assembler)(frame);
      return extent !== undefined && reached(frame, extent, true);
    }
    const base = baseAt(machine, node);
    const follow = (name: Value): boolean => {
      const child = node.children.find((entry) => equals(entry.key, name));
      const below = child && (plan.trees[child.tree] as TreePlan);
      if (below && (below.met === undefined || below.children.length > 0))
        return fromNode(frame, below, depth + 1);
      if (below?.met !== undefined && tracer) {
        tracer.bound = varsBefore(step, depth + 1);
        assembler.rule(below.met).meet?.();
      }
      const value = storeAt(base, name);
      return value !== undefined && fromValue(frame, value, depth + 1, true);
    };
    if ("ground" in key) {
      const name = key.ground(frame);
      return name !== undefined && follow(name);
    }
    return keysOf(plan, node, base).some((name) => key.fit(frame, name) && follow(name));
  };
  const fromValue = (frame: Frame, value: Value, depth: number, store: boolean): boolean => {
    const key = keys[depth];
    if (!key) return reached(frame, value, store);
    if ("ground" in key) {
      const name = key.ground(frame);
      const next = name === undefined ? undefined : store ? storeAt(value, name) : valueAt(value, name);
      return next !== undefined && fromValue(frame, next, depth + 1, store);
    }
    return eachEntry(value, (name, element) => {
      machine.budget.step();
      return key.fit(frame, name) && fromValue(frame, element, depth + 1, store);
    });
  };
  const start = plan.trees[step.tree] as TreePlan;
  return (frame) => fromNode(frame, start, 0);
}

function assembleKey(key: WalkKey, assembler: Assembler): Key {
  if ("ground" in key) return { ground: assembler.operand(key.ground) };
  const fit = assembler.fit(key.pattern);
  return { fit: key.told ? assembleToldFit(fit, key.told, assembler) : fit };
}

/** The variables of the expression that have values where a reference has been followed so far. */
function varsBefore({ keys, vars = [] }: Walk, depth: number): readonly ShownVar[] {
  const before = keys.slice(0, depth).flatMap((key) => ("vars" in key ? (key.vars ?? []) : []));
  return [
    ...new Map(
      [...vars, ...before].map((shown) => [shown.state === "read" ? shown.name : shown.slot, shown]),
    ).values(),
  ];
}

function baseAt(machine: Machine, node: TreePlan): Value | undefined {
  return node.path.length === 0 ? withoutSystem(machine.data) : storeAtPath(machine.data, node.path);
}

/** Keys of the base document first, then those only rules have; both in sort order. */
function keysOf(plan: Plan, node: TreePlan, base: Value | undefined): readonly Value[] {
  const keys: Value[] = [];
  eachEntry(base, (key) => {
    keys.push(key);
    return false;
  });
  const baseKeys = [...keys];
  for (const child of node.children) {
    if (plan.trees[child.tree]?.hidden) continue;
    if (!baseKeys.some((key) => compare(key, child.key) === 0)) keys.push(child.key);
  }
  return keys;
}
