import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, objectMeta, textAt } from "../kubernetes/object-meta.ts";

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Which kinds are copied into `data.inventory`. */
export interface SyncSelection {
  /** Sorted by group, version and kind. */
  readonly kinds: readonly GroupVersionKind[];
  includes(object: PlainObject): boolean;
}

/** What the Config (`spec.sync.syncOnly`) and all SyncSets (`spec.gvks`) ask for together. */
export function syncedKinds(sources: {
  readonly config?: PlainObject | undefined;
  readonly syncSets?: readonly PlainObject[];
}): SyncSelection {
  const wanted = [
    ...listAt(sources.config, "spec", "sync", "syncOnly"),
    ...(sources.syncSets ?? []).flatMap((set) => listAt(set, "spec", "gvks")),
  ];
  const byKey = new Map<string, GroupVersionKind>();
  for (const entry of wanted.map(groupVersionKind)) byKey.set(keyOf(entry), entry);
  const kinds = [...byKey.keys()].sort().map((key) => byKey.get(key) as GroupVersionKind);
  return { kinds, includes: (object) => byKey.has(keyOf(objectMeta(object))) };
}

function groupVersionKind(entry: Value): GroupVersionKind {
  return { group: textAt(entry, "group"), version: textAt(entry, "version"), kind: textAt(entry, "kind") };
}

/** No part can hold a slash. */
function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}
