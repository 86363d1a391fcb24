import { getOwn, setOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { DONE, refuse } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { isPlainObject, objectMeta } from "../kubernetes/object-meta.ts";
import type { GroupVersionKind } from "./sync-selection.ts";

/** The base document at one revision. Never changes. */
export interface Snapshot {
  readonly revision: number;
  /** `data`: `{ inventory: { cluster, namespace } }`. */
  readonly root: PlainObject;
}

/**
 * The objects templates can read as `data.inventory` (contract 3.2). A snapshot is immutable and free to take: the maps it
 * shares are copied when a later write touches them, once for any number of writes until the next snapshot.
 */
export class Inventory {
  #tree: Tree = {};
  /** Maps made since the last snapshot, which nobody else has seen: these may be written to. */
  #own = new WeakSet<Tree>();
  /** The snapshot of the present state, once one was taken: an older one would keep alive what is gone. */
  #snapshot: Snapshot | undefined;
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  snapshot(): Snapshot {
    if (!this.#snapshot) {
      this.#own = new WeakSet();
      this.#snapshot = { revision: this.#revision, root: { inventory: this.#tree } };
    }
    return this.#snapshot;
  }

  /** Puts or replaces an object. One that is being deleted is taken out instead: it will be gone before it is asked for. */
  put(object: PlainObject): Outcome {
    const path = inventoryPath(object);
    if (!path.ok) return path;
    if (isBeingDeleted(object)) this.#remove(path.value);
    else this.#put(path.value, object);
    return DONE;
  }

  remove(object: PlainObject): void {
    const path = inventoryPath(object);
    if (path.ok) this.#remove(path.value);
  }

  /** Takes out all objects, or all of one kind. */
  wipe(kind?: GroupVersionKind): void {
    if (kind) return this.#wipeKind(kind);
    if (Object.keys(this.#tree).length === 0) return;
    this.#tree = {};
    this.#changed();
  }

  #wipeKind({ group, version, kind }: GroupVersionKind): void {
    const tail = [group === "" ? version : `${group}/${version}`, kind];
    const namespaces = Object.keys((getOwn(this.#tree, "namespace") as Tree | undefined) ?? {});
    this.#remove(["cluster", ...tail]);
    for (const namespace of namespaces) this.#remove(["namespace", namespace, ...tail]);
  }

  /** The object at a path, as it is now. */
  read(path: readonly string[]): Value | undefined {
    let current: Value | undefined = this.#tree;
    for (const key of path) {
      if (!isPlainObject(current)) return undefined;
      current = getOwn(current, key);
    }
    return current;
  }

  #put(path: readonly string[], object: PlainObject): void {
    this.#tree = this.#writable(this.#tree);
    let map = this.#tree;
    for (const key of path.slice(0, -1)) {
      const child = this.#writable((getOwn(map, key) as Tree | undefined) ?? {});
      setOwn(map, key, child);
      map = child;
    }
    setOwn(map, path[path.length - 1] as string, object);
    this.#changed();
  }

  /** Takes out what stands at a path, and the maps it leaves empty. */
  #remove(path: readonly string[]): void {
    if (this.read(path) === undefined) return;
    this.#tree = this.#writable(this.#tree);
    const chain: Tree[] = [this.#tree];
    for (const key of path.slice(0, -1)) {
      const parent = chain[chain.length - 1] as Tree;
      const child = this.#writable(getOwn(parent, key) as Tree);
      setOwn(parent, key, child);
      chain.push(child);
    }
    for (let depth = path.length - 1; depth >= 0; depth--) {
      const map = chain[depth] as Tree;
      delete map[path[depth] as string];
      if (Object.keys(map).length > 0) break;
    }
    this.#changed();
  }

  #changed(): void {
    this.#revision++;
    this.#snapshot = undefined;
  }

  #writable(map: Tree): Tree {
    if (this.#own.has(map)) return map;
    const copy = { ...map };
    this.#own.add(copy);
    return copy;
  }
}

type Tree = Record<string, Value>;

/** Where an object stands below `data.inventory`: the group and version are one key. */
export function inventoryPath(object: PlainObject): Outcome<readonly string[]> {
  const meta = objectMeta(object);
  const fault = (what: string): Outcome<never> =>
    refuse("invalid_object", `invalid request object: resource ${meta.name} has no ${what}`);
  if (meta.version === "") return fault("version");
  if (meta.kind === "") return fault("kind");
  const groupVersion = meta.group === "" ? meta.version : `${meta.group}/${meta.version}`;
  const tail = [groupVersion, meta.kind, meta.name];
  const head = meta.namespace === "" ? ["cluster"] : ["namespace", meta.namespace];
  return { ok: true, value: [...head, ...tail] };
}

function isBeingDeleted(object: PlainObject): boolean {
  const metadata = getOwn(object, "metadata");
  const timestamp = isPlainObject(metadata) ? getOwn(metadata, "deletionTimestamp") : undefined;
  return timestamp !== undefined && timestamp !== null && timestamp !== "";
}
