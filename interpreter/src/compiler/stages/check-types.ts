import type { RegoError } from "../../errors.ts";
import type { Body, RefTerm, Rule, Term } from "../../syntax/ast.ts";
import { printTerm } from "../../syntax/print.ts";
import type { Value } from "../../value/value.ts";
import { absoluteRef } from "../module-entry.ts";
import type { Compilation } from "../compilation.ts";
import type { RuleEntry } from "../module-entry.ts";
import { groundLength, isMultiValue, printedName } from "../nodes.ts";
import { mapExpr, mapList, mapTerm, type Rewriter } from "../rewrite.ts";
import type { RuleGraph } from "../graph-node.ts";
import { rulesReadBy } from "../rule-tree.ts";
import { ANY, functionType, objectType, setType } from "../types/algebra.ts";
import type { Inferred } from "../types/algebra.ts";
import { BodyChecker } from "../types/check-body.ts";
import type { RefWriter } from "../types/check-refs.ts";
import { TypeEnv } from "../types/type-env.ts";
import type { PathStep } from "../types/type-tree.ts";
import { walkTerm } from "../../syntax/visit.ts";

/**
 * CheckTypes: infers the types of rules, those first that others read, and reports what can never be: wrong
 * args, keys that no value has, sides that cannot be equal. A rule with an error has any type, so that its
 * readers are not blamed.
 */
export function checkTypes(c: Compilation): void {
  if (c.options.skipTypes) return;
  const env = new TypeEnv(c.builtins, () => undefined);
  c.types = env;
  const checker = new BodyChecker(refWriter(c), dependentsIn(c), c.calledFunctions);
  for (const entry of dependenciesFirst(c.graph)) {
    for (let branch: Rule | undefined = entry.rule; branch; branch = branch.else) {
      c.errors.addAll(checkRule(entry, branch, env, checker), true);
    }
  }
}

export function checkTypesInBody(
  c: Compilation,
  body: Body,
  originalNames: ReadonlyMap<string, string>,
  subjects: ReadonlyMap<string, Term>,
): readonly RegoError[] {
  if (c.options.skipTypes || !c.types) return [];
  const names = { originalNames: new Map([...c.originalNames, ...originalNames]), subjects };
  return new BodyChecker(refWriter(names), dependentsIn(c)).check(c.types, body).errors;
}

interface LocalMeanings {
  readonly originalNames: ReadonlyMap<string, string>;
  readonly subjects: ReadonlyMap<string, Term>;
}

/** Refs with the names and terms that generated vars stand for. */
function refWriter(names: LocalMeanings): RefWriter {
  const nameOf = (name: string): string => {
    const subject = names.subjects.get(name);
    if (subject) return printTerm(subject, nameOf);
    return printedName(names.originalNames.get(name) ?? name);
  };
  const text = (parts: readonly Term[]): string => {
    if (parts.length === 1) return printTerm(parts[0] as Term, nameOf);
    return printTerm(
      { kind: "ref", parts: parts as RefTerm["parts"], location: (parts[0] as Term).location },
      nameOf,
    );
  };
  const rewriter: Rewriter = {
    term: (term) => {
      if (term.kind !== "var") return mapTerm(term, rewriter);
      const subject = names.subjects.get(term.name);
      return subject
        ? rewriter.term(subject)
        : { ...term, name: names.originalNames.get(term.name) ?? term.name };
    },
    body: (body) => mapList(body, (expr) => mapExpr(expr, rewriter)),
  };
  return { text, tree: rewriter.term };
}

function checkRule(entry: RuleEntry, branch: Rule, env: TypeEnv, checker: BodyChecker): readonly RegoError[] {
  const ref = absoluteRef(branch, entry.module).parts;
  const ground = groundLength(ref);
  const path = ref.slice(0, ground).map(keyOf);
  const checked = checker.check(env, branch.body);
  if (checked.errors.length > 0) {
    // Of a rule with vars in its ref no more is known than that it is an object, as in OPA.
    env.documents.put([...path, ...ref.slice(ground).map(stepOf)], ANY);
    return checked.errors;
  }
  const type = headType(branch, checked.env);
  const nested = type && nestedType(ref.slice(ground), type, checked.env);
  if (nested) env.documents.insert(path, nested);
  return [];
}

