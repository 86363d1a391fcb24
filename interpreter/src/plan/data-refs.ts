import { childOf, type RuleNode } from "../compiler/compiled.ts";
import type { Value } from "../value/value.ts";
import { narrowingOf, narrowingPays } from "./narrowing.ts";
import type { Narrowing } from "./narrowing.ts";
import type { Operand, Side, Slot, Step, WalkKey } from "./plan.ts";
import type { RefKey, TermPlanning } from "./planning.ts";
import { shapeOfKey } from "./key-shape.ts";
import { pathText } from "./names.ts";
import { kindOfNode } from "./rule-nodes.ts";
import { sideOf } from "./sides.ts";

/**
 * Plans a reference below `data`. Constant keys are followed through the rule tree now: they lead to a rule, out of the
 * tree (a base document), or to a node that stands for base and virtual documents together. A key known only at run
 * time, met inside the tree, leaves the rest of the reference to a {@link Walk}.
 */
export function planDataRef(
  body: TermPlanning,
  keys: readonly RefKey[],
  steps: Step[],
  into?: Slot,
): Operand {
  const { planner } = body;
  const path: Value[] = [];
  let node: RuleNode = planner.compiled.rules;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as RefKey;
    if (!("constant" in key)) {
      return node.children.size === 0
        ? baseRef(body, path, keys.slice(i), steps, into)
        : walk(body, node, path, keys.slice(i), steps, into);
    }
    const child = childOf(node, key.constant);
    if (!child) return baseRef(body, path, keys.slice(i), steps, into);
    path.push(key.constant);
    const kind = kindOfNode(child);
    if (kind !== undefined && kind !== "function") {
      return ruleRef(body, child, kind, path, keys.slice(i + 1), steps, into);
    }
    node = child;
  }
  body.refEnd = { in: "base" };
  // A package without rules is an empty object all the same (fix1863 "is defined").
  return { op: "extent", tree: planner.tree(node, path) };
}

function baseRef(
  body: TermPlanning,
  path: readonly Value[],
  rest: readonly RefKey[],
  steps: Step[],
  into: Slot | undefined,
): Operand {
  const value = body.path({ op: "base", path: constants(path) }, rest, steps, true, into);
  body.refEnd = { in: "base" };
  return value;
}

/** A rule and what is read from its value. One known key of a partial document is handed to the rule. */
function ruleRef(
  body: TermPlanning,
  node: RuleNode,
  kind: "complete" | "set" | "object",
  path: readonly Value[],
  rest: readonly RefKey[],
  steps: Step[],
  into: Slot | undefined,
): Operand {
  const { planner } = body;
  const [first, ...others] = rest;
  const isKnown = first !== undefined && ("constant" in first || body.isGround(first.term));
  if (kind === "complete" || !isKnown) {
    const narrowing = kind === "set" && !planner.options.exact ? narrowingOfKey(node, first) : [];
    const rule =
      narrowing.length > 0 ? planner.narrowed(node, path, narrowing) : planner.rule(node, path, false);
    const shown = isShown(rest) ? { name: pathText(path), rule, key: undefined } : undefined;
    const fitted =
      kind === "set" && planner.options.observed ? fittedKey(body, node, path, first) : undefined;
    const whole = fitted
      ? body.solved({ op: "rule", rule: fitted.rule }, steps, { ...(shown && { shown }), ...fitted })
      : body.solved({ op: "rule", rule }, steps, { ...(shown && { shown }) });
    const value = body.path(whole, rest, steps, false, into);
    body.refEnd = { in: "rule", path };
    return value;
  }
  const key: Operand = "constant" in first ? { op: "const", value: first.constant } : body.ground(first.term);
  const rule = planner.rule(node, path, true);
  const isWhole = !("constant" in first);
  const shown = !isWhole
    ? { name: pathText([...path, first.constant]), rule, key: first.constant }
    : {
        name: pathText(path),
        rule: planner.options.observed ? planner.rule(node, path, false) : rule,
        key: undefined,
      };
  const part = body.solved({ op: "keyed", rule, key }, steps, isWhole || isShown(others) ? { shown } : {});
  const value = body.path(part, others, steps, false, into);
  body.refEnd = { in: "rule", path };
  return value;
}

/** Traces show what is known at the end of what is constant of a reference, and nowhere else. */
function isShown([next]: readonly RefKey[]): boolean {
  return next === undefined || !("constant" in next);
}

/** The rule whose heads are unified with a key that is known in parts, and these parts. */
function fittedKey(
  body: TermPlanning,
  node: RuleNode,
  path: readonly Value[],
  key: RefKey | undefined,
): { readonly rule: number; readonly given: readonly Operand[]; readonly asked?: Side } | undefined {
  if (key === undefined || !("term" in key) || key.term.kind === "var") return undefined;
  const { shape, known } = shapeOfKey(key.term, (term) => body.isGround(term));
  if (shape.kind === "free") return undefined;
  return {
    rule: body.planner.fitted(node, [...path], shape),
    given: known.map((term) => body.ground(term)),
    ...(body.planner.options.unifications && { asked: sideOf(body, key.term) }),
  };
}

/** What a key that is no value yet says of the elements it fits; nothing where it would not pay to know it. */
function narrowingOfKey(node: RuleNode, key: RefKey | undefined): Narrowing {
  const narrowing = key !== undefined && "term" in key ? narrowingOf(key.term) : [];
  const rules = node.rules.map(({ rule }) => rule);
  return narrowing.length > 0 && narrowingPays(rules, narrowing) ? narrowing : [];
}

function walk(
  body: TermPlanning,
  node: RuleNode,
  path: readonly Value[],
  rest: readonly RefKey[],
  steps: Step[],
  into: Slot | undefined,
): Operand {
  const { unifications: tells, observed } = body.planner.options;
  const before = body.boundVars();
  const keys = rest.map((key): WalkKey => {
    if ("constant" in key) return { ground: { op: "const", value: key.constant } };
    if (body.isGround(key.term)) return { ground: body.ground(key.term) };
    const told = tells ? { told: sideOf(body, key.term) } : {};
    const pattern = body.scanKey(key.term) ?? { op: "any" };
    return { pattern, ...told, ...(observed && { vars: body.boundVars() }) };
  });
  const slot = into ?? body.scope.fresh();
  const inBase = tells ? body.scope.fresh() : undefined;
  const tree = body.planner.tree(node, [...path]);
  steps.push({
    op: "walk",
    tree,
    keys,
    value: slot,
    ...(inBase !== undefined && { inBase }),
    ...(observed && { vars: before }),
  });
  body.refEnd = inBase === undefined ? undefined : { in: "walk", inBase };
  body.scope.bind(slot);
  return body.scope.local(slot);
}

function constants(path: readonly Value[]): Operand[] {
  return path.map((value) => ({ op: "const", value }));
}
