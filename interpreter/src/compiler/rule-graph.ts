import type { Rule, RefTerm, Term } from "../syntax/ast.ts";
import { absoluteRef } from "./module-entry.ts";
import type { Compilation } from "./compilation.ts";
import type { RuleEntry } from "./module-entry.ts";
import { treeKey } from "./compiled.ts";
import type { GraphNode, RuleGraph, UncertainRead } from "./graph-node.ts";
import { BodyValues, expandRef } from "./known-values.ts";
import { isConstant } from "./nodes.ts";
import { rulesReadBy } from "./rule-tree.ts";
import { ALL_VARS, varsOfExpr } from "./vars.ts";
import { walkExpr, walkTerm } from "../syntax/visit.ts";
import { walkHead } from "./walk.ts";
import type { Visitor } from "../syntax/visit.ts";

/** Which rules each rule reads, calls and `with` included. */
export function buildRuleGraph(c: Compilation): RuleGraph {
  const ofEntry = new Map<RuleEntry, readonly GraphNode[]>();
  for (const module of c.modules) {
    for (const entry of module.rules) {
      const nodes = branchesOf(entry.rule).map((_, branch): GraphNode => ({
        entry,
        branch,
        reads: new Map(),
      }));
      ofEntry.set(entry, nodes);
    }
  }
  const nodes = [...ofEntry.values()].flat();
  for (const node of nodes) new ReadCollector(c, node, ofEntry).collect();
  return { nodes, ofEntry };
}

export function branchesOf(rule: Rule): readonly Rule[] {
  const branches: Rule[] = [];
  for (let branch: Rule | undefined = rule; branch; branch = branch.else) branches.push(branch);
  return branches;
}

class ReadCollector {
  readonly #c: Compilation;
  readonly #node: GraphNode;
  readonly #nodes: ReadonlyMap<RuleEntry, readonly GraphNode[]>;
  readonly #branch: Rule;
  #values: BodyValues | undefined;

  constructor(c: Compilation, node: GraphNode, nodes: ReadonlyMap<RuleEntry, readonly GraphNode[]>) {
    this.#c = c;
    this.#node = node;
    this.#nodes = nodes;
    this.#branch = branchesOf(node.entry.rule)[node.branch] as Rule;
  }

  collect(): void {
    const { body, head } = this.#branch;
    for (const [index, expr] of body.entries()) walkExpr(expr, this.#visitor(index));
    walkHead(head, this.#visitor(body.length));
  }

  #visitor(index: number): Visitor {
    const visitor: Visitor = {
      term: (term) => {
        if (term.kind === "var" && term.name === "data") this.#read([term], index);
        if (term.kind !== "ref") return false;
        this.#read(term.parts, index);
        // The head is part of this ref, not a read of all data.
        for (const part of term.parts.slice(1)) walkTerm(part, visitor);
        return true;
      },
    };
    return visitor;
  }

  #read(parts: RefTerm["parts"], index: number): void {
    const head = parts[0];
    if (head.kind !== "var" || head.name !== "data") return;
    const ref: RefTerm = { kind: "ref", parts, location: head.location };
    if (parts.every((part, at) => at === 0 || isConstant(part))) {
      for (const entry of rulesReadBy(this.#c.tree, parts)) this.#add(entry, undefined);
      return;
    }
    this.#values ??= new BodyValues(this.#branch.body);
    const expanded = expandRef(ref, this.#values.before(index));
    const selecting = expanded.length === 1 ? (expanded[0] as RefTerm) : ref;
    for (const one of expanded) {
      for (const entry of rulesReadBy(this.#c.tree, one.parts)) {
        const positions = this.#deciding(selecting, entry, index);
        this.#add(entry, positions.length > 0 ? { ref, positions } : undefined);
      }
    }
  }

  #add(entry: RuleEntry, uncertain: UncertainRead | undefined): void {
    for (const node of this.#nodes.get(entry) ?? []) {
      const known = this.#node.reads.get(node);
      if (!known) this.#node.reads.set(node, { uncertain });
      else if (known.uncertain && !uncertain) this.#node.reads.set(node, { uncertain: undefined });
    }
  }

  /**
   * The parts of a ref that must have one certain value for it to select the rule. A var that nothing binds
   * before enumerates all, so it decides nothing.
   */
  #deciding(ref: RefTerm, entry: RuleEntry, index: number): readonly number[] {
    const target = absoluteRef(entry.rule, entry.module).parts;
    const positions: number[] = [];
    let bound: Set<string> | undefined;
    for (let at = 1; at < ref.parts.length && at < target.length; at++) {
      const part = ref.parts[at] as Term;
      const wanted = target[at] as Term;
      if (!isConstant(wanted)) continue;
      if (isConstant(part)) {
        if (!sameScalar(part, wanted)) return [];
        continue;
      }
      bound ??= this.#boundBefore(index);
      const free = part.kind === "var" && !bound.has(part.name) && countOf(ref, part.name) === 1;
      if (!free) positions.push(at);
    }
    return positions;
  }

  /** Vars that may have a value when the expression at the index is evaluated. */
  #boundBefore(index: number): Set<string> {
    const bound = new Set<string>();
    walkHead(this.#branch.head, {
      term: (term) => {
        if (term.kind === "var") bound.add(term.name);
      },
    });
    for (const expr of this.#branch.body.slice(0, index)) varsOfExpr(expr, ALL_VARS, bound);
    return bound;
  }
}

function countOf(ref: RefTerm, name: string): number {
  return ref.parts.filter((part) => part.kind === "var" && part.name === name).length;
}

function sameScalar(a: Term, b: Term): boolean {
  return a.kind === "scalar" && b.kind === "scalar" && treeKey(a.value) === treeKey(b.value);
}
