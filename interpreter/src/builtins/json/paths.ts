import { isArray, isNumber, isSet } from "../../value/kind.ts";
import { ObjectBuilder, objectEntries } from "../../value/object.ts";
import type { RegoObject } from "../../value/object.ts";
import { RegoSet } from "../../value/set.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import type { BuiltinContext } from "../builtin.ts";
import type { PathTree } from "./path.ts";

/**
 * Keeps what lies at or below the paths. Array indices are strings in paths (`"a/0"`); a path that leads nowhere keeps
 * nothing, one that runs into a scalar keeps the scalar.
 */
export function filterPaths(value: Value, paths: PathTree, context: BuiltinContext): Value {
  context.collect(1);
  if (paths.leaf || isScalar(value)) return value;
  if (isArray(value)) {
    return value.flatMap((element, i) => {
      const below = paths.child(String(i));
      return below ? [filterPaths(element, below, context)] : [];
    });
  }
  if (isSet(value)) {
    const kept = new RegoSet();
    for (const element of value) {
      const below = paths.child(element);
      if (below) kept.add(filterPaths(element, below, context));
    }
    return kept;
  }
  const kept = new ObjectBuilder();
  for (const [key, member] of objectEntries(value as PlainObject | RegoObject)) {
    const below = paths.child(key);
    if (below) kept.set(key, filterPaths(member, below, context));
  }
  return kept.build();
}

/** Leaves out what lies at the paths; arrays close the gaps. */
export function removePaths(value: Value, paths: PathTree, context: BuiltinContext): Value {
  context.collect(1);
  if (isScalar(value)) return value;
  if (isArray(value)) context.collect(value.length);
  const without = (key: Value, member: Value): Value | undefined => {
    const below = paths.child(key);
    if (!below) return member;
    return below.leaf ? undefined : removePaths(member, below, context);
  };
  if (isArray(value)) {
    return value.flatMap((element, i) => {
      const rest = without(String(i), element);
      return rest === undefined ? [] : [rest];
    });
  }
  if (isSet(value)) {
    const kept = new RegoSet();
    for (const element of value) {
      const rest = without(element, element);
      if (rest !== undefined) kept.add(rest);
    }
    return kept;
  }
  const kept = new ObjectBuilder();
  for (const [key, member] of objectEntries(value as PlainObject | RegoObject)) {
    const rest = without(key, member);
    if (rest !== undefined) kept.set(key, rest);
  }
  return kept.build();
}

function isScalar(value: Value): boolean {
  return typeof value !== "object" || value === null || isNumber(value);
}
