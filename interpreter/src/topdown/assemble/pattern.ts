import { unreachable } from "../../errors.ts";
import type { Pattern } from "../../plan/plan.ts";
import { Boxed } from "../../value/boxed.ts";
import { valueAt } from "../../value/index-access.ts";
import { RegoObject } from "../../value/object.ts";
import { equals } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import type { Assembler, Fit } from "./assembler.ts";

/** Assembles the taking apart of a value. Slots it binds before failing are never read. */
export function assemblePattern(pattern: Pattern, assembler: Assembler): Fit {
  switch (pattern.op) {
    case "any":
      return () => true;
    case "bind": {
      const { slot } = pattern;
      return (frame, value) => {
        frame[slot] = value;
        return true;
      };
    }
    case "equal": {
      const wanted = assembler.operand(pattern.value);
      return (frame, value) => {
        const other = wanted(frame);
        return other !== undefined && equals(value, other);
      };
    }
    case "array": {
      const items = pattern.items.map(assembler.fit);
      return (frame, value) => {
        if (!Array.isArray(value)) return false;
        const array = value as readonly Value[];
        return array.length === items.length && items.every((fit, i) => fit(frame, array[i] as Value));
      };
    }
    case "object": {
      const entries = pattern.entries.map(
        ([key, value]) => [assembler.operand(key), assembler.fit(value)] as const,
      );
      return (frame, value) => {
        if (entryCount(value) !== entries.length) return false;
        return entries.every(([key, fit]) => {
          const given = key(frame);
          const found = given === undefined ? undefined : valueAt(value, given);
          return found !== undefined && fit(frame, found);
        });
      };
    }
    default:
      return unreachable(pattern);
  }
}

/** How many entries an object has; -1 for what is no object. */
export function entryCount(value: Value): number {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return -1;
  if (value instanceof Boxed) return value instanceof RegoObject ? value.size : -1;
  return Object.keys(value).length;
}
