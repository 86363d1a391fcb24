import { isObject } from "../value/kind.ts";
import { valueAt } from "../value/index-access.ts";
import { ObjectBuilder, RegoObject, objectEntries, objectGet, objectSize } from "../value/object.ts";
import { equals } from "../value/order.ts";
import { setOwn } from "../value/plain-object.ts";
import { RegoSet } from "../value/set.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { OperandError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { arrayOperand, objectOperand, wrongElement, wrongType } from "./operands.ts";
import { ANY, BOOLEAN, arrayOf, named, objectOf, setOf, union } from "../value/type.ts";
export const objectsBuiltins = defineBuiltins([
  {
    name: "object.filter",
    decl: {
      args: [
        named("object", objectOf(ANY, ANY), "object to filter keys"),
        named("keys", union(arrayOf(ANY), objectOf(ANY, ANY), setOf(ANY)), "keys to keep in `object`"),
      ],
      result: named(
        "filtered",
        objectOf(ANY, ANY),
        "remaining data from `object` with only keys specified in `keys`",
      ),
    },
    description:
      'Filters the object by keeping only specified keys. For example: `object.filter({"a": {"b": "x", "c": "y"}, "d": "z"}, ["a"])` will result in `{"a": {"b": "x", "c": "y"}}`).',
    categories: ["object"],
    run: objectFilter,
  },
  {
    name: "object.get",
    decl: {
      args: [
        named("object", objectOf(ANY, ANY), "object to get `key` from"),
        named("key", ANY, "key to lookup in `object`"),
        named("default", ANY, "default to use when lookup fails"),
      ],
      result: named("value", ANY, "`object[key]` if present, otherwise `default`"),
    },
    description:
      'Returns value of an object\'s key if present, otherwise a default. If the supplied `key` is an `array`, then `object.get` will search through a nested object or array using each key in turn. For example: `object.get({"a": [{ "b": true }]}, ["a", 0, "b"], false)` results in `true`.',
    categories: ["object"],
    run: objectGetOr,
  },
  {
    name: "object.keys",
    decl: {
      args: [named("object", objectOf(ANY, ANY), "object to get keys from")],
      result: named("value", setOf(ANY), "set of `object`'s keys"),
    },
    description:
      'Returns a set of an object\'s keys. For example: `object.keys({"a": 1, "b": true, "c": "d")` results in `{"a", "b", "c"}`.',
    categories: ["object"],
    run: objectKeys,
  },
  {
    name: "object.remove",
    decl: {
      args: [
        named("object", objectOf(ANY, ANY), "object to remove keys from"),
        named("keys", union(arrayOf(ANY), objectOf(ANY, ANY), setOf(ANY)), "keys to remove from x"),
      ],
      result: named("output", objectOf(ANY, ANY), "result of removing the specified `keys` from `object`"),
    },
    description: "Removes specified keys from an object.",
    categories: ["object"],
    run: objectRemove,
  },
  {
    name: "object.subset",
    decl: {
      args: [
        named(
          "super",
          union(arrayOf(ANY), objectOf(ANY, ANY), setOf(ANY)),
          "object to test if sub is a subset of",
        ),
        named(
          "sub",
          union(arrayOf(ANY), objectOf(ANY, ANY), setOf(ANY)),
          "object to test if super is a superset of",
        ),
      ],
      result: named("result", BOOLEAN, "`true` if `sub` is a subset of `super`, otherwise undefined"),
    },
    description:
      'Determines if an object `sub` is a subset of another object `super`.Object `sub` is a subset of object `super` if and only if every key in `sub` is also in `super`, **and** for all keys which `sub` and `super` share, they have the same value. This function works with objects, sets, arrays and a set of array and set.If both arguments are objects, then the operation is recursive, e.g. `{"c": {"x": {10, 15, 20}}` is a subset of `{"a": "b", "c": {"x": {10, 15, 20, 25}, "y": "z"}`. If both arguments are sets, then this function checks if every element of `sub` is a member of `super`, but does not attempt to recurse. If both arguments are arrays, then this function checks if `sub` appears contiguously in order within `super`, and also does not attempt to recurse. If `super` is array and `sub` is set, then this function checks if `super` contains every element of `sub` with no consideration of ordering, and also does not attempt to recurse.',
    categories: ["object"],
    run: objectSubset,
  },
  {
    name: "object.union",
    decl: {
      args: [
        named("a", objectOf(ANY, ANY), "left-hand object"),
        named("b", objectOf(ANY, ANY), "right-hand object"),
      ],
      result: named(
        "output",
        objectOf(ANY, ANY),
        "a new object which is the result of an asymmetric recursive union of two objects where conflicts are resolved by choosing the key from the right-hand object `b`",
      ),
    },
    description:
      'Creates a new object of the asymmetric union of two objects. For example: `object.union({"a": 1, "b": 2, "c": {"d": 3}}, {"a": 7, "c": {"d": 4, "e": 5}})` will result in `{"a": 7, "b": 2, "c": {"d": 4, "e": 5}}`.',
    categories: ["object"],
    run: objectUnion,
  },
  {
    name: "object.union_n",
    decl: {
      args: [named("objects", arrayOf(objectOf(ANY, ANY)), "list of objects to merge")],
      result: named(
        "output",
        objectOf(ANY, ANY),
        "asymmetric recursive union of all objects in `objects`, merged from left to right, where conflicts are resolved by choosing the key from the right-hand object",
      ),
    },
    description:
      'Creates a new object that is the asymmetric union of all objects merged from left to right. For example: `object.union_n([{"a": 1}, {"b": 2}, {"a": 3}])` will result in `{"b": 2, "a": 3}`.',
    categories: ["object"],
    run: objectUnionN,
  },
]);

