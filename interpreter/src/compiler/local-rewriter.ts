import type { RegoError } from "../errors.ts";
import type { Body, CallExpr, CallTerm, Expr, Every, Term, VarTerm, With } from "../syntax/ast.ts";
import { kindName } from "../syntax/visit.ts";
import { compileError } from "./error-list.ts";
import type { DeclaredVars, Occurrence } from "./declared-vars.ts";
import type { LocalNames } from "./local-names.ts";
import {
  isAssignment,
  isGenerated,
  isRootDocument,
  isRootName,
  isWildcard,
  operatorRef,
  printedName,
  refOrHead,
  refText,
  trueExpr,
} from "./nodes.ts";
import type { MarkedExpr } from "./nodes.ts";
import { outputsOfEquality } from "./outputs.ts";
import { mapExprTerms, mapList, mapRef, mapTerm } from "./rewrite.ts";
import type { Rewriter } from "./rewrite.ts";
import { declaredVars } from "./stages/resolve-refs.ts";
import { ALL_VARS, termVars, varsOfBody, varsOfTerm } from "./vars.ts";

const ASSIGN_IN_NEGATED = "cannot assign vars inside negated expression";

/** How deep `every` and `not {…}` may lie in one another to be seen again: every level doubles the work. */
const DEEPEST_SEEN_AGAIN = 6;

/**
 * Gives every declared var a name of its own: `:=` becomes `=`, `some` disappears, `every` gets a key. Used
 * for the bodies and heads of rules and for queries. Errors of use (assigned twice, referenced above) end up
 * in `errors`, unused vars in `unused`.
 */
export class LocalRewriter implements Rewriter {
  readonly errors: RegoError[] = [];
  readonly unused: RegoError[] = [];
  /** Generated local → the source's name. */
  readonly originalNames: Map<string, string>;
  readonly scopes: DeclaredVars;
  readonly #names: LocalNames;
  readonly #strict: boolean;
  /** How many `every` and `not {…}` are around the expression that is being rewritten. */
  #depth = 0;

  constructor(names: LocalNames, scopes: DeclaredVars, originalNames: Map<string, string>, strict: boolean) {
    this.#names = names;
    this.scopes = scopes;
    this.originalNames = originalNames;
    this.#strict = strict;
  }

  /**
   * Rewrites one body in the current scope. `used` are vars that something outside the body uses: its head.
   */
  bodyOf(body: Body, used: ReadonlySet<string>): Body {
    const result: Expr[] = [];
    for (const expr of body) {
      const rewritten = this.#statement(expr);
      if (rewritten) result.push(rewritten);
    }
    // A body of declarations only is true.
    if (result.length === 0) result.push(trueExpr((body[0] as Expr).location));
    this.#checkUnusedAssigned(body, used);
    this.#checkUnusedDeclared(body, used, result);
    return result;
  }

