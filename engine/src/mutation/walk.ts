import {
  equals,
  getOwn,
  isArray,
  isObject,
  kindOf,
  setOwn,
  type PlainObject,
  type Value,
} from "@portcullis/interpreter";
import { printPath } from "./path/path.ts";
import type { ListNode, Path, PathNode } from "./path/path.ts";
import type { PathTests } from "./path/path-tests.ts";

/** What a mutator does at the end of its location. */
export interface Setter {
  /** The new value of the field; undefined leaves all as it is. Throws {@link MutationError}. */
  setField(existing: Value | undefined): Value | undefined;
  /** The element to put where a list selector ends the location. Throws {@link MutationError}. */
  setElement?(node: ListNode): Value;
}

/** A mutation that this object cannot take; the whole request fails. */
export class MutationError extends Error {
  override readonly name = "MutationError";
}

/**
 * Applies a setter at a location: missing fields and list elements on the way are made, unless a path test forbids it. The
 * object given is not changed; unchanged parts are shared. Returns undefined when nothing was set.
 */
export function mutateAt(
  object: PlainObject,
  path: Path,
  tests: PathTests,
  setter: Setter,
): PlainObject | undefined {
  if (path.length === 0) throw new MutationError("attempting to mutate an empty target location");
  return step(object, 0) as PlainObject | undefined;

  /** The value that takes the place of `current` after the nodes from `depth` on were applied; undefined: unchanged. */
  function step(current: Value | undefined, depth: number): Value | undefined {
    const node = path[depth] as PathNode;
    return node.kind === "object" ? inObject(current, node.name, depth) : inList(current, node, depth);
  }

  function inObject(current: Value | undefined, name: string, depth: number): Value | undefined {
    if (!isObject(current)) {
      throw new MutationError(
        `mismatch between path entry (type: object) and received object (type: ${goType(current)}). Path: ${name}`,
      );
    }
    const fields = current as PlainObject;
    const existing = getOwn(fields, name);
    if (!permitted(tests, depth + 1, existing !== undefined)) return undefined;
    if (depth === path.length - 1) return withField(fields, name, setter.setField(existing));
    // What is null is there, and is neither an object nor a list.
    const child =
      existing === undefined ? ((path[depth + 1] as PathNode).kind === "list" ? [] : {}) : existing;
    return withField(fields, name, step(child, depth + 1));
  }

  function inList(current: Value | undefined, node: ListNode, depth: number): Value | undefined {
    if (!isArray(current)) {
      throw new MutationError(
        `mismatch between path entry (type: List) and received object (type: ${goType(current)}). Path: ${printPath([node])}`,
      );
    }
    if (depth === path.length - 1) return atElement(current, node, depth);
    const changed = [...current];
    let mutated = false;
    let found = node.keyValue === undefined;
    for (const [i, element] of current.entries()) {
      if (node.keyValue !== undefined) {
        if (!hasKey(element, node)) continue;
        found = true;
      }
      if (!permitted(tests, depth + 1, true)) continue;
      const replaced = step(element, depth + 1);
      if (replaced === undefined) continue;
      changed[i] = replaced;
      mutated = true;
    }
    if (!found && permitted(tests, depth + 1, false)) {
      const added = step({ [node.keyField]: node.keyValue as Value }, depth + 1);
      if (added !== undefined) {
        changed.push(added);
        mutated = true;
      }
    }
    return mutated ? changed : undefined;
  }

  function atElement(current: readonly Value[], node: ListNode, depth: number): Value | undefined {
    if (!setter.setElement || node.keyValue === undefined)
      throw new MutationError("can't append to a globbed list");
    const at = current.findIndex((element) => hasKey(element, node));
    if (!permitted(tests, depth + 1, at >= 0)) return undefined;
    const element = setter.setElement(node);
    return at >= 0 ? current.with(at, element) : [...current, element];
  }
}

function permitted(tests: PathTests, depth: number, exists: boolean): boolean {
  const condition = tests.get(depth);
  return condition === undefined || (condition === "MustExist") === exists;
}

function hasKey(element: Value, node: ListNode): boolean {
  if (!isObject(element)) return false;
  const key = getOwn(element as PlainObject, node.keyField);
  return key !== undefined && node.keyValue !== undefined && equals(key, node.keyValue);
}

function withField(object: PlainObject, name: string, value: Value | undefined): PlainObject | undefined {
  if (value === undefined) return undefined;
  const copy = { ...object };
  setOwn(copy, name, value);
  return copy;
}

/** How Go names the type of a decoded JSON value: part of Gatekeeper's message. */
function goType(value: Value | undefined): string {
  if (value === undefined || value === null) return "<nil>";
  switch (kindOf(value)) {
    case "array":
      return "[]interface {}";
    case "object":
      return "map[string]interface {}";
    case "boolean":
      return "bool";
    case "number":
      return typeof value === "number" && Number.isInteger(value) ? "int64" : "float64";
    default:
      return "string";
  }
}
