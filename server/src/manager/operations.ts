/** What a process can be told to do (`--operation`); without the flag it does everything. */
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

/** True for a process that must know templates, constraints and data (contract 6.3). */
export function validates(operations: readonly Operation[]): boolean {
  return operations.some((each) => each === "audit" || each === "status" || each === "webhook");
}

/** True for a process that must know the mutators. */
export function mutates(operations: readonly Operation[]): boolean {
  return operations.some((each) => each === "mutation-webhook" || each === "mutation-controller");
}

/** True for a process that answers admission requests of either kind. */
export function servesWebhooks(operations: readonly Operation[]): boolean {
  return operations.includes("webhook") || operations.includes("mutation-webhook");
}
