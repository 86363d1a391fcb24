import type { RegoError } from "../../errors.ts";
import type { Body, CallExpr, Expr, RefTerm, Term, With } from "../../syntax/ast.ts";
import type { Value } from "../../value/value.ts";
import { typeError } from "../error-list.ts";
import { groundLength, isCallOf, isEquality, isRootDocument, refText } from "../nodes.ts";
import { walkExpr } from "../../syntax/visit.ts";
import { isComprehension } from "../walk.ts";
import { argError } from "./arg-error.ts";
import {
  ANY,
  arrayType,
  either,
  hasUnknown,
  keysOf,
  objectType,
  setType,
  unifies,
  valuesOf,
} from "./algebra.ts";
import type { FunctionInferred, Inferred } from "./algebra.ts";
import { RefChecker } from "./check-refs.ts";
import type { RefWriter } from "./check-refs.ts";
import { matchError } from "./match-error.ts";
import type { TypeEnv } from "./type-env.ts";
import type { TypeFault } from "./type-fault.ts";
import { TypeTree } from "./type-tree.ts";
import { unifyTerm, unifyTerms } from "./unify-types.ts";

type Known = Inferred | undefined;

export interface CheckedBody {
  /** What the body tells about its vars. */
  readonly env: TypeEnv;
  readonly errors: readonly RegoError[];
}

/** Paths of the rules that depend on a document, so that a `with` replacing it may change them. */
export type DependentPaths = (target: RefTerm) => readonly (readonly Value[])[];

/** Checks bodies expression by expression, in the order in which they are evaluated. */
export class BodyChecker {
  readonly #write: RefWriter;
  readonly #dependents: DependentPaths;
  readonly #called: Set<string>;
  readonly #closures = new WeakMap<Term, { readonly type: Known; readonly errors: readonly RegoError[] }>();

  /** `called` gets the names of the functions that checked expressions call. */
  constructor(write: RefWriter, dependents: DependentPaths, called = new Set<string>()) {
    this.#write = write;
    this.#dependents = dependents;
    this.#called = called;
  }

  check(outer: TypeEnv, body: Body): CheckedBody {
    const env = outer.inner((term, inside) => this.#comprehension(term, inside).type);
    const errors: RegoError[] = [];
    for (const expr of body) this.#expr(env, expr, errors);
    return { env, errors };
  }

  #expr(bodyEnv: TypeEnv, expr: Expr, errors: RegoError[]): void {
    const env = expr.with.length > 0 ? this.#withEnv(bodyEnv, expr) : bodyEnv;
    const closureErrors = this.#closureErrors(env, expr);
    errors.push(...closureErrors);
    const refs = new RefChecker(env, this.#write);
    refs.check(expr);
    errors.push(...refs.errors);
    const fault = checkMocks(env, expr) ?? this.#checkTerms(env, expr);
    if (!fault) return;
    // What is unknown because of an error reported already is no second error.
    const isConsequence = fault.unknown && (closureErrors.length > 0 || refs.errors.length > 0);
    if (!isConsequence) errors.push(fault.error);
  }

  #checkTerms(env: TypeEnv, expr: Expr): TypeFault | undefined {
    if (expr.terms.kind !== "call") return undefined;
    this.#called.add(refText(expr.terms.operator.parts));
    if (isEquality(expr)) return checkEquality(env, expr, expr.terms);
    return checkMembership(env, expr) ?? checkCall(env, expr, expr.terms);
  }

  /** Of several comprehensions with errors in one expression the last one is reported, as in OPA. */
  #closureErrors(env: TypeEnv, expr: Expr): readonly RegoError[] {
    let errors: readonly RegoError[] = [];
    walkExpr(expr, {
      term: (term) => {
        if (!isComprehension(term)) return false;
        const found = this.#comprehension(term, env).errors;
        if (found.length > 0) errors = found;
        return true;
      },
    });
    return errors;
  }

  /** Checked once, where it is met first. */
  #comprehension(term: Term, env: TypeEnv): { readonly type: Known; readonly errors: readonly RegoError[] } {
    const known = this.#closures.get(term);
    if (known) return known;
    const result = this.#checkComprehension(term, env);
    this.#closures.set(term, result);
    return result;
  }

  #checkComprehension(
    term: Term,
    outer: TypeEnv,
  ): { readonly type: Known; readonly errors: readonly RegoError[] } {
    if (
      term.kind !== "array-comprehension" &&
      term.kind !== "set-comprehension" &&
      term.kind !== "object-comprehension"
    ) {
      return { type: undefined, errors: [] };
    }
    const { env, errors } = this.check(outer, term.body);
    if (errors.length > 0) return { type: undefined, errors };
    if (term.kind === "array-comprehension") return { type: arrayType([], env.typeOf(term.head)), errors };
    if (term.kind === "set-comprehension") return { type: setType(env.typeOf(term.head)), errors };
    return { type: objectType([], { key: env.typeOf(term.key), value: env.typeOf(term.value) }), errors };
  }

  /** Replaced documents may have the type of the new value, and rules that depend on them any type. */
  #withEnv(env: TypeEnv, expr: Expr): TypeEnv {
    let current = env;
    const replaced: { readonly path: readonly Value[]; readonly type: Inferred }[] = [];
    for (const modifier of expr.with) {
      const target = targetRef(modifier);
      if (!target) continue;
      const type = env.typeOfRef(target.parts);
      const isFunction = type?.kind === "function";
      const paths = this.#dependents(target);
      const own = isFunction ? pathOf(target.parts) : undefined;
      const others = own ? paths.filter((path) => !samePath(path, own)) : paths;
      if (others.length > 0) {
        const tree = new TypeTree(null);
        for (const path of others) tree.put(path, ANY);
        current = current.replacing(tree);
      }
      if (isFunction) continue;
      const ground = groundLength(target.parts);
      const value = ground === target.parts.length ? env.typeOf(modifier.value) : undefined;
      replaced.push({
        path: pathOf(target.parts.slice(0, ground)),
        type: (value && type && either(type, value)) ?? ANY,
      });
    }
    if (replaced.length === 0) return current;
    const tree = new TypeTree(null);
    for (const { path, type } of replaced) tree.put(path, type);
    return current.replacing(tree);
  }
}

