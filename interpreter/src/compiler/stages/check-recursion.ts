import type { Rule, RefTerm, Term } from "../../syntax/ast.ts";
import { printTerm } from "../../syntax/print.ts";
import { regoError } from "../error-list.ts";
import { absoluteRef } from "../module-entry.ts";
import type { Compilation } from "../compilation.ts";
import { isEquality, printedName } from "../nodes.ts";
import { branchesOf, buildRuleGraph } from "../rule-graph.ts";
import type { GraphNode, UncertainRead } from "../graph-node.ts";
import { nameOf } from "./check-rule-conflicts.ts";

/** SetGraph: refs are read while they still are what the source says. */
export function setGraph(c: Compilation): void {
  c.graph = buildRuleGraph(c);
}

/**
 * CheckRecursion: no rule may depend on itself. A cycle through a term whose value is not known here may be
 * one.
 */
export function checkRecursion(c: Compilation): void {
  for (const component of cyclicComponents(c.graph.nodes)) {
    for (const node of component) {
      // Looking for the ways back costs the square of the cycle's length.
      if (c.errors.isFull) return;
      const certain = pathBackTo(node, component, true);
      const path = certain ?? pathBackTo(node, component, false);
      if (!path) continue;
      const names = path.map((step) => nameOf(c, step.entry)).join(" -> ");
      const verb = certain ? "is" : "may be";
      const message = `rule ${nameOf(c, node.entry)} ${verb} recursive: ${names}${certain ? "" : causeOf(c, path)}`;
      const rule = branchesOf(node.entry.rule)[node.branch] as Rule;
      c.errors.add(regoError("rego_recursion_error", message, rule.location));
    }
  }
}

/**
 * Sets of rules that reach each other (Tarjan, without recursion of our own). Rules outside of cycles are
 * left out.
 */
function cyclicComponents(nodes: readonly GraphNode[]): readonly ReadonlySet<GraphNode>[] {
  const index = new Map<GraphNode, number>();
  const low = new Map<GraphNode, number>();
  const onStack = new Set<GraphNode>();
  const stack: GraphNode[] = [];
  const components: Set<GraphNode>[] = [];
  for (const root of nodes) {
    if (index.has(root)) continue;
    const open: { readonly node: GraphNode; readonly rest: Iterator<GraphNode> }[] = [];
    const enter = (node: GraphNode): void => {
      index.set(node, index.size);
      low.set(node, index.get(node) as number);
      stack.push(node);
      onStack.add(node);
      open.push({ node, rest: node.reads.keys() });
    };
    enter(root);
    for (let frame = open[open.length - 1]; frame; frame = open[open.length - 1]) {
      const { node } = frame;
      const next = frame.rest.next();
      if (!next.done) {
        const target = next.value;
        if (!index.has(target)) enter(target);
        else if (onStack.has(target)) {
          low.set(node, Math.min(low.get(node) as number, index.get(target) as number));
        }
        continue;
      }
      open.pop();
      const parent = open[open.length - 1]?.node;
      if (parent) low.set(parent, Math.min(low.get(parent) as number, low.get(node) as number));
      if (low.get(node) !== index.get(node)) continue;
      const component = new Set<GraphNode>();
      for (let member = stack.pop(); member; member = stack.pop()) {
        onStack.delete(member);
        component.add(member);
        if (member === node) break;
      }
      if (component.size > 1 || node.reads.has(node)) components.push(component);
    }
  }
  return components;
}

/** A way from a rule back to itself, over certain reads only or over all. */
function pathBackTo(
  start: GraphNode,
  component: ReadonlySet<GraphNode>,
  certain: boolean,
): readonly GraphNode[] | undefined {
  const from = new Map<GraphNode, GraphNode>();
  const open = [start];
  for (let head = 0; head < open.length; head++) {
    const next = open[head] as GraphNode;
    for (const [target, read] of next.reads) {
      if (!component.has(target) || (certain && read.uncertain)) continue;
      if (target === start) {
        const path = [start];
        for (let step: GraphNode | undefined = next; step; step = from.get(step)) path.push(step);
        return path.reverse();
      }
      if (!from.has(target)) {
        from.set(target, next);
        open.push(target);
      }
    }
  }
  return undefined;
}

