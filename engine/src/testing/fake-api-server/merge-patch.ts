import { getOwn, setOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../../kubernetes/object-meta.ts";

/** RFC 7386: members are merged, null deletes, everything else replaces. */
export function mergePatch(target: Value | undefined, patch: Value): Value {
  if (!isPlainObject(patch)) return patch;
  const before = isPlainObject(target) ? target : {};
  const merged: Record<string, Value> = {};
  for (const [key, value] of Object.entries(before)) setOwn(merged, key, value);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else setOwn(merged, key, mergePatch(getOwn(before, key), value));
  }
  return merged satisfies PlainObject;
}
