import { getOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";

/** What turns one state of an inventory into another. */
export interface InventoryChanges {
  /** New or replaced, as they are now. */
  readonly put: readonly PlainObject[];
  /** Gone, as they were. */
  readonly removed: readonly PlainObject[];
}

/** `cluster/<group version>/<kind>/<name>`, `namespace/<namespace>/<group version>/<kind>/<name>`. */
const DEPTHS: Readonly<Record<string, number>> = { cluster: 3, namespace: 4 };

/** Compares two states (`Client.inventory()`): what both share is not looked at, so the cost is that of the changes. */
export function inventoryChanges(before: PlainObject, after: PlainObject): InventoryChanges {
  const put: PlainObject[] = [];
  const removed: PlainObject[] = [];
  const visit = (old: Value | undefined, now: Value | undefined, depth: number): void => {
    if (old === now) return;
    if (depth === 0) {
      if (isPlainObject(now)) put.push(now);
      else if (isPlainObject(old)) removed.push(old);
      return;
    }
    const was = isPlainObject(old) ? old : NONE;
    const is = isPlainObject(now) ? now : NONE;
    for (const key of Object.keys(is)) visit(getOwn(was, key), getOwn(is, key), depth - 1);
    for (const key of Object.keys(was)) {
      if (getOwn(is, key) === undefined) visit(getOwn(was, key), undefined, depth - 1);
    }
  };
  for (const [root, depth] of Object.entries(DEPTHS)) visit(getOwn(before, root), getOwn(after, root), depth);
  return { put, removed };
}

const NONE: PlainObject = Object.freeze({});
