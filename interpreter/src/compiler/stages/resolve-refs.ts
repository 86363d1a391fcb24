import type { Body, Expr, Import, ObjectTerm, RefTerm, Rule, Term, VarTerm } from "../../syntax/ast.ts";
import type { Location } from "../../location.ts";
import { compileError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import type { ModuleEntry } from "../module-entry.ts";
import { isAssignment, isRootDocument, refOrHead } from "../nodes.ts";
import { mapBranches, mapExpr, mapHeadRef, mapList, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import { ALL_VARS, varsOfTerm } from "../vars.ts";
import { compareTerms, sortedEntries } from "../../syntax/term-order.ts";
import { walkBody } from "../../syntax/visit.ts";

/** What a name stands for in a file: a rule of the package or an import. */
export interface Global {
  readonly path: RefTerm;
  used: boolean;
}
export type Globals = ReadonlyMap<string, Global>;

/**
 * ResolveRefs: replaces names of rules and imports by full refs (`data.a.b.rule`), except where an arg or a
 * local declaration shadows them. Marks imports as used.
 */
export function resolveRefs(c: Compilation): void {
  const exported = exportsByPackage(c.modules);
  for (const module of c.modules) {
    const names = exported.get(packageKey(module.source.package.path)) ?? new Set();
    const globals = globalsOf(module.source.package.path, names, module.imports);
    for (const entry of module.rules) {
      entry.rule = mapBranches(entry.rule, (branch) => resolveInRule(c, branch, globals));
    }
    if (c.options.strict) noteUnusedImports(c, module, globals);
  }
}

/** Names of the rules of each package, over all its modules. */
export function exportsByPackage(modules: readonly ModuleEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const exported = new Map<string, Set<string>>();
  for (const module of modules) {
    const key = packageKey(module.source.package.path);
    let names = exported.get(key);
    if (!names) exported.set(key, (names = new Set()));
    for (const { rule } of module.rules) {
      const name = rule.head.ref.parts[0];
      if (name.kind === "var") names.add(name.name);
    }
  }
  return exported;
}

export function packageKey(path: RefTerm): string {
  return JSON.stringify(path.parts.map((part) => (part.kind === "scalar" ? part.value : "")));
}

export function globalsOf(
  packagePath: RefTerm,
  ruleNames: ReadonlySet<string>,
  imports: readonly Import[],
): Map<string, Global> {
  const globals = new Map<string, Global>();
  for (const name of ruleNames) {
    const part = { kind: "scalar", value: name, location: packagePath.location } as const;
    globals.set(name, { path: { ...packagePath, parts: [...packagePath.parts, part] }, used: false });
  }
  for (const item of imports) {
    if (bindsName(item)) globals.set(importedName(item), { path: item.path, used: false });
  }
  return globals;
}

/** `future` and `rego` imports change the language and bind no name. */
export function bindsName(item: Import): boolean {
  const head = item.path.parts[0] as VarTerm;
  return head.name !== "future" && head.name !== "rego";
}

export function importedName(item: Import): string {
  if (item.alias !== undefined) return item.alias;
  const last = item.path.parts[item.path.parts.length - 1] as Term;
  if (last.kind === "var") return last.name;
  return last.kind === "scalar" ? String(last.value) : "";
}

function noteUnusedImports(c: Compilation, module: ModuleEntry, globals: Globals): void {
  for (const item of module.imports) {
    const global = globals.get(importedName(item));
    if (bindsName(item) && global && !global.used) c.unusedImports.push(item);
  }
}

function resolveInRule(c: Compilation, rule: Rule, globals: Globals): Rule {
  const shadowing = new Set<string>();
  for (const arg of rule.head.args ?? []) {
    const root = rootAmongPatterns(arg);
    if (root) {
      const message = `args must not shadow ${root.name} (use a different variable name)`;
      c.errors.add(compileError(message, rule.location));
      return rule;
    }
    varsOfPattern(arg, shadowing);
  }
  declaredVars(rule.body, shadowing);

  const scope = new ResolveScope(globals, shadowing);
  const { head } = rule;
  return {
    ...rule,
    head: {
      ...head,
      ref: mapHeadRef(head.ref, scope),
      key: head.key && scope.term(head.key),
      value: head.value && scope.term(head.value),
    },
    body: scope.body(rule.body),
  };
}

/** Vars that an arg pattern binds: not in object keys, sets, calls, comprehensions. */
function varsOfPattern(term: Term, into: Set<string>): void {
  if (term.kind === "var") into.add(term.name);
  else if (term.kind === "array") for (const item of term.items) varsOfPattern(item, into);
  else if (term.kind === "object") for (const [, value] of term.entries) varsOfPattern(value, into);
  else if (term.kind === "ref") for (const part of term.parts) varsOfPattern(part, into);
}

function rootAmongPatterns(term: Term): VarTerm | undefined {
  if (isRootDocument(term)) return term;
  const below =
    term.kind === "array" ? term.items : term.kind === "object" ? term.entries.map(([, v]) => v) : [];
  for (const item of below) {
    const found = rootAmongPatterns(item);
    if (found) return found;
  }
  return undefined;
}

/** Resolves a body on its own (a query). */
export function resolveBody(body: Body, globals: Globals): Body {
  const shadowing = new Set<string>();
  declaredVars(body, shadowing);
  return new ResolveScope(globals, shadowing).body(body);
}

class ResolveScope implements Rewriter {
  readonly #globals: Globals;
  readonly #shadowing: Set<string>[];

  constructor(globals: Globals, shadowing: Set<string>) {
    this.#globals = globals;
    this.#shadowing = [shadowing];
  }

  readonly term = (term: Term): Term => {
    switch (term.kind) {
      case "scalar":
        return term;
      case "var": {
        const parts = this.#resolved(term);
        return parts ? refOrHead(parts, term.location) : term;
      }
      case "ref":
        return this.ref(term);
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
        return this.#within(term.body, () => mapTerm(term, this));
      case "call": {
        const operator = this.ref(term.operator);
        const args = mapList(term.args, this.term);
        return operator === term.operator && args === term.args ? term : { ...term, operator, args };
      }
      case "object":
        return withoutRepeatedKeys(mapTerm(term, this) as ObjectTerm);
      case "template": {
        const parts = mapList(term.parts, (part) => (typeof part === "string" ? part : this.#expr(part)));
        return { ...term, parts };
      }
      default:
        return mapTerm(term, this);
    }
  };

  readonly body = (body: Body): Body => mapList(body, this.#expr);

  readonly #expr = (expr: Expr): Expr => {
    const { terms } = expr;
    switch (terms.kind) {
      case "call": {
        const changed = {
          ...terms,
          operator: this.ref(terms.operator),
          args: mapList(terms.args, this.term),
        };
        return { ...expr, terms: changed, with: this.#with(expr) };
      }
      case "some": {
        // `some x` names vars only; `some x in xs` is a call whose domain is an expression.
        const symbols = mapList(terms.symbols, (symbol) =>
          symbol.kind === "call" ? this.term(symbol) : symbol,
        );
        return { ...expr, terms: { kind: "some", symbols }, with: this.#with(expr) };
      }
      case "every": {
        const own = new Set([terms.value.name]);
        if (terms.key) own.add(terms.key.name);
        this.#shadowing.push(own);
        const every = { ...terms, domain: this.term(terms.domain), body: this.body(terms.body) };
        this.#shadowing.pop();
        return { ...expr, terms: every, with: this.#with(expr) };
      }
      default:
        return mapExpr(expr, this);
    }
  };

  #with(expr: Expr): Expr["with"] {
    return mapList(expr.with, (modifier) => ({
      ...modifier,
      target: this.term(modifier.target),
      value: this.term(modifier.value),
    }));
  }

  #within<T>(body: Body, run: () => T): T {
    const declared = new Set<string>();
    declaredVars(body, declared);
    this.#shadowing.push(declared);
    const result = run();
    this.#shadowing.pop();
    return result;
  }

  ref(ref: RefTerm): RefTerm {
    const [head, ...rest] = ref.parts;
    const resolved = head.kind === "var" ? this.#resolved(head) : undefined;
    const start = resolved ?? ([this.term(head)] as const);
    const brackets = mapList(rest, this.term);
    if (!resolved && start[0] === head && brackets === rest) return ref;
    return { ...ref, parts: [...start, ...brackets] as unknown as RefTerm["parts"] };
  }

  /** The path a var stands for, placed where the var is. */
  #resolved(term: VarTerm): RefTerm["parts"] | undefined {
    const global = this.#globals.get(term.name);
    if (!global || this.#shadowing.some((names) => names.has(term.name))) return undefined;
    global.used = true;
    return placedAt(global.path.parts, term.location);
  }
}

/** Of entries with the same key OPA keeps the last value, in the place of the first; the other values are not looked at. */
export function withoutRepeatedKeys(object: ObjectTerm): ObjectTerm {
  const sorted = sortedEntries(object.entries);
  if (!sorted.some(([key], i) => i > 0 && compareTerms((sorted[i - 1] as ObjectEntry)[0], key) === 0))
    return object;
  const entries: ObjectEntry[] = [];
  for (const entry of object.entries) {
    const place = entries.findIndex(([key]) => compareTerms(key, entry[0]) === 0);
    if (place < 0) entries.push(entry);
    else entries[place] = entry;
  }
  return { ...object, entries };
}

type ObjectEntry = ObjectTerm["entries"][number];

function placedAt(parts: RefTerm["parts"], location: Location): RefTerm["parts"] {
  return parts.map((part) => ({ ...part, location })) as unknown as RefTerm["parts"];
}

/**
 * Adds the vars that a body declares with `:=` and `some`, comprehensions left out: they have a scope of
 * their own.
 */
export function declaredVars(body: Body, into: Set<string>): void {
  walkBody(body, {
    expr: (expr) => {
      if (isAssignment(expr) && expr.terms.args.length === 2) {
        varsOfTerm(expr.terms.args[0] as Term, ALL_VARS, into);
      } else if (expr.terms.kind === "some") {
        for (const symbol of expr.terms.symbols) {
          if (symbol.kind === "var") into.add(symbol.name);
          else if (symbol.kind === "call") {
            for (const arg of symbol.args.slice(0, -1)) varsOfTerm(arg, ALL_VARS, into);
          }
        }
      }
    },
    term: (term) =>
      term.kind === "array-comprehension" ||
      term.kind === "set-comprehension" ||
      term.kind === "object-comprehension",
  });
}
