import { listAt } from "@portcullis/engine";
import type { DiscoveredResource, Discovery } from "@portcullis/engine/cluster";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** The kinds that a sweep lists: each in the version that the server prefers, if it can be listed at all (contract 5.1). */
export function auditedKinds(discovery: Discovery): readonly DiscoveredResource[] {
  return discovery.resources.filter(
    ({ group, version, verbs }) =>
      verbs.includes("list") && discovery.preferredVersions.get(group) === version,
  );
}

/** Whether some constraint can match objects of a kind. */
export type KindFilter = (kind: { readonly group: string; readonly kind: string }) => boolean;

/**
 * `--audit-match-kind-only`: the kinds that constraints name in `spec.match.kinds`, by group and kind; everything as soon
 * as one constraint names none. Gatekeeper ignores the groups, and lists, say, every Ingress of a group that nobody asks
 * for.
 */
export function namedKinds(constraints: readonly PlainObject[]): KindFilter {
  const entries = constraints.map((constraint) => listAt(constraint, "spec", "match", "kinds"));
  if (entries.some((kinds) => kinds.length === 0)) return () => true;
  return ({ group, kind }) =>
    entries.some((kinds) =>
      kinds.some((entry) => names(entry, "apiGroups", group) && names(entry, "kinds", kind)),
    );
}

/** An absent list, an empty one and `*` stand for everything. */
function names(entry: Value, field: string, value: string): boolean {
  const list = listAt(entry, field);
  return list.length === 0 || list.includes("*") || list.includes(value);
}
