import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt } from "../../kubernetes/object-meta.ts";
import { decide, MATCHED } from "./matchable.ts";
import type { Criterion } from "./matchable.ts";

/** One entry of `kinds`; undefined stands for any. */
export interface KindEntry {
  readonly groups: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<string> | undefined;
}

/** `kinds`: some entry holds the object's group and its kind. A `*` or an empty list in an entry is any. */
export function matchKinds(match: PlainObject): Criterion {
  const entries = kindEntries(match);
  if (entries.length === 0) return () => MATCHED;
  return ({ meta }) => decide(entries.some((entry) => holds(entry, meta.group, meta.kind)));
}

/** The entries of `kinds`, as the index of constraints needs them. None: the constraint is open to every kind. */
export function kindEntries(match: PlainObject): readonly KindEntry[] {
  return listAt(match, "kinds").map((entry) => ({
    groups: anyOrSet(listAt(entry, "apiGroups")),
    kinds: anyOrSet(listAt(entry, "kinds")),
  }));
}

export function holds(entry: KindEntry, group: string, kind: string): boolean {
  return (entry.groups?.has(group) ?? true) && (entry.kinds?.has(kind) ?? true);
}

function anyOrSet(list: readonly Value[]): ReadonlySet<string> | undefined {
  const texts = list.filter((item) => typeof item === "string");
  return texts.length === 0 || texts.includes("*") ? undefined : new Set(texts);
}
