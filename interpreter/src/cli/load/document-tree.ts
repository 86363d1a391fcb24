import { isObject } from "../../value/kind.ts";
import { getOwn, setOwn } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { FileError } from "./paths.ts";

/** Base documents put together from several files. Files may share objects, but not what is in them. */
export class DocumentTree {
  readonly root: PlainObject = {};
  /** The file that first had a key, by its path. */
  readonly #origins = new Map<string, string>();

  /** Merges a document below a path. Throws {@link FileError} where another file has the same key, or it is no object. */
  add(mount: readonly string[], document: Value, file: string): void {
    const nested = mount.reduceRight<Value>(under, document);
    if (!isObject(nested)) throw new FileError(`${file}: document must be of type object`);
    this.#merge(this.root, nested as PlainObject, ["data"], file);
  }

  #merge(into: Record<string, Value>, from: PlainObject, path: readonly string[], file: string): void {
    for (const [key, value] of Object.entries(from)) {
      const existing = getOwn(into, key);
      const at = [...path, key];
      const name = at.join(".");
      if (existing === undefined) {
        this.#origins.set(name, file);
        setOwn(into, key, isObject(value) ? {} : value);
        if (isObject(value)) this.#merge(into[key] as Record<string, Value>, value as PlainObject, at, file);
      } else if (isObject(existing) && isObject(value)) {
        this.#merge(existing as Record<string, Value>, value as PlainObject, at, file);
      } else {
        const other = this.#origins.get(name) ?? "another file";
        throw new FileError(`${file}: merge error: conflicting values at ${name}, also defined in ${other}`);
      }
    }
  }
}

function under(value: Value, key: string): Value {
  const object: Record<string, Value> = {};
  setOwn(object, key, value);
  return object;
}

/** Whether a document has something at a path. */
export function hasDocument(root: PlainObject, path: readonly string[]): boolean {
  let at: Value | undefined = root;
  for (const key of path) {
    if (at === undefined || !isObject(at)) return false;
    at = getOwn(at as PlainObject, key);
    if (at === undefined) return false;
  }
  return true;
}
