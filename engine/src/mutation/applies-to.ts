import type { ApplyTo } from "./mutator.ts";

export interface ObjectKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * True when one entry names the group, the version, the kind and the operation; names are exact, there are no wildcards.
 * Without an operation (audit, expansion, gator) only entries that accept both CREATE and UPDATE apply.
 */
export function appliesTo(
  entries: readonly ApplyTo[] | undefined,
  object: ObjectKind,
  operation: string,
): boolean {
  if (operation !== "" && operation !== "CREATE" && operation !== "UPDATE") return false;
  if (entries === undefined) return true;
  return entries.some(
    (entry) =>
      entry.groups.includes(object.group) &&
      entry.versions.includes(object.version) &&
      entry.kinds.includes(object.kind) &&
      acceptsOperation(entry.operations, operation),
  );
}

/** The operations that an entry accepts. */
export function operationsOf(entry: ApplyTo): readonly string[] {
  const all = entry.operations.length === 0 || entry.operations.includes("*");
  return all ? ["CREATE", "UPDATE"] : entry.operations;
}

function acceptsOperation(operations: readonly string[], operation: string): boolean {
  if (operations.length === 0 || operations.includes("*")) return true;
  return operation === ""
    ? operations.includes("CREATE") && operations.includes("UPDATE")
    : operations.includes(operation);
}
