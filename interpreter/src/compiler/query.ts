import type { RegoError } from "../errors.ts";
import { Location } from "../location.ts";
import type { Body, Expr, Module, Term } from "../syntax/ast.ts";
import { parseModule } from "../syntax/parse.ts";
import type { Capabilities } from "./capabilities.ts";
import { compileError } from "./error-list.ts";
import type { Compilation } from "./compilation.ts";
import type { CompiledModules, CompiledQuery, QueryExpression } from "./compiled.ts";
import { DeclaredVars } from "./declared-vars.ts";
import { compilationOf } from "./finish.ts";
import { LocalNames } from "./local-names.ts";
import { LocalRewriter } from "./local-rewriter.ts";
import { callExpr, isAssignment, isEquality, isGenerated, isRootName, isWildcard } from "./nodes.ts";
import type { MarkedExpr } from "./nodes.ts";
import { arityOf, builtinOf } from "./operators.ts";
import { reorderForSafety, unsafeVarErrors, withRootDocuments } from "./safety.ts";
import { deprecatedBuiltinsInBody, unsafeBuiltinsInBody } from "./stages/check-builtins.ts";
import { overridesInBody } from "./stages/check-keyword-overrides.ts";
import { checkTypesInBody } from "./stages/check-types.ts";
import { undefinedFuncsInBody } from "./stages/check-undefined-funcs.ts";
import { voidCallsInBody } from "./stages/check-void-calls.ts";
import { generatedNamesIn } from "./stages/init-local-names.ts";
import { exportsByPackage, globalsOf, packageKey, resolveBody } from "./stages/resolve-refs.ts";
import type { Globals } from "./stages/resolve-refs.ts";
import { comprehensionTermsInBody } from "./stages/rewrite-comprehension-terms.ts";
import { dynamicTermsInBody } from "./stages/rewrite-dynamic-terms.ts";
import { expandBody } from "./stages/rewrite-expr-terms.ts";
import { rewritePrintInBody } from "./stages/rewrite-print-calls.ts";
import { rewriteTemplatesInBody } from "./stages/rewrite-template-strings.ts";
import { withValuesInBody } from "./stages/rewrite-with-values.ts";
import { OUTSIDE_CLOSURES, varsOfBody } from "./vars.ts";
import { walkBody } from "../syntax/visit.ts";

export interface QueryOptions {
  readonly capabilities: Capabilities;
  readonly strict?: boolean;
  readonly print?: boolean;
  readonly unsafeBuiltins?: ReadonlySet<string>;
  /** Names in the query are those of this package, such as `a.b`. */
  readonly package?: string;
  /** What to import, such as `data.lib.f` or `data.lib as l`. */
  readonly imports?: readonly string[];
}

export type QueryCompileResult =
  | { readonly ok: true; readonly query: CompiledQuery }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

const ERROR_LIMIT = 10;

/** Which expression of the source an expression came from. */
interface QueryExpr extends MarkedExpr {
  readonly origin?: number;
}

/**
 * Compiles a query against compiled modules. The stages are those of modules in the same order, without the
 * checks of rules and without RewriteEquals: the value of `a == b` is a result of a query.
 */
export function compileQuery(
  body: Body,
  compiled: CompiledModules,
  options: QueryOptions,
): QueryCompileResult {
  try {
    return new QueryCompiler(compilationOf(compiled), options).compile(body);
  } catch (error) {
    if (error instanceof QueryFailure) return { ok: false, errors: limited(error.errors) };
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, errors: [compileError("query is nested too deeply to compile", undefined)] };
  }
}

/** Ends the compilation of a query; never leaves this file. */
class QueryFailure extends Error {
  readonly errors: readonly RegoError[];
  constructor(errors: readonly RegoError[]) {
    super("query has errors");
    this.errors = errors;
  }
}

function refuse(errors: readonly RegoError[]): void {
  if (errors.length > 0) throw new QueryFailure(errors);
}

/** Errors of a query stay in the order in which they were found. */
function limited(errors: readonly RegoError[]): readonly RegoError[] {
  if (errors.length <= ERROR_LIMIT) return errors;
  return [...errors.slice(0, ERROR_LIMIT), compileError("error limit reached", undefined)];
}

class QueryCompiler {
  readonly #c: Compilation;
  readonly #options: QueryOptions;

