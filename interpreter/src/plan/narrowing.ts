import type { Rule, Term } from "../syntax/ast.ts";
import { walkRule } from "../syntax/visit.ts";
import { constantOf } from "./terms.ts";

/**
 * What a reference to a partial set says of the elements it wants: objects with these texts under these keys. In
 * `general_violation[{"msg": msg, "field": "containers"}]` that is `field: "containers"`.
 */
export type Narrowing = readonly (readonly [key: string, text: string])[];

/** Only texts: of all other values one may be spelt in two ways (`1`, `1.0`), and the element would show it. */
export function narrowingOf(pattern: Term): Narrowing {
  if (pattern.kind !== "object") return [];
  return pattern.entries.flatMap(([key, value]) => {
    const [name, text] = [constantOf(key), constantOf(value)];
    return typeof name === "string" && typeof text === "string" ? [[name, text] as const] : [];
  });
}

/**
 * What the head of a clause makes of a narrowing: variables whose values are known before its body runs, as OPA unifies a key
 * with the head first. Undefined where the clause has no such element.
 */
export function knownInHead(
  element: Term | undefined,
  narrowing: Narrowing,
): ReadonlyMap<string, string> | undefined {
  const known = new Map<string, string>();
  if (element?.kind !== "object") return known;
  for (const [key, value] of element.entries) {
    const name = constantOf(key);
    const text = narrowing.find(([wanted]) => wanted === name)?.[1];
    if (text === undefined) continue;
    if (value.kind === "var") {
      const other = known.get(value.name);
      if (other !== undefined && other !== text) return undefined;
      known.set(value.name, text);
    } else {
      const constant = constantOf(value);
      if (constant !== undefined && constant !== text) return undefined;
    }
  }
  return known;
}

/**
 * Whether the elements wanted take less than all: some clause has none of them, or uses what is known as a key where it would
 * walk a collection. Otherwise the whole set, made once, serves every reference.
 */
export function narrowingPays(rules: readonly Rule[], narrowing: Narrowing): boolean {
  return rules.some((rule) => {
    const known = knownInHead(rule.head.key, narrowing);
    return known === undefined || isKey(rule, known);
  });
}

function isKey(rule: Rule, known: ReadonlyMap<string, string>): boolean {
  let found = false;
  walkRule(rule, {
    term: (term) => {
      if (term.kind !== "ref") return;
      found ||= term.parts.slice(1).some((part) => part.kind === "var" && known.has(part.name));
    },
  });
  return found;
}
