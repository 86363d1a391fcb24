import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../kubernetes/object-meta.ts";
import { keyOf } from "./resource.ts";

export interface Change {
  /** See `keyOf`. */
  readonly key: string;
  /** The new state; undefined: deleted. */
  readonly object: PlainObject | undefined;
  /** The state that the cache showed before; undefined: new. Both differ in uid when the object was made anew. */
  readonly previous: PlainObject | undefined;
}

/** What the server had when last heard of. Keeps its content while the server is away. */
export interface ObjectCache {
  readonly size: number;
  get(key: string): PlainObject | undefined;
  keys(): IterableIterator<string>;
  values(): IterableIterator<PlainObject>;
}

/** The cache of a list-watch: each method says what it changed, and says nothing twice. */
export class ChangingCache implements ObjectCache {
  readonly #objects = new Map<string, PlainObject>();
  readonly #project: (object: PlainObject) => PlainObject;

  constructor(project: (object: PlainObject) => PlainObject) {
    this.#project = project;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): PlainObject | undefined {
    return this.#objects.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  values(): IterableIterator<PlainObject> {
    return this.#objects.values();
  }

  /** Undefined where the cache shows that very state already, as after a list that overlaps with a watch. */
  put(object: PlainObject): Change | undefined {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous !== undefined && isSameState(previous, object)) return undefined;
    const kept = this.#project(object);
    this.#objects.set(key, kept);
    return { key, object: kept, previous };
  }

  remove(key: string): Change | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#objects.delete(key);
    return { key, object: undefined, previous };
  }
}

function isSameState(a: PlainObject, b: PlainObject): boolean {
  return (
    textAt(a, "metadata", "resourceVersion") === textAt(b, "metadata", "resourceVersion") &&
    textAt(a, "metadata", "uid") === textAt(b, "metadata", "uid")
  );
}
