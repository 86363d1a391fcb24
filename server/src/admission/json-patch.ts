import { equals, getOwn, isArray, isObject, RegoObject } from "@portcullis/interpreter";
import type { PlainObject, RegoArray, Value } from "@portcullis/interpreter";

/** One step of a JSON Patch (RFC 6902), as far as a difference needs them. */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: Value }
  | { readonly op: "remove"; readonly path: string };

/**
 * The patch that makes `after` of `before`: fields by name, list elements by place. Elements at the end of a list are removed
 * from the last one on, so that every path holds when its turn comes. Empty when the two are equal.
 */
export function jsonPatch(before: Value, after: Value): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  compare(before, after, "", operations);
  return operations;
}

function compare(before: Value, after: Value, path: string, operations: PatchOperation[]): void {
  if (isPlain(before) && isPlain(after)) compareObjects(before, after, path, operations);
  else if (isArray(before) && isArray(after)) compareArrays(before, after, path, operations);
  else if (!equals(before, after)) operations.push({ op: "replace", path, value: after });
}

function compareObjects(
  before: PlainObject,
  after: PlainObject,
  path: string,
  operations: PatchOperation[],
): void {
  for (const [key, value] of Object.entries(before)) {
    const now = getOwn(after, key);
    if (now === undefined) operations.push({ op: "remove", path: `${path}/${escape(key)}` });
    else compare(value, now, `${path}/${escape(key)}`, operations);
  }
  for (const [key, value] of Object.entries(after)) {
    if (getOwn(before, key) === undefined)
      operations.push({ op: "add", path: `${path}/${escape(key)}`, value });
  }
}

function compareArrays(
  before: RegoArray,
  after: RegoArray,
  path: string,
  operations: PatchOperation[],
): void {
  const shared = Math.min(before.length, after.length);
  for (let i = 0; i < shared; i++) {
    compare(before[i] as Value, after[i] as Value, `${path}/${i}`, operations);
  }
  for (let i = before.length - 1; i >= shared; i--) operations.push({ op: "remove", path: `${path}/${i}` });
  for (let i = shared; i < after.length; i++) {
    operations.push({ op: "add", path: `${path}/${i}`, value: after[i] as Value });
  }
}

/** Objects read from JSON are plain ones; others never come from a mutator. */
function isPlain(value: Value): value is PlainObject {
  return isObject(value) && !(value instanceof RegoObject);
}

/** RFC 6901: `~` and `/` in a key. */
function escape(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
