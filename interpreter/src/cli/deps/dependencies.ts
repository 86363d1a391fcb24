import { childOf, type CompiledModules, type RuleNode } from "../../compiler/compiled.ts";
import type { Body, Term } from "../../syntax/ast.ts";
import { walkBody, walkRule, walkTerm, type Visitor } from "../../syntax/visit.ts";
import { compare } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";

/** A path below `data` or `input`: its root, then keys. */
export type DocumentPath = readonly [root: "data" | "input", ...keys: Value[]];

/** What a query reads, each in order. Paths end where they become dynamic. */
export interface Dependencies {
  readonly base: readonly DocumentPath[];
  readonly virtual: readonly DocumentPath[];
}

/** Follows a compiled query into every rule that it may reach. */
export function dependenciesOf(query: Body, modules: CompiledModules): Dependencies {
  const refs: Ref[] = [];
  const virtual: DocumentPath[] = [];
  const seen = new Set<RuleNode>();
  const visitor: Visitor = {
    term(term) {
      const parts = partsOf(term);
      if (!parts) return false;
      read(parts);
      if (term.kind === "ref") for (const key of term.parts.slice(1)) walkTerm(key, visitor);
      return true;
    },
  };

  function read(parts: Ref): void {
    if (parts[0] === "input") return void refs.push(parts);
    let node = modules.rules;
    const path: [DocumentPath[0], ...Value[]] = ["data"];
    for (const key of parts.slice(1)) {
      if (key === DYNAMIC) break;
      const child = childOf(node, key);
      if (!child) return void refs.push(parts);
      node = child;
      path.push(key);
      if (node.rules.length > 0) break;
    }
    if (!enter(node, path)) refs.push(parts);
  }

  /** True where there is a rule at the node or below it. */
  function enter(node: RuleNode, path: DocumentPath): boolean {
    if (node.rules.length > 0) {
      if (!seen.has(node)) {
        seen.add(node);
        virtual.push(path);
        for (const { rule } of node.rules) walkRule(rule, visitor);
      }
      return true;
    }
    const below = [...node.children.values()].map((child) => enter(child, [...path, child.key]));
    return below.includes(true);
  }

  walkBody(query, visitor);
  return { base: truncated(refs), virtual: inOrder(virtual) };
}

/** Stands for a key that is not constant. */
const DYNAMIC = Symbol("dynamic");

type Ref = readonly [root: "data" | "input", ...keys: (Value | typeof DYNAMIC)[]];

function partsOf(term: Term): Ref | undefined {
  const head = term.kind === "ref" ? term.parts[0] : term;
  if (head.kind !== "var" || (head.name !== "data" && head.name !== "input")) return undefined;
  const keys = term.kind === "ref" ? term.parts.slice(1) : [];
  return [head.name, ...keys.map((key) => (key.kind === "scalar" ? key.value : DYNAMIC))];
}

/** Refs below others say nothing new; what is left is cut where it becomes dynamic. */
function truncated(refs: readonly Ref[]): readonly DocumentPath[] {
  const least = refs.filter(
    (ref) => !refs.some((other) => other.length < ref.length && isPrefix(other, ref)),
  );
  return inOrder(
    least.map(([root, ...keys]) => {
      const end = keys.indexOf(DYNAMIC);
      return [root, ...((end < 0 ? keys : keys.slice(0, end)) as Value[])];
    }),
  );
}

function isPrefix(short: Ref, long: Ref): boolean {
  return short.every((key, i) => key !== DYNAMIC && key === long[i]);
}

function inOrder(paths: readonly DocumentPath[]): readonly DocumentPath[] {
  const sorted = paths.toSorted(compare);
  return sorted.filter((path, i) => i === 0 || compare(path, sorted[i - 1] as DocumentPath) !== 0);
}
