import type { Scan } from "../../plan/plan.ts";
import { Boxed } from "../../value/boxed.ts";
import { RegoObject } from "../../value/object.ts";
import { sortedKeys } from "../../value/plain-object.ts";
import { RegoSet } from "../../value/set.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import type { Frame } from "../machine.ts";
import type { Assembler, Run } from "./assembler.ts";

/**
 * Assembles the enumeration of a collection: array elements by position, entries of objects and elements of sets in sort
 * order. A scalar, or nothing, has no elements.
 */
export function assembleScan(step: Scan, rest: Run, assembler: Assembler): Run {
  const { budget } = assembler.machine;
  const over = assembler.operand(step.over);
  const keysOf = step.ordered ? sortedKeys : Object.keys;
  const slot = step.value ?? 0;
  if (step.key === undefined) {
    const each = (frame: Frame, value: Value): boolean => {
      budget.step();
      frame[slot] = value;
      return rest(frame);
    };
    return (frame) => {
      const collection = over(frame);
      if (typeof collection !== "object" || collection === null) return false;
      if (Array.isArray(collection)) {
        const array = collection as readonly Value[];
        for (let i = 0; i < array.length; i++) if (each(frame, array[i] as Value)) return true;
        return false;
      }
      if (collection instanceof Boxed)
        return eachBoxed(collection, (_, value) => each(frame, value), step.ordered);
      const object = collection as PlainObject;
      const keys = keysOf(object);
      for (let i = 0; i < keys.length; i++) if (each(frame, object[keys[i] as string] as Value)) return true;
      return false;
    };
  }
  const fit = assembler.fit(step.key);
  const each = (frame: Frame, key: Value, value: Value): boolean => {
    budget.step();
    if (!fit(frame, key)) return false;
    frame[slot] = value;
    return rest(frame);
  };
  return (frame) => {
    const collection = over(frame);
    if (typeof collection !== "object" || collection === null) return false;
    if (Array.isArray(collection)) {
      const array = collection as readonly Value[];
      for (let i = 0; i < array.length; i++) if (each(frame, i, array[i] as Value)) return true;
      return false;
    }
    if (collection instanceof Boxed)
      return eachBoxed(collection, (key, value) => each(frame, key, value), step.ordered);
    const object = collection as PlainObject;
    const keys = keysOf(object);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      if (each(frame, key, object[key] as Value)) return true;
    }
    return false;
  };
}

/** Visits the entries of any collection, in order where that is asked for, until `visit` returns true. */
export function eachEntry(
  collection: Value | undefined,
  visit: (key: Value, value: Value) => boolean,
  ordered = true,
): boolean {
  if (typeof collection !== "object" || collection === null) return false;
  if (Array.isArray(collection)) return (collection as readonly Value[]).some((value, i) => visit(i, value));
  if (collection instanceof Boxed) return eachBoxed(collection, visit, ordered);
  const object = collection as PlainObject;
  return (ordered ? sortedKeys : Object.keys)(object).some((key) => visit(key, object[key] as Value));
}

function eachBoxed(collection: Boxed, visit: (key: Value, value: Value) => boolean, ordered = true): boolean {
  if (collection instanceof RegoSet) {
    // Sorting compares elements with one another, which are often whole containers or volumes.
    for (const element of ordered ? collection.sorted() : collection)
      if (visit(element, element)) return true;
    return false;
  }
  return collection instanceof RegoObject && collection.entries().some(([key, value]) => visit(key, value));
}

/** Arrays, objects and sets: what can be enumerated. */
export function isCollection(value: Value | undefined): boolean {
  if (typeof value !== "object" || value === null) return false;
  return !(value instanceof Boxed) || value instanceof RegoSet || value instanceof RegoObject;
}
