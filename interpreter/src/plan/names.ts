import type { Value } from "../value/value.ts";

/** The text that stands for a rule's path in tables. No builtin has such a name. */
export function ruleName(path: readonly Value[]): string {
  return `data ${JSON.stringify(path)}`;
}
