import type { RegoError } from "../../errors.ts";
import type { Body, CallExpr, Expr } from "../../syntax/ast.ts";
import { eachRule } from "../compilation.ts";
import { typeError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import { isEquality, refText } from "../nodes.ts";
import { arityOf, builtinOf } from "../operators.ts";
import { didYouMean } from "../../syntax/nearest-name.ts";
import { declaredFunction } from "../types/algebra.ts";
import { argError } from "../types/arg-error.ts";
import { TypeEnv } from "../types/type-env.ts";
import { walkBody } from "../../syntax/visit.ts";
import { walkRule } from "../walk.ts";
import type { Visitor } from "../../syntax/visit.ts";

/**
 * CheckUndefinedFuncs: every call names a builtin or function and has as many args as that takes, or one more
 * for the output.
 */
export function checkUndefinedFuncs(c: Compilation): void {
  eachRule(c, (rule) => c.errors.addAll(undefinedFuncsIn(c, (visitor) => walkRule(rule, visitor))));
}

export function undefinedFuncsInBody(c: Compilation, body: Body): readonly RegoError[] {
  return undefinedFuncsIn(c, (visitor) => walkBody(body, visitor));
}

function undefinedFuncsIn(c: Compilation, walk: (visitor: Visitor) => void): readonly RegoError[] {
  const errors: RegoError[] = [];
  walk({
    expr: (expr) => {
      if (expr.terms.kind !== "call") return false;
      const error = checkCall(c, expr, expr.terms);
      if (!error) return false;
      errors.push(error);
      return true;
    },
  });
  return errors;
}

function checkCall(c: Compilation, expr: Expr, call: CallExpr): RegoError | undefined {
  const arity = arityOf(c, call.operator);
  const given = call.args.length;
  if (arity < 0) {
    const name = refText(call.operator.parts);
    const error = typeError(`undefined function ${sourceName(c, call)}`, expr.location);
    const hint = didYouMean(name, [...c.builtins.keys()]);
    return hint === undefined ? error : { ...error, hint };
  }
  // A generated call has an output arg already.
  if (expr.generated) {
    if (isEquality(expr) || given === arity + 1) return undefined;
    return arityMismatch(c, expr, call, arity, given - 1);
  }
  if (given === arity || given === arity + 1) return undefined;
  return arityMismatch(c, expr, call, arity, given);
}

function arityMismatch(c: Compilation, expr: Expr, call: CallExpr, arity: number, given: number): RegoError {
  const builtin = builtinOf(c, call.operator);
  if (builtin) {
    const env = new TypeEnv(c.builtins, () => undefined);
    const have = call.args.map((arg) => env.typeOf(arg));
    return argError(
      `${builtin.name}: arity mismatch`,
      expr.location,
      have,
      declaredFunction(builtin.decl),
      false,
    ).error;
  }
  const noun = given === 1 ? "argument" : "arguments";
  const name = sourceName(c, call);
  return typeError(`function ${name} has arity ${arity}, got ${given} ${noun}`, expr.location);
}

function sourceName(c: Compilation, call: CallExpr): string {
  const parts = call.operator.parts.map((part) =>
    part.kind === "var" ? { ...part, name: c.originalNames.get(part.name) ?? part.name } : part,
  );
  return refText(parts);
}
