import { produce } from "immer";
import { isObject } from "../value/kind.ts";
import { parseJson } from "../value/json.ts";
import { RegoObject } from "../value/object.ts";
import { getOwn, setOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { StorageError } from "./change.ts";
import type { Change, Path } from "./change.ts";
import { freezeValue } from "./freeze.ts";

/**
 * The document after the changes, in their order; all of them or, with a {@link StorageError}, none. Each map that is
 * touched is copied once, however many of the changes touch it; everything else keeps its identity. The result is frozen.
 */
export function applyChanges(root: PlainObject, changes: readonly Change[]): PlainObject {
  const writes = changes.map(toWrite);
  // Immer's drafts would take `__proto__` for the prototype, and cannot be replaced as a whole and written to as well.
  if (writes.some(({ path }) => path.length === 0 || path.includes("__proto__"))) {
    return writes.reduce(writeByHand, root);
  }
  return produce(root, (draft) => {
    for (const { path, value } of writes) writeInto(draft as Draft, path, value);
  });
}

type Draft = Record<string, Value>;

/** A value to put, or undefined to delete. */
interface Write {
  readonly path: Path;
  readonly value: Value | undefined;
}

function toWrite(change: Change): Write {
  const { path } = change;
  if (change.op === "delete") return { path, value: undefined };
  if ("value" in change) return { path, value: freezeValue(change.value) };
  const parsed = parseJson(change.json);
  if (!parsed.ok) throw new StorageError("invalid_json", path, parsed.error.message);
  return { path, value: freezeValue(parsed.value) };
}

function writeInto(root: Draft, path: Path, value: Value | undefined): void {
  let map = root;
  for (let depth = 0; depth < path.length - 1; depth++) {
    const key = path[depth] as string;
    let child = Object.hasOwn(map, key) ? map[key] : undefined;
    if (child === undefined) {
      if (value === undefined) return;
      child = {};
      map[key] = child;
      // Read it again: Immer hands out drafts only on reading.
      child = map[key];
    }
    if (!isMap(child)) throw conflict(path, depth + 1);
    map = child;
  }
  const last = path[path.length - 1] as string;
  if (value !== undefined) map[last] = value;
  else if (Object.hasOwn(map, last)) delete map[last];
}

/** The same by copying the maps along the path, once for each write. */
function writeByHand(root: PlainObject, { path, value }: Write): PlainObject {
  if (path.length === 0) return wholeDocument(value);
  return copyWith(root, path, 0, value);
}

function copyWith(map: PlainObject, path: Path, depth: number, value: Value | undefined): PlainObject {
  const key = path[depth] as string;
  const child = getOwn(map, key);
  if (child === undefined && value === undefined) return map;
  const copy: Record<string, Value> = { ...map };
  if (depth === path.length - 1) {
    if (value === undefined) delete copy[key];
    else setOwn(copy, key, value);
  } else {
    if (child !== undefined && !isMap(child)) throw conflict(path, depth + 1);
    setOwn(copy, key, copyWith(child ?? {}, path, depth + 1, value));
  }
  return Object.freeze(copy);
}

function wholeDocument(value: Value | undefined): PlainObject {
  if (value === undefined) return Object.freeze({});
  if (isMap(value)) return value;
  throw conflict([], 0);
}

function isMap(value: Value): value is PlainObject {
  return isObject(value) && !(value instanceof RegoObject);
}

function conflict(path: Path, depth: number): StorageError {
  const place = path.slice(0, depth).join("/");
  return new StorageError("conflict", path, `\`${place}\` is not an object`);
}