/** Conditions that would make the text unreadable are not spelt out. */
const MAX_CONDITIONS = 2;

/** Which ref closes the cycle, and what it would take. */
function causeOf(c: Compilation, path: readonly GraphNode[]): string {
  for (let index = 1; index < path.length; index++) {
    const source = path[index - 1] as GraphNode;
    const target = path[index] as GraphNode;
    const uncertain = source.reads.get(target)?.uncertain;
    if (!uncertain) continue;
    const targetParts = absoluteRef(target.entry.rule, target.entry.module).parts;
    const shown = uncertain.ref.parts.slice(0, targetParts.length) as unknown as RefTerm["parts"];
    const place = index > 1 ? ` in ${nameOf(c, source.entry)}` : "";
    const name = nameOf(c, target.entry);
    const conditions = conditionsOf(c, source, uncertain, targetParts);
    const text = written(c, { ...uncertain.ref, parts: shown });
    if (!conditions) return ` (${text}${place} could refer to ${name})`;
    return ` (${text}${place} refers to ${name} if ${conditions.join(" and ")})`;
  }
  return "";
}

function conditionsOf(
  c: Compilation,
  source: GraphNode,
  { ref, positions }: UncertainRead,
  target: readonly Term[],
): readonly string[] | undefined {
  const values = new Map<string, string>();
  const notes = new Map<string, string>();
  for (const position of positions) {
    const part = ref.parts[position] as Term;
    const term = written(c, part);
    const value = printTerm(target[position] as Term);
    if ((values.get(term) ?? value) !== value) return undefined;
    values.set(term, value);
    notes.set(term, originOf(c, source, part, term));
  }
  if (values.size === 0 || values.size > MAX_CONDITIONS) return undefined;
  return [...values].map(([term, value]) => `${term} is ${value}${notes.get(term) ?? ""}`);
}

/** Where the deciding term gets its value. */
function originOf(c: Compilation, source: GraphNode, part: Term, term: string): string {
  if (part.kind === "ref") {
    const head = part.parts[0];
    return head.kind === "var" && head.name === "data" ? " (rule values aren't known at compile time)" : "";
  }
  if (part.kind !== "var") return "";
  const branch = branchesOf(source.entry.rule)[source.branch] as Rule;
  const bound = boundTo(branch, part.name);
  const head = bound?.kind === "ref" ? bound.parts[0] : undefined;
  if (bound?.kind === "ref" && head?.kind === "var") {
    const prefix = constantPrefix(bound);
    if (head.name === "input") return ` (${term} comes from ${written(c, prefix)})`;
    if (head.name === "data") {
      return ` (${term} comes from rule ${written(c, prefix)}, whose value isn't known at compile time)`;
    }
  }
  const isVar = (candidate: Term): boolean => candidate.kind === "var" && candidate.name === part.name;
  const name = nameOf(c, source.entry);
  if (branch.head.args?.some(isVar)) return ` (${term} is an argument of ${name})`;
  const keys = [...branch.head.ref.parts.slice(1), ...(branch.head.key ? [branch.head.key] : [])];
  return keys.some(isVar) ? ` (${term} is a key of ${name})` : "";
}

/** What a body first unifies a var with, through other vars. */
function boundTo(branch: Rule, name: string): Term | undefined {
  let current = name;
  for (let step = 0; step <= branch.body.length; step++) {
    let found: Term | undefined;
    for (const expr of branch.body) {
      if (found || !isEquality(expr) || expr.negated) continue;
      const [left, right] = expr.terms.args as readonly [Term, Term];
      if (left.kind === "var" && left.name === current) found = right;
      else if (right.kind === "var" && right.name === current) found = left;
    }
    if (found?.kind !== "var") return found;
    current = found.name;
  }
  return undefined;
}

function constantPrefix(ref: RefTerm): Term {
  const end = ref.parts.findIndex((part, index) => index > 0 && part.kind !== "scalar");
  const parts = end < 0 ? ref.parts : (ref.parts.slice(0, end) as unknown as RefTerm["parts"]);
  return parts.length === 1 ? parts[0] : { ...ref, parts };
}

function written(c: Compilation, term: Term): string {
  return printTerm(term, (name) => printedName(c.originalNames.get(name) ?? name));
}
