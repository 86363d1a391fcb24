import type { Rule, Term } from "../../syntax/ast.ts";
import { regoError } from "../compilation.ts";
import type { Compilation, RuleEntry } from "../compilation.ts";
import { rulesReadBy } from "../rule-tree.ts";
import { walkRule, walkTerm } from "../walk.ts";
import type { Visitor } from "../walk.ts";
import { nameOf } from "./check-rule-conflicts.ts";

/** Which rules each rule reads. */
export type RuleGraph = ReadonlyMap<RuleEntry, ReadonlySet<RuleEntry>>;

/** SetGraph: edges from every rule to the rules its refs may read, calls and `with` targets included. */
export function ruleGraph(c: Compilation): RuleGraph {
  const graph = new Map<RuleEntry, Set<RuleEntry>>();
  for (const module of c.modules) {
    for (const entry of module.rules) graph.set(entry, readsOf(c, entry.rule));
  }
  return graph;
}

function readsOf(c: Compilation, rule: Rule): Set<RuleEntry> {
  const reads = new Set<RuleEntry>();
  const add = (parts: readonly Term[]): void => {
    for (const entry of rulesReadBy(c.tree, parts)) reads.add(entry);
  };
  const visitor: Visitor = {
    term: (term) => {
      if (term.kind === "var" && term.name === "data") add([term]);
      if (term.kind !== "ref") return false;
      add(term.parts);
      // The head is part of this ref, not a read of all data.
      for (const part of term.parts.slice(1)) walkTerm(part, visitor);
      return true;
    },
  };
  walkRule(rule, visitor);
  return reads;
}

/** CheckRecursion: no rule may depend on itself. */
export function checkRecursion(c: Compilation): void {
  const graph = ruleGraph(c);
  for (const component of cyclicComponents(graph)) {
    for (const entry of component) {
      const path = pathBackTo(entry, graph, component);
      if (!path) continue;
      const names = path.map((step) => nameOf(c, step));
      const message = `rule ${nameOf(c, entry)} is recursive: ${names.join(" -> ")}`;
      c.errors.add(regoError("rego_recursion_error", message, entry.rule.location));
    }
  }
}

/** Sets of rules that reach each other (Tarjan, without recursion of our own). Rules outside of cycles are left out. */
function cyclicComponents(graph: RuleGraph): readonly ReadonlySet<RuleEntry>[] {
  const index = new Map<RuleEntry, number>();
  const low = new Map<RuleEntry, number>();
  const onStack = new Set<RuleEntry>();
  const stack: RuleEntry[] = [];
  const components: Set<RuleEntry>[] = [];
  for (const root of graph.keys()) {
    if (index.has(root)) continue;
    const open: { readonly node: RuleEntry; readonly rest: Iterator<RuleEntry> }[] = [];
    const enter = (node: RuleEntry): void => {
      index.set(node, index.size);
      low.set(node, index.get(node) as number);
      stack.push(node);
      onStack.add(node);
      open.push({ node, rest: (graph.get(node) ?? new Set()).values() });
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
      const component = new Set<RuleEntry>();
      for (let member = stack.pop(); member; member = stack.pop()) {
        onStack.delete(member);
        component.add(member);
        if (member === node) break;
      }
      const loops = component.size > 1 || graph.get(node)?.has(node);
      if (loops) components.push(component);
    }
  }
  return components;
}

/** A way from a rule back to itself. */
function pathBackTo(
  start: RuleEntry,
  graph: RuleGraph,
  component: ReadonlySet<RuleEntry>,
): readonly RuleEntry[] | undefined {
  const from = new Map<RuleEntry, RuleEntry>();
  const open = [start];
  for (let next = open.shift(); next; next = open.shift()) {
    for (const target of graph.get(next) ?? []) {
      if (!component.has(target)) continue;
      if (target === start) {
        const path = [start];
        for (let step: RuleEntry | undefined = next; step; step = from.get(step)) path.unshift(step);
        return path;
      }
      if (!from.has(target)) {
        from.set(target, next);
        open.push(target);
      }
    }
  }
  return undefined;
}