  constructor(c: Compilation, options: QueryOptions) {
    const { strict, print, unsafeBuiltins } = options;
    this.#c = {
      ...c,
      options: {
        ...c.options,
        ...(strict === undefined ? {} : { strict }),
        ...(print === undefined ? {} : { print }),
        ...(unsafeBuiltins === undefined ? {} : { unsafeBuiltins }),
      },
    };
    this.#options = options;
  }

  compile(source: Body): QueryCompileResult {
    const c = this.#c;
    if (source.length === 0) refuse([compileError("empty query cannot be compiled", undefined)]);
    if (c.options.strict) refuse(overridesInBody(source));
    const locals = new LocalNames("__localq", generatedNamesIn(source));
    const captures = new Map<number, string>();
    const subjects = new Map<string, Term>();

    let body = resolveBody(source, this.#globals());
    body = this.#captureValues(body, captures);

    const names = new Map<string, string>();
    const rewriter = new LocalRewriter(locals, new DeclaredVars(), names, c.options.strict === true);
    body = rewriter.bodyOf(body, new Set());
    refuse([...rewriter.errors, ...rewriter.unused]);

    const templates = rewriteTemplatesInBody(c, body, locals, names);
    refuse(templates.errors);
    refuse(voidCallsInBody(c, templates.body));
    const prints = rewritePrintInBody(c, templates.body, locals, names);
    refuse(prints.errors);
    body = comprehensionTermsInBody(expandBody(prints.body, locals, subjects), locals);
    const withs = withValuesInBody(c, body, locals);
    refuse(withs.errors);
    refuse(undefinedFuncsInBody(c, withs.body));
    body = dynamicTermsInBody(this.#ordered(withs.body, names), locals, subjects);
    refuse(checkTypesInBody(c, body, names, subjects));
    refuse(unsafeBuiltinsInBody(c, body));
    refuse(deprecatedBuiltinsInBody(c, body));
    return { ok: true, query: finishQuery(source, body, captures, names) };
  }

  /** Names of the package and imports that the query is asked within. */
  #globals(): Globals {
    const { package: packageName, imports = [] } = this.#options;
    if (packageName === undefined && imports.length === 0) return new Map();
    const context = this.#context(packageName ?? "context", imports);
    const exported = exportsByPackage(this.#c.modules);
    const names = packageName === undefined ? undefined : exported.get(packageKey(context.package.path));
    return globalsOf(context.package.path, names ?? new Set(), context.imports);
  }

  #context(packageName: string, imports: readonly string[]): Module {
    const lines = [`package ${packageName}`, ...imports.map((path) => `import ${path}`)];
    const parsed = parseModule({ name: "", source: `${lines.join("\n")}\n`, version: "v1" });
    if (!parsed.ok) throw new QueryFailure(parsed.errors.map(withoutPackageRow));
    return parsed.module;
  }

  /**
   * Gives each expression that has a value a var for it. With several expressions, or where one query can
   * have several results, a false value must still fail: then the var stands as a statement at the end.
   */
  #captureValues(body: Body, captures: Map<number, string>): Body {
    const checked = body.length > 1 || this.#iterates(body);
    const checks: Expr[] = [];
    const captured = body.map((expr, origin): QueryExpr => {
      const marked: QueryExpr = { ...expr, origin };
      if (!this.#hasValue(expr)) return marked;
      const name = `$term${origin}`;
      const output = { kind: "var", name, location: expr.location } as const;
      captures.set(origin, name);
      if (checked) {
        const terms = { kind: "term", term: output } as const;
        checks.push({ negated: false, terms, with: [], generated: true, location: expr.location });
      }
      if (expr.terms.kind === "term") {
        return { ...marked, terms: callExpr("eq", [expr.terms.term, output], true, expr.location) };
      }
      if (expr.terms.kind !== "call") return marked;
      return { ...marked, terms: { ...expr.terms, args: [...expr.terms.args, output] } };
    });
    return [...captured, ...checks];
  }

  #hasValue(expr: Expr): boolean {
    if (expr.negated || isAssignment(expr) || isEquality(expr)) return false;
    if (expr.terms.kind === "term") return true;
    if (expr.terms.kind !== "call") return false;
    const { operator, args } = expr.terms;
    const builtin = builtinOf(this.#c, operator);
    if (builtin && !builtin.decl.result) return false;
    return arityOf(this.#c, operator) === args.length;
  }

  /** Whether some ref of the body enumerates, or a relation is called. */
  #iterates(body: Body): boolean {
    let found = false;
    const check = (term: Term): boolean => {
      if (found || term.kind.endsWith("comprehension")) return true;
      if (term.kind !== "ref") return false;
      found =
        term.parts.slice(1).some((part) => part.kind === "var") ||
        builtinOf(this.#c, term)?.relation === true;
      return found;
    };
    walkBody(body, { term: check });
    return found;
  }

  #ordered(body: Body, names: ReadonlyMap<string, string>): Body {
    const arity = (operator: Parameters<typeof arityOf>[1]) => arityOf(this.#c, operator);
    const { body: ordered, unsafe } = reorderForSafety(body, arity, withRootDocuments());
    if (unsafe.size > 0) refuse(unsafeVarErrors(unsafe, names, ""));
    return ordered;
  }
}

function finishQuery(
  source: Body,
  body: Body,
  captures: ReadonlyMap<number, string>,
  names: ReadonlyMap<string, string>,
): CompiledQuery {
  const expressions: QueryExpression[] = [];
  for (const { origin } of body as readonly QueryExpr[]) {
    if (origin === undefined) continue;
    const original = source[origin] as Expr;
    const { location } = original;
    expressions.push({ original, capture: captures.get(origin), text: location.text, location });
  }
  return {
    body,
    originalNames: names,
    bindings: shownVars(body, names),
    expressions,
  };
}

/** Rows of imports count without the package above them. */
function withoutPackageRow(error: RegoError): RegoError {
  const { location } = error;
  if (!location || location.row === 1) return error;
  const { source, start, end, row, col } = location;
  return { ...error, location: new Location(source, start, end, row - 1, col) };
}

/** Vars of the query itself, by the name that results show. */
function shownVars(body: Body, names: ReadonlyMap<string, string>): Map<string, string> {
  const vars = new Set<string>();
  varsOfBody(body, OUTSIDE_CLOSURES, vars);
  const shown = new Map<string, string>();
  for (const local of vars) {
    const name = names.get(local) ?? local;
    if (!isGenerated(name) && !isWildcard(name) && !isRootName(local)) shown.set(name, local);
  }
  return shown;
}