type AnyObject = PlainObject | RegoObject;

function objectFilter(args: readonly Value[], context: BuiltinContext): Value {
  const object = objectOperand(args[0], 1);
  const keys = keysOperand(args[1]);
  context.collect(keys.length);
  const kept = new ObjectBuilder();
  if (object instanceof RegoObject) {
    // Keys keep the spelling of the object: `1.0` may be asked for as `1`.
    const wanted = new RegoSet(keys);
    for (const [key, value] of object.entries()) if (wanted.has(key)) kept.set(key, value);
    return kept.build();
  }
  for (const key of keys) {
    const value = objectGet(object, key);
    if (value !== undefined) kept.set(key, value);
  }
  return kept.build();
}

function objectRemove(args: readonly Value[], context: BuiltinContext): Value {
  const object = objectOperand(args[0], 1);
  const removed = new RegoSet(keysOperand(args[1]));
  context.collect(objectSize(object));
  const kept = new ObjectBuilder();
  for (const [key, value] of objectEntries(object)) if (!removed.has(key)) kept.set(key, value);
  return kept.build();
}

/** A key, or a path as an array of keys, indexes and set elements; the empty path is the object itself. */
function objectGetOr(args: readonly Value[]): Value {
  const object = objectOperand(args[0], 1);
  const key = args[1] as Value;
  const otherwise = args[2] as Value;
  if (!Array.isArray(key)) return objectGet(object, key) ?? otherwise;
  let value: Value | undefined = object;
  for (const step of key as readonly Value[]) {
    value = valueAt(value, step);
    if (value === undefined) return otherwise;
  }
  return value;
}

function objectKeys(args: readonly Value[], context: BuiltinContext): Value {
  const object = objectOperand(args[0], 1);
  context.collect(objectSize(object));
  if (object instanceof RegoObject) return new RegoSet(object.entries().map(([key]) => key));
  return new RegoSet(Object.keys(object));
}

/**
 * `object.subset(super, sub)`: objects key by key and recursively, sets by element, arrays as a contiguous run; an array
 * also holds a set when it has all its elements.
 */
