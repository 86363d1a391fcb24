import type { Annotations } from "../../syntax/ast.ts";
import type { Body, Expr, Rule, Term, VarTerm } from "../../syntax/ast.ts";
import { termOfValue } from "../value-term.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { eachRule } from "../compilation.ts";
import { compareLocations } from "../error-list.ts";
import { absoluteRef } from "../module-entry.ts";
import type { Compilation } from "../compilation.ts";
import type { RuleEntry } from "../module-entry.ts";
import { appendToBody, bindTo, callExpr, groundLength, isCallOf } from "../nodes.ts";
import { mapBranches, mapExpr, mapHead, mapList, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import { walkBody } from "../../syntax/visit.ts";
import { someExpr, walkHead, walkRule } from "../walk.ts";
import type { Visitor } from "../../syntax/visit.ts";

const CHAIN = "rego.metadata.chain";
const RULE = "rego.metadata.rule";

/** Whether some rule asks for METADATA; only then annotations are read at all. */
export function asksForMetadata(c: Compilation): boolean {
  let found = false;
  eachRule(c, (rule) => {
    found ||= someExpr((visitor) => walkRule(rule, visitor), isMetadataCall);
  });
  return found;
}

function isMetadataCall(expr: Expr): boolean {
  return isCallOf(expr, CHAIN) || isCallOf(expr, RULE);
}

/**
 * RewriteRegoMetadataCalls: what `rego.metadata.chain()` and `rego.metadata.rule()` give is known when
 * compiling. It is bound once at the start of the body, calls become the var.
 */
export function rewriteRegoMetadataCalls(c: Compilation): void {
  eachRule(c, (rule, entry) => {
    if (!someExpr((visitor) => walkRule(rule, visitor), isMetadataCall)) return;
    const root = rule;
    entry.rule = mapBranches(rule, (branch) => rewriteBranch(c, entry, branch, branch === root));
  });
}

function rewriteBranch(c: Compilation, entry: RuleEntry, branch: Rule, isFirst: boolean): Rule {
  const walk = (visitor: Visitor): void => {
    walkHead(branch.head, visitor);
    walkBody(branch.body, visitor);
  };
  const own = isFirst ? ruleAnnotations(c, entry) : [];
  const bound: Expr[] = [];
  const locals = new Map<string, VarTerm>();
  const bind = (name: string, value: () => Value): void => {
    if (!c.builtins.has(name)) return;
    const call = firstCall(walk, name);
    if (!call) return;
    const local = c.locals.nextVar(call.location);
    locals.set(name, local);
    bound.push(bindTo(local, termOfValue(value(), call.location)));
  };
  bind(CHAIN, () => chainOf(c, entry, own));
  bind(RULE, () => (own[0] ? own[0].value : {}));
  if (bound.length === 0) return branch;
  const rewriter = metadataRewriter(locals);
  const body = rewriter.body?.(branch.body) ?? branch.body;
  return { ...branch, head: mapHead(branch.head, rewriter), body: appendToBody(bound, body) };
}

function firstCall(walk: (visitor: Visitor) => void, name: string): Expr | undefined {
  let found: Expr | undefined;
  walk({
    expr: (expr) => {
      if (!found && isCallOf(expr, name)) found = expr;
      return found !== undefined;
    },
  });
  return found;
}

function metadataRewriter(locals: ReadonlyMap<string, VarTerm>): Rewriter {
  const rewriter: Rewriter = {
    term: (term) => mapTerm(term, rewriter),
    body: (body: Body) => mapList(body, (expr) => replaced(mapExpr(expr, rewriter), locals)),
  };
  return rewriter;
}

function replaced(expr: Expr, locals: ReadonlyMap<string, VarTerm>): Expr {
  if (expr.terms.kind !== "call") return expr;
  const name = [CHAIN, RULE].find((candidate) => isCallOf(expr, candidate));
  const local = name === undefined ? undefined : locals.get(name);
  if (!local) return expr;
  const outputs = expr.terms.args;
  const [output] = outputs;
  const { location } = expr;
  const list = (items: readonly Term[]): Term => ({ kind: "array", items, location });
  // A call that is given an argument has two outputs: that argument and the variable that stands for the call.
  const terms =
    output === undefined
      ? { kind: "term" as const, term: local }
      : outputs.length === 1
        ? callExpr("eq", [output, local], true, location)
        : callExpr("eq", [list(outputs), list(outputs.map(() => local))], true, location);
  return { negated: false, terms, with: [], generated: true, location: expr.location };
}

/** Blocks of scope `rule` that stand before a rule, in the order of the source. */
function ruleAnnotations(c: Compilation, entry: RuleEntry): readonly Annotations[] {
  const row = entry.rule.location.row;
  const isFirstOfRow = entry.module.rules.find(({ rule }) => rule.location.row === row) === entry;
  if (!isFirstOfRow) return [];
  return blocksOf(c, entry)
    .filter((block) => block.scope === "rule" && block.targetRow === row)
    .sort((a, b) => compareLocations(a.location, b.location));
}

function blocksOf(c: Compilation, entry: RuleEntry): readonly Annotations[] {
  return c.annotations.get(entry.module.name) ?? [];
}

/**
 * From the rule outwards: its own blocks, its document's, its package's, those for subpackages from the
 * inside out.
 */
function chainOf(c: Compilation, entry: RuleEntry, own: readonly Annotations[]): Value {
  const ref = absoluteRef(entry.rule, entry.module).parts;
  const rulePath = pathOf(ref.slice(0, groundLength(ref)));
  const packagePath = pathOf(entry.module.source.package.path.parts);
  const links: Value[] = own.toReversed().map((block) => link(rulePath, block));
  if (links.length === 0) links.push({ path: rulePath });
  const document = documentBlock(c, rulePath);
  if (document) links.push(link(rulePath, document));
  for (const module of c.modules) {
    if (!samePath(pathOf(module.source.package.path.parts), packagePath)) continue;
    for (const block of c.annotations.get(module.name) ?? []) {
      if (block.scope === "package") links.push(link(packagePath, block));
    }
  }
  return [...links, ...subpackageLinks(c, packagePath)];
}

function subpackageLinks(c: Compilation, packagePath: readonly string[]): readonly Value[] {
  const found: { readonly path: readonly string[]; readonly block: Annotations }[] = [];
  for (const module of c.modules) {
    const path = pathOf(module.source.package.path.parts);
    if (!samePath(path, packagePath.slice(0, path.length))) continue;
    for (const block of c.annotations.get(module.name) ?? []) {
      if (block.scope === "subpackages") found.push({ path, block });
    }
  }
  return found.sort((a, b) => b.path.length - a.path.length).map(({ path, block }) => link(path, block));
}

/** The block of scope `document` before any rule of this path. */
function documentBlock(c: Compilation, rulePath: readonly string[]): Annotations | undefined {
  for (const module of c.modules) {
    for (const block of c.annotations.get(module.name) ?? []) {
      if (block.scope !== "document") continue;
      const target = module.rules.find(({ rule }) => rule.location.row === block.targetRow);
      if (!target) continue;
      const ref = absoluteRef(target.rule, module).parts;
      if (samePath(pathOf(ref.slice(0, groundLength(ref))), rulePath)) return block;
    }
  }
  return undefined;
}

function link(path: readonly string[], block: Annotations): PlainObject {
  return { path: [...path], annotations: block.value };
}

/** Without the leading `data`. */
function pathOf(parts: readonly Term[]): readonly string[] {
  return parts.slice(1).map((part) => (part.kind === "scalar" ? String(part.value) : ""));
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}