function keyOf(part: Term): Value {
  return part.kind === "scalar" ? part.value : part.kind === "var" ? part.name : null;
}

function stepOf(part: Term): PathStep {
  return part.kind === "scalar" ? part.value : undefined;
}

function headType(branch: Rule, env: TypeEnv): Inferred | undefined {
  const { head } = branch;
  // A function without args is typed as a rule: its name alone may be read.
  if (head.args && head.args.length > 0) {
    for (const arg of head.args) {
      walkTerm(arg, {
        term: (term) => {
          if (term.kind === "var" && !env.varType(term.name)) env.vars.set(term.name, ANY);
        },
      });
    }
    return functionType(
      head.args.map((arg) => env.typeOf(arg)),
      head.value && env.typeOf(head.value),
    );
  }
  if (!isMultiValue(branch)) return head.value && env.typeOf(head.value);
  const element = head.key && env.typeOf(head.key);
  return element && setType(element);
}

/** Each dynamic part of the ref is a level of objects. */
function nestedType(dynamic: readonly Term[], type: Inferred, env: TypeEnv): Inferred | undefined {
  let nested = type;
  for (const part of dynamic.toReversed()) {
    const key = env.typeOf(part);
    if (!key) return undefined;
    nested = objectType([], { key, value: nested });
  }
  return nested;
}

/** Rules in an order in which each comes after those it reads. There are no cycles. */
function dependenciesFirst(graph: RuleGraph): readonly RuleEntry[] {
  const done = new Set<RuleEntry>();
  const sorted: RuleEntry[] = [];
  for (const root of graph.ofEntry.keys()) {
    const open: { readonly entry: RuleEntry; readonly rest: Iterator<RuleEntry> }[] = [];
    const enter = (entry: RuleEntry): void => {
      done.add(entry);
      open.push({ entry, rest: readBy(graph, entry) });
    };
    if (!done.has(root)) enter(root);
    for (let frame = open[open.length - 1]; frame; frame = open[open.length - 1]) {
      const next = frame.rest.next();
      if (next.done) {
        sorted.push(frame.entry);
        open.pop();
      } else if (!done.has(next.value)) enter(next.value);
    }
  }
  return sorted;
}

function* readBy(graph: RuleGraph, entry: RuleEntry): Generator<RuleEntry, undefined> {
  for (const node of graph.ofEntry.get(entry) ?? []) for (const read of node.reads.keys()) yield read.entry;
  return undefined;
}

/** Paths of the rules that a replaced document reaches, directly or through others. */
function dependentsIn(c: Compilation): (target: RefTerm) => readonly (readonly Value[])[] {
  let readers: Map<RuleEntry, RuleEntry[]> | undefined;
  return (target) => {
    readers ??= readersOf(c.graph);
    const found = new Set<RuleEntry>(rulesReadBy(c.tree, target.parts));
    for (const entry of found) for (const reader of readers.get(entry) ?? []) found.add(reader);
    return [...found].map((entry) => {
      const ref = absoluteRef(entry.rule, entry.module).parts;
      return ref.slice(0, groundLength(ref)).map(keyOf);
    });
  };
}

function readersOf(graph: RuleGraph): Map<RuleEntry, RuleEntry[]> {
  const readers = new Map<RuleEntry, RuleEntry[]>();
  for (const node of graph.nodes) {
    for (const { entry } of node.reads.keys()) {
      const list = readers.get(entry);
      if (list) list.push(node.entry);
      else readers.set(entry, [node.entry]);
    }
  }
  return readers;
}
