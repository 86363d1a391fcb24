import type { Term } from "../syntax/ast.ts";
import type { Value } from "../value/value.ts";
import { absoluteRef } from "./module-entry.ts";
import type { ModuleEntry, RuleEntry } from "./module-entry.ts";
import { treeKey } from "./compiled.ts";
import type { CompiledRule, RuleNode, TreeKey } from "./compiled.ts";
import { groundLength } from "./nodes.ts";

/** The rule tree while stages run: its rules are entries whose `rule` the stages replace. */
export interface TreeNode {
  readonly key: Value;
  readonly entries: RuleEntry[];
  readonly children: Map<TreeKey, TreeNode>;
  readonly hidden: boolean;
}

/** Places each rule at the ground prefix of its ref. Packages without rules have nodes too. */
export function buildRuleTree(modules: readonly ModuleEntry[]): TreeNode {
  const root = newNode("data", false);
  for (const module of modules) {
    let node = root;
    for (const part of module.source.package.path.parts.slice(1)) node = childFor(node, part, node === root);
    for (const entry of module.rules) {
      const { parts } = absoluteRef(entry.rule, module);
      const ground = groundLength(parts);
      let place = root;
      for (const part of parts.slice(1, ground)) place = childFor(place, part, place === root);
      place.entries.push(entry);
    }
  }
  return root;
}

function newNode(key: Value, hidden: boolean): TreeNode {
  return { key, entries: [], children: new Map(), hidden };
}

function childFor(node: TreeNode, part: Term, atRoot: boolean): TreeNode {
  const value = part.kind === "scalar" ? part.value : "";
  const key = treeKey(value) as TreeKey;
  let child = node.children.get(key);
  if (!child) {
    // `data.system` is the host's: wildcards over `data` do not see it.
    child = newNode(value, atRoot && value === "system");
    node.children.set(key, child);
  }
  return child;
}

/** The child that a constant part of a ref leads to. */
export function childAt(node: TreeNode, part: Term): TreeNode | undefined {
  if (part.kind !== "scalar") return undefined;
  const key = treeKey(part.value);
  return key === undefined ? undefined : node.children.get(key);
}

/** The node of exactly this ref, which must start with `data`. */
export function findNode(root: TreeNode, parts: readonly Term[]): TreeNode | undefined {
  const head = parts[0];
  if (head?.kind !== "var" || head.name !== "data") return undefined;
  let node: TreeNode | undefined = root;
  for (let index = 1; node && index < parts.length; index++) node = childAt(node, parts[index] as Term);
  return node;
}

/** Every rule that a ref could read, including those below it; conservative for refs with vars. */
export function rulesReadBy(root: TreeNode, parts: readonly Term[]): readonly RuleEntry[] {
  const head = parts[0];
  if (head?.kind !== "var" || head.name !== "data") return [];
  const found = new Set<RuleEntry>();
  collectRead(root, parts, 1, found);
  return [...found];
}

function collectRead(node: TreeNode, parts: readonly Term[], index: number, found: Set<RuleEntry>): void {
  if (index >= parts.length) return collectBelow(node, found);
  const part = parts[index] as Term;
  if (part.kind === "scalar") {
    const child = childAt(node, part);
    if (child) collectThrough(child, parts, index + 1, found);
    return;
  }
  for (const child of node.children.values()) collectThrough(child, parts, index + 1, found);
}

function collectThrough(child: TreeNode, parts: readonly Term[], index: number, found: Set<RuleEntry>): void {
  for (const entry of child.entries) if (mayRead(entry, parts, index)) found.add(entry);
  collectRead(child, parts, index, found);
}

/**
 * A rule with a dynamic ref is out of question where a constant of its ref differs from a constant of the ref
 * read.
 */
function mayRead(entry: RuleEntry, parts: readonly Term[], from: number): boolean {
  const ref = absoluteRef(entry.rule, entry.module).parts;
  for (let index = from; index < ref.length && index < parts.length; index++) {
    const a = ref[index] as Term;
    const b = parts[index] as Term;
    if (a.kind === "scalar" && b.kind === "scalar" && treeKey(a.value) !== treeKey(b.value)) return false;
  }
  return true;
}

function collectBelow(node: TreeNode, found: Set<RuleEntry>): void {
  for (const entry of node.entries) found.add(entry);
  for (const child of node.children.values()) collectBelow(child, found);
}

/** The finished tree. */
export function freezeTree(node: TreeNode): RuleNode {
  const children = new Map<TreeKey, RuleNode>();
  for (const [key, child] of node.children) children.set(key, freezeTree(child));
  return { key: node.key, rules: node.entries.map(compiledRule), children, hidden: node.hidden };
}

function compiledRule(entry: RuleEntry): CompiledRule {
  const ref = absoluteRef(entry.rule, entry.module);
  return { rule: entry.rule, module: entry.module.name, ref, groundParts: groundLength(ref.parts) };
}
