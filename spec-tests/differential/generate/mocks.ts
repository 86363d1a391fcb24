import { builtins } from "@portcullis/interpreter";
import type { Scope } from "./scope.ts";
import { literalText, termText } from "./terms.ts";
import { ANY, elementOf, mapOf, NUMBER, type Type } from "./types.ts";

/** One or two `with` modifiers for an expression, most of which it notices. */
export function withText(scope: Scope, expression: string, depth: number): string {
  const { c } = scope;
  const one = (): string => {
    switch (c.below(10)) {
      case 0:
        return `with input as ${termText(scope, mapOf(ANY), depth - 1)}`;
      case 1:
        return `with data.base.o as ${termText(scope, mapOf(NUMBER), depth - 1)}`;
      case 2:
        return `with data.lib.limit as ${termText(scope, NUMBER, 0)}`;
      case 3:
      case 4:
        return mockedCall(scope, expression);
      case 5:
        return mockedRule(scope, depth);
      case 6:
        return `with data.base as ${termText(scope, mapOf(ANY), depth - 1)}`;
      default:
        return `with input.${c.pick(["n", "xs", "o.a", "s", "new.x"])} as ${termText(scope, ANY, depth - 1)}`;
    }
  };
  return c.chance(25) ? `${one()} ${one()}` : one();
}

/** Replaces a function that the expression calls, where it calls one: by a value, a document, or a function as long. */
function mockedCall(scope: Scope, expression: string): string {
  const { c } = scope;
  const called = [...expression.matchAll(/\b([a-z_][\w.]*)\(/g)].map(([, name]) => name ?? "");
  const known = called.map((name) => targetOf(scope, name)).filter((target) => target !== undefined);
  const target = known.length > 0 ? c.pick(known) : { ref: "count", arity: 1, result: NUMBER };
  return `with ${target.ref} as ${c.way([
    () => literalText({ ...scope, variables: [], callables: [] }, target.result, 1),
    () => (target.arity === 1 ? "data.lib.fake_count" : "data.lib.pair"),
    () => c.pick(target.arity === 1 ? ["max", "count", "sum", "data.lib.inc"] : ["concat", "data.lib.pair"]),
    () => c.pick(["data.lib.limit", "data.lib.names", "data.lib.table", "data.base.n", "input.n"]),
    () => termText(scope, target.result, 1),
  ])}`;
}

interface Target {
  readonly ref: string;
  readonly arity: number;
  readonly result: Type;
}

function targetOf(scope: Scope, name: string): Target | undefined {
  const row = builtins.get(name);
  if (row) return { ref: name, arity: row.decl.args.length, result: row.decl.result ?? ANY };
  const own = scope.callables.find(({ ref }) => ref === name);
  return own?.args && { ref: name, arity: own.args.length, result: own.type };
}

/** A rule of the program, replaced as a whole. */
function mockedRule(scope: Scope, depth: number): string {
  const { c } = scope;
  const rules = scope.callables.filter(({ args }) => !args);
  if (rules.length === 0) return "with input.f as true";
  const { ref, type } = c.pick(rules);
  const value = c.chance(80) ? type : ANY;
  return `with ${ref} as ${termText(scope, elementOf(value) && c.chance(10) ? ANY : value, depth - 1)}`;
}
