/** What a process of Gatekeeper can be told to do by `--operation` (contract 6.3). */
export const OPERATIONS = [
  "audit",
  "generate",
  "mutation-controller",
  "mutation-status",
  "mutation-webhook",
  "status",
  "webhook",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** The operations of this process, and what follows from them. */
export interface Operations {
  /** Sorted, each once: as pod statuses list them. */
  readonly list: readonly Operation[];
  has(operation: Operation): boolean;
  /** Audit, status and webhook load templates, constraints and data. */
  readonly validates: boolean;
  /** The mutation webhook and the mutation controller load mutators. */
  readonly mutates: boolean;
}

/** Without any named operation a process does everything. */
export function operationsOf(named: readonly Operation[]): Operations {
  const list = OPERATIONS.filter((operation) => named.length === 0 || named.includes(operation));
  const has = (operation: Operation): boolean => list.includes(operation);
  return {
    list,
    has,
    validates: has("audit") || has("status") || has("webhook"),
    mutates: has("mutation-webhook") || has("mutation-controller"),
  };
}
