import type { Rule, Term } from "../../syntax/ast.ts";
import { compileError, typeError } from "../error-list.ts";
import { absoluteRef } from "../module-entry.ts";
import type { Compilation } from "../compilation.ts";
import type { ModuleEntry, RuleEntry } from "../module-entry.ts";
import { groundLength, isMultiValue, refText } from "../nodes.ts";
import { findNode } from "../rule-tree.ts";
import type { TreeNode } from "../rule-tree.ts";
import { packageKey } from "./resolve-refs.ts";

/**
 * CheckRuleConflicts: rules of one ref must be of one kind and arity; nothing may lie below a value; packages
 * and data must not be hidden.
 */
export function checkRuleConflicts(c: Compilation): void {
  checkNode(c, c.tree);
  if (c.options.dataPathExists) {
    for (const child of c.tree.children.values()) checkDataPaths(c, child, []);
  }
  checkPackages(c);
}

function checkNode(c: Compilation, node: TreeNode): void {
  if (node.entries.length > 0) {
    const found = conflictAt(c, node);
    if (found) return;
  }
  for (const child of node.children.values()) checkNode(c, child);
}

/** Reports a conflict among the rules of one node; true where it must not look further below. */
function conflictAt(c: Compilation, node: TreeNode): boolean {
  const rules = node.entries.map((entry) => entry.rule);
  const first = rules[0] as Rule;
  const name = nameOf(c, node.entries[node.entries.length - 1] as RuleEntry);
  const below = rules.some(isGround)
    ? rulesBelow(node, () => true)
    : functionsBelowDynamic(node, rules.every(isGround));
  if (below.length > 0) {
    const list = below.map((entry) => `\n  rule ${nameOf(c, entry)} at ${entry.rule.location}`).join("");
    c.errors.add(typeError(`rule ${name} conflicts with:${list}`, first.location));
    return false;
  }
  const complete = rules.filter((rule) => !isMultiValue(rule) && isGround(rule)).length;
  const multi = rules.filter(isMultiValue);
  const mixed =
    new Set(rules.map(isMultiValue)).size > 1 ||
    new Set(rules.map((rule) => rule.head.args?.length ?? 0)).size > 1 ||
    (complete > 0 && complete < rules.length && multi.length < rules.length) ||
    (multi.some(isGround) && !multi.every(isGround));
  if (mixed) {
    c.errors.add(typeError(`conflicting rules ${name} found`, first.location));
    return false;
  }
  const defaults = node.entries.filter((entry) => entry.rule.default);
  if (defaults.length > 1) {
    const places = defaults.map((entry) => String(entry.rule.location)).join(", ");
    const place = (defaults[0] as RuleEntry).module.source.package.location;
    c.errors.add(typeError(`multiple default rules ${name} found at ${places}`, place));
  }
  return false;
}

/** A function cannot be reached through a ref with a dynamic part. */
function functionsBelowDynamic(node: TreeNode, allGround: boolean): readonly RuleEntry[] {
  return allGround ? [] : rulesBelow(node, (rule) => rule.head.args !== undefined);
}

/** The rules below a node: of a ref without vars the first one, and none of those below that. */
function rulesBelow(node: TreeNode, test: (rule: Rule) => boolean): readonly RuleEntry[] {
  const found: RuleEntry[] = [];
  const visit = (child: TreeNode): void => {
    const entries = child.entries.filter(({ rule }) => test(rule));
    const ground = entries.find(({ rule }) => isGround(rule));
    if (ground) {
      found.push(ground);
      return;
    }
    found.push(...entries);
    for (const next of child.children.values()) visit(next);
  };
  for (const child of node.children.values()) visit(child);
  return found.sort((a, b) => compareTexts(refText(refOf(a)), refText(refOf(b))));
}

function isGround({ head }: Rule): boolean {
  return groundLength(head.ref.parts) === head.ref.parts.length;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function refOf(entry: RuleEntry): readonly Term[] {
  return absoluteRef(entry.rule, entry.module).parts;
}

/** The ref of a rule with the source's names. */
export function nameOf(c: Compilation, entry: RuleEntry): string {
  const parts = refOf(entry).map((part) =>
    part.kind === "var" ? { ...part, name: c.originalNames.get(part.name) ?? part.name } : part,
  );
  return refText(parts);
}

function checkDataPaths(c: Compilation, node: TreeNode, above: readonly string[]): void {
  if (typeof node.key !== "string") return;
  const path = [...above, node.key];
  const first = node.entries[0];
  if (first && c.options.dataPathExists?.(path)) {
    const message = `conflicting rule for data path ${path.join("/")} found`;
    c.errors.add(compileError(message, first.rule.location));
    return;
  }
  for (const child of node.children.values()) checkDataPaths(c, child, path);
}

/** A package must not have the path of a rule of another module. */
function checkPackages(c: Compilation): void {
  if (c.modules.length < 2) return;
  const packages = new Map<string, ModuleEntry[]>();
  for (const module of c.modules) {
    const key = packageKey(module.source.package.path);
    const same = packages.get(key);
    if (same) same.push(module);
    else packages.set(key, [module]);
  }
  for (const module of c.modules) {
    for (const { rule } of module.rules) {
      const ref = absoluteRef(rule, module);
      if (groundLength(ref.parts) < ref.parts.length) continue;
      for (const other of packages.get(packageKey(ref)) ?? []) {
        if (other === module || !findNode(c.tree, ref.parts)) continue;
        const packageText = refText(other.source.package.path.parts.slice(1).map(firstAsVar));
        const message = `package ${packageText} conflicts with rule ${refText(rule.head.ref.parts)} defined at ${rule.location}`;
        c.errors.add(typeError(message, module.source.package.location));
      }
    }
  }
}

function firstAsVar(part: Term, index: number): Term {
  if (index > 0 || part.kind !== "scalar") return part;
  return { kind: "var", name: String(part.value), location: part.location };
}
