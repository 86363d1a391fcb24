import { KEYWORDS, V1_KEYWORDS } from "../syntax/tokens.ts";
import { printValue } from "../value/print.ts";
import type { Value } from "../value/value.ts";

/** The text that stands for a rule's path in tables. No builtin has such a name. */
export function ruleName(path: readonly Value[]): string {
  return `data ${JSON.stringify(path)}`;
}

/** A rule's path as messages and traces print it: `data.a.p`, `data["a-b"].p`. */
export function pathText(path: readonly Value[]): string {
  return `data${path.map((key) => (isPlainKey(key) ? `.${key}` : `[${printValue(key)}]`)).join("")}`;
}

/** A key that refs show after a dot: a name that is no keyword. */
export function isPlainKey(key: Value): key is string {
  return (
    typeof key === "string" &&
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) &&
    !KEYWORDS.has(key) &&
    !V1_KEYWORDS.has(key)
  );
}

export function isWildcard(name: string): boolean {
  return name.startsWith("$");
}