function objectSubset(args: readonly Value[], context: BuiltinContext): Value {
  const whole = args[0] as Value;
  const part = args[1] as Value;
  if (isObject(whole) && isObject(part)) return hasEntries(whole, part, context);
  if (whole instanceof RegoSet && part instanceof RegoSet) return hasElements(whole, part, context);
  if (Array.isArray(whole)) {
    if (Array.isArray(part)) return hasRun(whole as readonly Value[], part as readonly Value[], context);
    // OPA looks for the end of the set's elements behind each of the array's: an empty array has nothing, not even none.
    if (part instanceof RegoSet)
      return whole.length > 0 && hasElements(new RegoSet(whole as readonly Value[]), part, context);
  }
  throw new OperandError("both arguments object.subset must be of the same type or array and set");
}

function holds(whole: Value, part: Value, context: BuiltinContext): boolean {
  if (isObject(whole) && isObject(part)) return hasEntries(whole, part, context);
  if (whole instanceof RegoSet && part instanceof RegoSet) return hasElements(whole, part, context);
  if (Array.isArray(whole) && Array.isArray(part)) {
    return hasRun(whole as readonly Value[], part as readonly Value[], context);
  }
  return equals(whole, part);
}

function hasEntries(whole: AnyObject, part: AnyObject, context: BuiltinContext): boolean {
  context.charge(objectSize(part));
  return objectEntries(part).every(([key, value]) => {
    const theirs = objectGet(whole, key);
    return theirs !== undefined && holds(theirs, value, context);
  });
}

function hasElements(whole: RegoSet, part: RegoSet, context: BuiltinContext): boolean {
  context.charge(part.size);
  for (const element of part) if (!whole.has(element)) return false;
  return true;
}

function hasRun(whole: readonly Value[], part: readonly Value[], context: BuiltinContext): boolean {
  for (let start = 0; start + part.length <= whole.length; start++) {
    let matched = 0;
    while (matched < part.length && equals(whole[start + matched] as Value, part[matched] as Value))
      matched++;
    context.charge(matched + 1);
    if (matched === part.length) return true;
  }
  return false;
}

function objectUnion(args: readonly Value[], context: BuiltinContext): Value {
  return merge(objectOperand(args[0], 1), objectOperand(args[1], 2), context);
}

/** Merges from left to right: later values win, objects under one key are merged. */
function objectUnionN(args: readonly Value[], context: BuiltinContext): Value {
  const objects = arrayOperand(args[0], 1);
  let result: AnyObject = {};
  for (const object of objects) {
    if (!isObject(object)) throw wrongElement(1, "object", objects, object);
    result = merge(result, object, context);
  }
  return result;
}

function merge(a: AnyObject, b: AnyObject, context: BuiltinContext): AnyObject {
  context.collect(objectSize(a) + objectSize(b));
  if (!(a instanceof RegoObject) && !(b instanceof RegoObject)) return mergePlain(a, b, context);
  const merged = new ObjectBuilder();
  for (const [key, value] of objectEntries(a)) merged.set(key, value);
  for (const [key, value] of objectEntries(b)) {
    const before = merged.get(key);
    merged.set(key, isObject(before) && isObject(value) ? merge(before, value, context) : value);
  }
  return merged.build();
}

function mergePlain(a: PlainObject, b: PlainObject, context: BuiltinContext): PlainObject {
  const merged: Record<string, Value> = { ...a };
  for (const key of Object.keys(b)) {
    const value = b[key] as Value;
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setOwn(merged, key, isObject(before) && isObject(value) ? merge(before, value, context) : value);
  }
  return merged;
}

/** The keys that an object, array or set lists. */
function keysOperand(value: Value | undefined): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  if (value instanceof RegoSet) return value.sorted();
  if (isObject(value)) return objectEntries(value).map(([key]) => key);
  throw wrongType(2, ["object", "set", "array"], value);
}
