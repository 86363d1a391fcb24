import type { Head, Rule, Term } from "../../syntax/ast.ts";
import { compileError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import { DeclaredVars } from "../declared-vars.ts";
import { LocalRewriter } from "../local-rewriter.ts";
import { isWildcard } from "../nodes.ts";
import { mapHeadRef, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import { ALL_VARS, varsOfBody, varsOfTerm, varsOfTerms } from "../vars.ts";
import { walkRule } from "../walk.ts";
import { declaredVars, withoutRepeatedKeys } from "./resolve-refs.ts";

/**
 * RewriteLocalVars: args and vars declared by `:=`, `some` and `every` get generated names, unique over all
 * modules, so that later stages need not think about scopes.
 */
export function rewriteLocalVars(c: Compilation): void {
  for (const module of c.modules) {
    for (const entry of module.rules) entry.rule = rewriteInRule(c, entry.rule);
  }
}

function rewriteInRule(c: Compilation, rule: Rule): Rule {
  const args = new DeclaredVars();
  const unusedArgs = new Set<string>();
  if (c.options.strict) varsOfTerms(rule.head.args ?? [], ALL_VARS, unusedArgs);
  const newArgs = rule.head.args?.map((arg) => rewriteArg(c, arg, args));

  const branches: Rule[] = [];
  for (let branch: Rule | undefined = rule; branch; branch = branch.else) {
    const scopes = args.copy();
    branches.push(rewriteBranch(c, branch, newArgs, scopes, unusedArgs));
    for (const arg of unusedArgs) if (scopes.count(arg) > 1) unusedArgs.delete(arg);
  }
  for (const arg of unusedArgs) {
    if (isWildcard(arg)) continue;
    const message = `unused argument ${arg}. (hint: use _ (wildcard variable) instead)`;
    c.errors.add(compileError(message, rule.head.location), true);
  }
  let result: Rule | undefined;
  for (const branch of branches.reverse()) result = { ...branch, else: result };
  return result as Rule;
}

/** Vars in args become locals where they can be matched: not in object keys, sets and comprehensions. */
function rewriteArg(c: Compilation, arg: Term, scopes: DeclaredVars): Term {
  switch (arg.kind) {
    case "var": {
      const known = scopes.local(arg.name);
      if (known !== undefined) {
        scopes.countUse(arg.name);
        return { ...arg, name: known };
      }
      const local = c.locals.next();
      scopes.insert(arg.name, local, "arg");
      c.originalNames.set(local, arg.name);
      return { ...arg, name: local };
    }
    case "object":
      // A var of a value that a repeated key drops is declared nevertheless, and has no value.
      return withoutRepeatedKeys({
        ...arg,
        entries: arg.entries.map(([key, value]) => [key, rewriteArg(c, value, scopes)] as const),
      });
    case "array":
    case "ref":
      return mapTerm(arg, { term: (term) => rewriteArg(c, term, scopes) });
    case "call":
      c.errors.add(compileError("rule arguments cannot contain calls", arg.location));
      return arg;
    default:
      return arg;
  }
}

function rewriteBranch(
  c: Compilation,
  branch: Rule,
  args: readonly Term[] | undefined,
  scopes: DeclaredVars,
  unusedArgs: Set<string>,
): Rule {
  const mayHaveVars = headMayHaveVars(branch.head);
  const nested = mayHaveVars
    ? rewriteNestedInHead(c, { ...branch.head, args: args })
    : { ...branch.head, args };
  const used = mayHaveVars ? varsUsedByHead(nested, unusedArgs) : new Set<string>();
  const rewriter = new LocalRewriter(c.locals, scopes, c.originalNames, c.options.strict === true);
  hideBuiltinNames(c, branch, scopes);
  const body = rewriter.bodyOf(branch.body, used);
  c.errors.addAll(rewriter.errors);
  c.errors.addAll(rewriter.unused, true);
  return { ...branch, head: mayHaveVars ? renameInHead(nested, scopes) : nested, body };
}

/**
 * Vars declared inside comprehensions of the head are rewritten first: they do not see what the body
 * declares.
 */
function rewriteNestedInHead(c: Compilation, head: Head): Head {
  const term = (node: Term): Term => {
    switch (node.kind) {
      case "scalar":
      case "var":
        return node;
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
      case "template": {
        const rewriter = new LocalRewriter(
          c.locals,
          new DeclaredVars(),
          c.originalNames,
          c.options.strict === true,
        );
        const result = rewriter.term(node);
        c.errors.addAll(rewriter.errors);
        c.errors.addAll(rewriter.unused, true);
        return result;
      }
      default:
        return mapTerm(node, { term });
    }
  };
  return {
    ...head,
    ref: mapHeadRef(head.ref, { term }),
    args: head.args?.map(term),
    key: head.key && term(head.key),
    value: head.value && term(head.value),
  };
}

/** The vars that the head takes from the body. A var of the value counts as a use of an arg. */
function varsUsedByHead(head: Head, unusedArgs: Set<string>): Set<string> {
  const used = new Set<string>();
  varsOfTerms(head.ref.parts.slice(1), ALL_VARS, used);
  if (head.key) varsOfTerm(head.key, ALL_VARS, used);
  if (head.value) {
    const ofValue = new Set<string>();
    varsOfTerm(head.value, ALL_VARS, ofValue);
    for (const name of ofValue) {
      used.add(name);
      unusedArgs.delete(name);
    }
  }
  return used;
}

/**
 * A var may be called like a builtin (`count = x`). It gets a local name too, or later stages would take it
 * for the builtin. Names in `with` stay: they may mean the builtin.
 */
function hideBuiltinNames(c: Compilation, rule: Rule, scopes: DeclaredVars): void {
  const names = new Set<string>();
  varsOfBody(rule.body, { skipCallee: true, skipClosures: true }, names);
  let kept: Set<string> | undefined;
  for (const name of [...names].sort()) {
    if (!c.builtins.has(name)) continue;
    if (!kept) {
      kept = new Set();
      declaredVars(rule.body, kept);
      varsInWith(rule, kept);
    }
    if (kept.has(name) || scopes.local(name) !== undefined) continue;
    const local = c.locals.next();
    scopes.insert(name, local, "seen");
    c.originalNames.set(local, name);
  }
}

function varsInWith(rule: Rule, into: Set<string>): void {
  walkRule(rule, {
    with: (modifier) => {
      varsOfTerm(modifier.target, ALL_VARS, into);
      varsOfTerm(modifier.value, ALL_VARS, into);
    },
  });
}

/** Names in the head that the body declared. */
function renameInHead(head: Head, scopes: DeclaredVars): Head {
  const { locals } = scopes.top;
  const renamer: Rewriter = {
    term: (term) => {
      if (term.kind !== "var") return mapTerm(term, renamer);
      const local = locals.get(term.name);
      return local === undefined || local === term.name ? term : { ...term, name: local };
    },
  };
  return {
    ...head,
    ref: mapHeadRef(head.ref, renamer),
    args: head.args?.map(renamer.term),
    key: head.key && renamer.term(head.key),
    value: head.value && renamer.term(head.value),
  };
}

/** Whether anything in a head is not a scalar. */
export function headMayHaveVars(head: Head): boolean {
  const scalar = (term: Term | undefined): boolean => !term || term.kind === "scalar";
  if (head.args && !head.args.every(scalar)) return true;
  return !scalar(head.key) || !scalar(head.value) || !head.ref.parts.slice(1).every(scalar);
}
