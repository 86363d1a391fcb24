import { getOwn } from "../value/plain-object.ts";
import { isObject } from "../value/kind.ts";
import { RegoObject } from "../value/object.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { applyChanges } from "./apply.ts";
import type { Change, Path } from "./change.ts";
import { freezeValue } from "./freeze.ts";

/** The base document at one revision. It never changes; holding it costs what has changed since. */
export interface Snapshot {
  readonly revision: number;
  /** The whole document, frozen: what evaluation takes as `data`. */
  readonly root: PlainObject;
  /** The value at a path, or undefined. Paths lead through objects only. */
  read(path: Path): Value | undefined;
}

/** What a commit has done. */
export interface Commit {
  readonly changes: readonly Change[];
  readonly snapshot: Snapshot;
}

/** The base document and its history. */
export interface Store {
  snapshot(): Snapshot;
  /** One of the recent snapshots, while it is kept. */
  at(revision: number): Snapshot | undefined;
  /**
   * Applies all changes as one revision, and tells the subscribers. Put many changes into one commit: each commit copies
   * the maps that it touches. Throws StorageError, having changed nothing.
   */
  commit(changes: readonly Change[]): Snapshot;
  /** Calls the listener after each commit until the returned function is called. */
  subscribe(listener: (commit: Commit) => void): () => void;
}

export interface StoreOptions {
  /** The document at revision 0; it is frozen. Default `{}`. */
  readonly root?: PlainObject;
  /** How many snapshots `at` can give back. Default 16. */
  readonly keep?: number;
}

export function createStore(options: StoreOptions = {}): Store {
  const keep = Math.max(options.keep ?? 16, 1);
  const listeners = new Set<(commit: Commit) => void>();
  let current = snapshotOf(0, freezeValue(options.root ?? {}) as PlainObject);
  const recent: Snapshot[] = [current];
  return {
    snapshot: () => current,
    at: (revision) => recent.find((snapshot) => snapshot.revision === revision),
    commit(changes) {
      current = snapshotOf(current.revision + 1, applyChanges(current.root, changes));
      recent.push(current);
      if (recent.length > keep) recent.shift();
      const commit = { changes, snapshot: current };
      for (const listener of listeners) listener(commit);
      return commit.snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function snapshotOf(revision: number, root: PlainObject): Snapshot {
  return { revision, root, read: (path) => readPath(root, path) };
}

function readPath(root: PlainObject, path: Path): Value | undefined {
  let value: Value | undefined = root;
  for (const key of path) {
    if (!isObject(value) || value instanceof RegoObject) return undefined;
    value = getOwn(value, key);
  }
  return value;
}