  #statement(expr: Expr): Expr | undefined {
    if (isAssignment(expr)) return this.#assignment(expr);
    switch (expr.terms.kind) {
      case "some":
        return this.#some(expr, expr.terms.symbols);
      case "every":
        return this.#every(expr, expr.terms);
      case "not":
        return this.#notBody(expr);
      case "and":
      case "or":
        return this.#logical(expr);
      default:
        return this.expr(expr);
    }
  }

  readonly expr = (expr: Expr): Expr => {
    const terms = mapExprTerms(expr.terms, this);
    const modifiers = mapList(expr.with, (modifier) => this.#with(modifier));
    return terms === expr.terms && modifiers === expr.with ? expr : { ...expr, terms, with: modifiers };
  };

  /**
   * Bodies reached through {@link expr} were rewritten in their own scope; only names from outside are left.
   */
  readonly body = (body: Body): Body => mapList(body, this.expr);

  readonly term = (term: Term): Term => {
    switch (term.kind) {
      case "scalar":
        return term;
      case "var":
        return isRootDocument(term) ? this.#rootDocument(term) : this.#use(term);
      case "ref": {
        // `input` before a bracket counts as a use of the name, unlike `input` alone.
        const parts = mapList(term.parts, (part, index) =>
          index === 0 && part.kind === "var" ? this.#use(part) : this.term(part),
        );
        return parts === term.parts ? term : { ...term, parts: parts as typeof term.parts };
      }
      case "array-comprehension":
      case "set-comprehension": {
        this.scopes.push();
        const body = this.bodyOf(term.body, termVars(term.head));
        const head = this.term(term.head);
        this.scopes.pop();
        return { ...term, head, body };
      }
      case "object-comprehension": {
        const used = termVars(term.key);
        varsOfTerm(term.value, ALL_VARS, used);
        this.scopes.push();
        const body = this.bodyOf(term.body, used);
        const key = this.term(term.key);
        const value = this.term(term.value);
        this.scopes.pop();
        return { ...term, key, value, body };
      }
      case "call":
        this.#checkCallee(term);
        return { ...term, operator: mapRef(term.operator, this), args: mapList(term.args, this.term) };
      default:
        return mapTerm(term, this);
    }
  };

  #use(term: VarTerm): VarTerm {
    const local = this.scopes.local(term.name);
    if (local !== undefined) {
      this.scopes.countUse(term.name);
      return local === term.name ? term : { ...term, name: local };
    }
    this.scopes.insert(term.name, term.name, "seen");
    return term;
  }

  #rootDocument(term: VarTerm): VarTerm {
    const how = this.scopes.occurrence(term.name);
    if (how === undefined || how === "seen") return term;
    return { ...term, name: this.scopes.local(term.name) as string };
  }

  /** Functions are no values: a local var cannot be called. */
  #checkCallee(call: CallTerm): void {
    const vars = new Set<string>();
    varsOfTerm(call.operator, ALL_VARS, vars);
    for (const name of vars) {
      const local = this.scopes.local(name);
      if (local === undefined || local === name) continue;
      const message = `called function ${refText(call.operator.parts)} shadowed`;
      this.errors.push(compileError(message, call.location));
    }
  }

  #with(modifier: With): With {
    const value = modifier.value;
    const rewritten = this.term(modifier.target);
    // `with input…` means the document even where a var shadows `input`.
    const target = this.#restoreInput(rewritten);
    return { ...modifier, target, value: this.term(value) };
  }

  #restoreInput(target: Term): Term {
    const shadow = this.scopes.local("input");
    if (shadow === undefined || shadow === "input") return target;
    if (target.kind === "var" && target.name === shadow) return { ...target, name: "input" };
    if (target.kind !== "ref") return target;
    const [head, ...rest] = target.parts;
    if (head.kind !== "var" || head.name !== shadow) return target;
    return { ...target, parts: [{ ...head, name: "input" }, ...rest] };
  }

  #assignment(expr: MarkedExpr & { readonly terms: CallExpr }): Expr {
    if (expr.negated) {
      this.errors.push(compileError(ASSIGN_IN_NEGATED, expr.location));
      return expr;
    }
    const { args } = expr.terms;
    if (args.length !== 2) return this.expr(expr);
    const before = this.errors.length;
    // The right side first: `x := x + 1` reads the outer x.
    const right = this.term(args[1] as Term);
    const modifiers = mapList(expr.with, (modifier) => ({ ...modifier, value: this.term(modifier.value) }));
    const left = this.#target(args[0] as Term);
    if (this.errors.length > before) return expr;
    const operator = operatorRef("eq", expr.terms.operator.location);
    return {
      ...expr,
      terms: { ...expr.terms, operator, args: [left, right] },
      with: modifiers,
      fromAssignment: true,
    } as MarkedExpr;
  }

  #target(term: Term): Term {
    switch (term.kind) {
      case "var":
        return this.#declared(term, "assigned", term);
      case "array":
        return { ...term, items: term.items.map((item) => this.#target(item)) };
      case "object":
        return { ...term, entries: term.entries.map(([key, value]) => [key, this.#target(value)] as const) };
      default:
        this.errors.push(compileError(`cannot assign to ${kindName(term)}`, term.location));
        return term;
    }
  }

  #declared(term: VarTerm, how: Occurrence, at: { readonly location: Term["location"] }): VarTerm {
    const local = this.#declare(term.name, how, at.location);
    return local === undefined ? term : { ...term, name: local };
  }

  /** Declares a name in the innermost scope; reports an earlier occurrence there. */
  #declare(name: string, how: Occurrence, location: Term["location"]): string | undefined {
    const earlier = this.scopes.occurrenceHere(name);
    if (earlier !== undefined) {
      const printed = printedName(name);
      const messages = {
        seen: `var ${printed} referenced above`,
        assigned: `var ${printed} assigned above`,
        declared: `var ${printed} declared above`,
        arg: `arg ${printed} redeclared`,
      };
      this.errors.push(compileError(messages[earlier], location));
      return undefined;
    }
    const local = this.#names.next();
    this.scopes.insert(name, local, how);
    this.originalNames.set(local, name);
    return local;
  }

  #some(expr: Expr, symbols: readonly Term[]): Expr | undefined {
    for (const symbol of symbols) {
      if (symbol.kind === "var") {
        if (this.#declare(symbol.name, "declared", expr.location) === undefined) return undefined;
      } else if (symbol.kind === "call") return this.#someIn(expr, symbol);
    }
    return undefined;
  }

  /** `some k, v in xs` is `v = xs[k]` for the vars that the pattern binds. */
  #someIn(expr: Expr, call: CallTerm): Expr | undefined {
    const { location } = call;
    const [first, second, third] = call.args;
    const container = (third ?? second) as Term;
    const value = (third ? second : first) as Term;
    const key = third ? (first as Term) : this.#names.nextVar(value.location);

    const bound = new Set<string>();
    varsOfTerm(key, { skipRefHead: true, skipObjectKeys: true, skipClosures: true }, bound);
    varsOfTerm(value, { skipRefHead: true, skipObjectKeys: true, skipClosures: true }, bound);
    const read = new Set<string>();
    varsOfTerm(container, { skipClosures: true }, read);
    const both = [...bound].filter((name) => read.has(name) && !isWildcard(name) && !isRootName(name)).sort();
    for (const name of both) this.errors.push(compileError(`var ${name} assigned before`, expr.location));
    if (both.length > 0) return undefined;

    const start = container.kind === "ref" ? container.parts : ([container] as const);
    const element = refOrHead([...start, key] as unknown as [Term, ...Term[]], container.location);
    const terms: CallExpr = {
      kind: "call",
      operator: operatorRef("eq", location),
      args: [value, element],
      infix: true,
    };
    const equality = { ...expr, terms };
    const outputs = outputsOfEquality(equality, termVars(container));
    for (const name of [...outputs].sort()) {
      // The root documents in a pattern stay what they are: it must equal them.
      if (isRootName(name)) continue;
      if (this.#declare(name, "declared", expr.location) === undefined) return undefined;
    }
    return this.expr(equality);
  }

  #every(expr: Expr, every: Every): Expr | undefined {
    this.#depth++;
    const domain = this.term(every.domain);
    this.scopes.push();
    const key = every.key ? this.#everyVar(every.key, expr) : this.#names.nextVar(every.value.location);
    const value = key && this.#everyVar(every.value, expr);
    const rewritten =
      key &&
      value &&
      this.#again(expr, { kind: "every", key, value, domain, body: this.bodyOf(every.body, new Set()) });
    this.scopes.pop();
    this.#depth--;
    return rewritten;
  }

  /**
   * OPA looks at an `every` and at a `not` with braces once more when their own vars are known. That shows: a var of the
   * domain that nothing has declared is taken for the var of the same name that the `every` declares, and what comprehensions
   * inside declare gets further numbers.
   */
  #again(expr: Expr, terms: Expr["terms"]): Expr {
    if (this.#depth <= DEEPEST_SEEN_AGAIN) return this.expr({ ...expr, terms });
    return { ...expr, terms, with: mapList(expr.with, (modifier) => this.#with(modifier)) };
  }

  #everyVar(term: VarTerm, expr: Expr): VarTerm | undefined {
    if (isWildcard(term.name)) return term;
    const local = this.#declare(term.name, "declared", expr.location);
    return local === undefined ? undefined : { ...term, name: local };
  }

  #notBody(expr: Expr): Expr {
    const { terms } = expr;
    if (terms.kind !== "not") return expr;
    if (!terms.explicit) {
      const before = this.errors.length;
      const body = this.#implicitBody(terms.body, ASSIGN_IN_NEGATED);
      if (this.errors.length > before) return expr;
      return this.expr({ ...expr, terms: { ...terms, body } });
    }
    this.#depth++;
    this.scopes.push();
    const rewritten = this.#again(expr, { ...terms, body: this.bodyOf(terms.body, new Set()) });
    this.scopes.pop();
    this.#depth--;
    return rewritten;
  }

  #logical(expr: Expr): Expr {
    const { terms } = expr;
    if (terms.kind !== "and" && terms.kind !== "or") return expr;
    const before = this.errors.length;
    const message = `cannot assign vars inside implicit ${terms.kind} operand`;
    const operands = terms.operands.map((body, index) =>
      terms.explicit[index] ? this.#scoped(body) : this.#implicitBody(body, message),
    );
    if (this.errors.length > before) return expr;
    return this.expr({ ...expr, terms: { ...terms, operands } });
  }

  #scoped(body: Body): Body {
    this.scopes.push();
    const rewritten = this.bodyOf(body, new Set());
    this.scopes.pop();
    return rewritten;
  }

  /** A body without braces declares nothing. */
  #implicitBody(body: Body, message: string): Body {
    return body.map((expr) => {
      if (isAssignment(expr)) this.errors.push(compileError(message, expr.location));
      else if (expr.terms.kind === "not") return this.#notBody(expr);
      else if (expr.terms.kind === "and" || expr.terms.kind === "or") return this.#logical(expr);
      return expr;
    });
  }

  #checkUnusedAssigned(body: Body, used: ReadonlySet<string>): void {
    if (!this.#strict || this.errors.length > 0 || this.unused.length > 0) return;
    const { top } = this.scopes;
    const usedLocals = this.#localsOf(used);
    for (const [name, how] of top.occurrence) {
      const local = top.locals.get(name) as string;
      if (how !== "assigned" || isWildcard(name) || this.scopes.count(name) > 1) continue;
      if (used.has(local) || usedLocals.has(local)) continue;
      const place = body.find((expr) => declares(expr, name)) ?? body[0];
      if (place) this.unused.push(compileError(`assigned var ${name} unused`, place.location));
    }
  }

  #checkUnusedDeclared(body: Body, used: ReadonlySet<string>, rewritten: Body): void {
    if (this.errors.length > 0 || this.unused.length > 0) return;
    const { top } = this.scopes;
    let inBody: Set<string> | undefined;
    for (const [name, how] of top.occurrence) {
      if (how !== "declared" || isGenerated(name)) continue;
      if (!inBody) {
        inBody = this.#localsOf(used);
        varsOfBody(rewritten, ALL_VARS, inBody);
      }
      const local = top.locals.get(name) as string;
      if (inBody.has(local) || used.has(local)) continue;
      const place = body.find((expr) => declares(expr, name)) ?? body[0];
      if (place) this.unused.push(compileError(`declared var ${printedName(name)} unused`, place.location));
    }
  }

  #localsOf(names: ReadonlySet<string>): Set<string> {
    return new Set([...names].map((name) => this.scopes.local(name) ?? name));
  }
}

function declares(expr: Expr, name: string): boolean {
  const names = new Set<string>();
  declaredVars([expr], names);
  return names.has(name);
}