function targetRef({ target }: With): RefTerm | undefined {
  if (target.kind === "ref") return target;
  return isRootDocument(target) ? { kind: "ref", parts: [target], location: target.location } : undefined;
}

function pathOf(parts: readonly Term[]): readonly Value[] {
  return parts.map((part) => (part.kind === "scalar" ? part.value : part.kind === "var" ? part.name : ""));
}

function samePath(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** A function can only be replaced by one with as many args. */
function checkMocks(env: TypeEnv, expr: Expr): TypeFault | undefined {
  for (const { target, value, location } of expr.with) {
    if (target.kind !== "ref") continue;
    const wanted = env.typeOf(target);
    const given = env.typeOf(value);
    if (wanted?.kind !== "function" || given?.kind !== "function" || unifies(wanted, given)) continue;
    return argError(`${refText(target.parts)}: arity mismatch`, location, given.args, wanted, false);
  }
  return undefined;
}

function checkEquality(env: TypeEnv, expr: Expr, call: CallExpr): TypeFault | undefined {
  const [a, b] = call.args as readonly [Term | undefined, Term | undefined];
  if (!a || !b || call.args.length !== 2) {
    const problem = call.args.length < 2 ? "too few arguments" : "too many arguments";
    const types = call.args.map((arg) => env.typeOf(arg));
    return argError(
      `eq: ${problem}`,
      expr.location,
      types,
      env.typeOf(call.operator) as FunctionInferred,
      false,
    );
  }
  const typeA = env.typeOf(a);
  const typeB = env.typeOf(b);
  return unifyTerms(env, a, typeA, b, typeB) ? undefined : matchError(expr.location, typeA, typeB);
}

/** `x in xs`: x can be an element of xs. The declared types say nothing about that. */
function checkMembership(env: TypeEnv, expr: Expr): TypeFault | undefined {
  const withKey = isCallOf(expr, "internal.member_3");
  if ((!withKey && !isCallOf(expr, "internal.member_2")) || expr.terms.kind !== "call") return undefined;
  const arity = withKey ? 3 : 2;
  const { args } = expr.terms;
  if (args.length < arity) return undefined;
  const collection = env.typeOf(args[arity - 1] as Term);
  const values = valuesOf(collection);
  if (!values) return undefined;
  const key = withKey ? checkMember(env, expr, args[0] as Term, keysOf(collection)) : undefined;
  return key ?? checkMember(env, expr, args[arity - 2] as Term, values);
}

function checkMember(env: TypeEnv, expr: Expr, term: Term, type: Known): TypeFault | undefined {
  if (hasUnknown(type)) return undefined;
  const have = env.typeOf(term);
  const clash = !hasUnknown(have) && !unifies(have, type);
  return clash || !unifyTerm(env, term, type, false) ? matchError(expr.location, have, type) : undefined;
}

function checkCall(env: TypeEnv, expr: Expr, call: CallExpr): TypeFault | undefined {
  const type = env.typeOf(call.operator);
  const name = refText(call.operator.parts);
  if (type?.kind === "any" && type.of.length === 0) return undefined;
  if (type?.kind !== "function") {
    return { error: typeError(`undefined function ${name}`, expr.location), unknown: false };
  }
  const wanted = type.result ? [...type.args, type.result] : type.args;
  const before = call.args.map((arg) => env.typeOf(arg));
  const fail = (problem: string, have: readonly Known[]): TypeFault =>
    argError(`${name}: ${problem}`, expr.location, have, type, true);
  if (call.args.length > wanted.length && !type.variadic) return fail("too many arguments", before);
  if (call.args.length < type.args.length) return fail("too few arguments", before);
  for (const [index, arg] of call.args.entries()) {
    const want = index < wanted.length ? wanted[index] : type.variadic;
    const have = before[index];
    if (!hasUnknown(have) && !unifies(have, want)) return fail("invalid argument(s)", before);
    if (!unifyTerm(env, arg, want, false)) {
      return fail(
        "invalid argument(s)",
        call.args.map((each) => env.typeOf(each)),
      );
    }
  }
  return undefined;
}
