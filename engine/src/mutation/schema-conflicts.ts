import { operationsOf } from "./applies-to.ts";
import { mutatorKey, type Mutator } from "./mutator.ts";
import type { Path } from "./path/path.ts";

/**
 * Which mutators disagree about the shape of the objects they change: one takes a field for an object where another takes
 * it for a list, for a list with another key, or for a text that has nothing below it. All of them are disabled until
 * the disagreement is gone. Returns, for the key of each mutator in conflict, the keys of all it is in conflict with,
 * itself included, sorted.
 */
export function schemaConflicts(mutators: readonly Mutator[]): ReadonlyMap<string, readonly string[]> {
  const trees = new Map<string, Node>();
  for (const mutator of mutators) {
    if (!mutator.schema) continue;
    for (const target of targetsOf(mutator)) {
      let root = trees.get(target);
      if (!root) trees.set(target, (root = newNode()));
      insert(root, mutator, mutator.path);
    }
  }
  const conflicts = new Map<string, Set<string>>();
  for (const root of trees.values()) collect(root, conflicts);
  return new Map([...conflicts].map(([key, others]) => [key, [...others].sort()]));
}

interface Node {
  /** By what the node is taken for, the mutators that do. */
  readonly types: Map<string, Set<string>>;
  /** Mutators that end here and allow nothing below. */
  readonly terminators: Set<string>;
  /** Mutators that go on below. */
  readonly passing: Set<string>;
  readonly children: Map<string, Node>;
}

function newNode(): Node {
  return { types: new Map(), terminators: new Set(), passing: new Set(), children: new Map() };
}

function* targetsOf(mutator: Mutator): Iterable<string> {
  for (const entry of mutator.applyTo ?? []) {
    for (const group of entry.groups) {
      for (const version of entry.versions) {
        for (const kind of entry.kinds) {
          for (const operation of operationsOf(entry))
            yield JSON.stringify([group, version, kind, operation]);
        }
      }
    }
  }
}

function insert(root: Node, mutator: Mutator, path: Path): void {
  const key = mutatorKey(mutator.id);
  let node = root;
  for (const [i, step] of path.entries()) {
    const name = step.kind === "object" ? `.${step.name}` : "[]";
    let child = node.children.get(name);
    if (!child) node.children.set(name, (child = newNode()));
    node = child;
    const next = path[i + 1];
    if (next) {
      addType(node, next.kind === "object" ? "object" : `list by ${next.keyField}`, key);
      node.passing.add(key);
    } else {
      const { type, mustTerminate } = mutator.schema as NonNullable<Mutator["schema"]>;
      if (type !== "unknown") addType(node, type, key);
      if (mustTerminate) node.terminators.add(key);
    }
  }
}

function addType(node: Node, type: string, key: string): void {
  const known = node.types.get(type);
  if (known) known.add(key);
  else node.types.set(type, new Set([key]));
}

function collect(node: Node, conflicts: Map<string, Set<string>>): void {
  if (node.types.size > 1)
    join(
      [...node.types.values()].flatMap((keys) => [...keys]),
      conflicts,
    );
  if (node.terminators.size > 0 && node.passing.size > 0)
    join([...node.terminators, ...node.passing], conflicts);
  for (const child of node.children.values()) collect(child, conflicts);
}

function join(keys: readonly string[], conflicts: Map<string, Set<string>>): void {
  for (const key of keys) {
    const others = conflicts.get(key) ?? new Set();
    for (const other of keys) others.add(other);
    conflicts.set(key, others);
  }
}
