import { valueAt } from "../value/index-access.ts";
import { RegoObject } from "../value/object.ts";
import { compare, equals } from "../value/order.ts";
import { RegoSet } from "../value/set.ts";
import { Boxed } from "../value/boxed.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { ANY, BOOLEAN, named } from "../value/type.ts";
export const comparisonBuiltins = defineBuiltins([
  {
    name: "assign",
    decl: { args: [ANY, ANY], result: BOOLEAN },
    description: "",
    categories: [],
    infix: ":=",
    run: equal,
  },
  {
    name: "eq",
    decl: { args: [ANY, ANY], result: BOOLEAN },
    description: "",
    categories: [],
    infix: "=",
    run: equal,
  },
  {
    name: "equal",
    decl: {
      args: [named("x", ANY), named("y", ANY)],
      result: named("result", BOOLEAN, "true if `x` is equal to `y`; false otherwise"),
    },
    description: "",
    categories: ["comparison"],
    infix: "==",
    run: equal,
  },
  {
    name: "gt",
    decl: {
      args: [named("x", ANY), named("y", ANY)],
      result: named("result", BOOLEAN, "true if `x` is greater than `y`; false otherwise"),
    },
    description: "",
    categories: ["comparison"],
    infix: ">",
    run: gt,
  },
  {
    name: "gte",
    decl: {
      args: [named("x", ANY), named("y", ANY)],
      result: named("result", BOOLEAN, "true if `x` is greater or equal to `y`; false otherwise"),
    },
    description: "",
    categories: ["comparison"],
    infix: ">=",
    run: gte,
  },
  {
    name: "lt",
    decl: {
      args: [named("x", ANY), named("y", ANY)],
      result: named("result", BOOLEAN, "true if `x` is less than `y`; false otherwise"),
    },
    description: "",
    categories: ["comparison"],
    infix: "<",
    run: lt,
  },
  {
    name: "lte",
    decl: {
      args: [named("x", ANY), named("y", ANY)],
      result: named("result", BOOLEAN, "true if `x` is less than or equal to `y`; false otherwise"),
    },
    description: "",
    categories: ["comparison"],
    infix: "<=",
    run: lte,
  },
  {
    name: "neq",
    decl: {
      args: [named("x", ANY), named("y", ANY)],
      result: named("result", BOOLEAN, "true if `x` is not equal to `y`; false otherwise"),
    },
    description: "",
    categories: ["comparison"],
    infix: "!=",
    run: neq,
  },
  {
    name: "internal.member_2",
    decl: { args: [ANY, ANY], result: BOOLEAN },
    description: "",
    categories: ["internal"],
    infix: "in",
    run: member2,
  },
  {
    name: "internal.member_3",
    decl: { args: [ANY, ANY, ANY], result: BOOLEAN },
    description: "",
    categories: ["internal"],
    infix: "in",
    run: member3,
  },
]);

/** `=` and `:=` are unification; what reaches these rows are calls on values, for which it is equality. */
function equal(args: readonly Value[]): boolean {
  return equals(args[0] as Value, args[1] as Value);
}

function neq(args: readonly Value[]): boolean {
  return !equals(args[0] as Value, args[1] as Value);
}

function gt(args: readonly Value[]): boolean {
  return compare(args[0] as Value, args[1] as Value) > 0;
}

function gte(args: readonly Value[]): boolean {
  return compare(args[0] as Value, args[1] as Value) >= 0;
}

function lt(args: readonly Value[]): boolean {
  return compare(args[0] as Value, args[1] as Value) < 0;
}

function lte(args: readonly Value[]): boolean {
  return compare(args[0] as Value, args[1] as Value) <= 0;
}

/** `x in xs`: an element of an array or set, a value of an object. Nothing is in a value that is no collection. */
function member2(args: readonly Value[], context: BuiltinContext): boolean {
  const member = args[0] as Value;
  const collection = args[1] as Value;
  if (typeof collection !== "object" || collection === null) return false;
  if (collection instanceof RegoSet) return collection.has(member);
  if (Array.isArray(collection)) return isAmong(member, collection as readonly Value[], context);
  if (collection instanceof RegoObject) {
    return collection.entries().some((entry) => equals(entry[1], member));
  }
  return !(collection instanceof Boxed) && isAmong(member, Object.values(collection as PlainObject), context);
}

/** `k, v in xs`: the value under a key or index; an element of a set is its own key. */
function member3(args: readonly Value[]): boolean {
  const value = valueAt(args[2] as Value, args[0] as Value);
  return value !== undefined && equals(value, args[1] as Value);
}

function isAmong(member: Value, values: readonly Value[], context: BuiltinContext): boolean {
  context.charge(values.length >> 3);
  if (typeof member === "string" || typeof member === "boolean" || member === null)
    return values.includes(member);
  for (let i = 0; i < values.length; i++) if (equals(values[i] as Value, member)) return true;
  return false;
}
