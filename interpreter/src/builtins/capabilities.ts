import type { Capabilities } from "../compiler/capabilities.ts";
import type { Builtin } from "./builtin.ts";

/** OPA's language features beyond the builtins. */
const FEATURES = ["keywords_in_refs", "rego_v1", "template_strings"] as const;
const FUTURE_KEYWORDS = ["not"] as const;

/** The capabilities of an interpreter that has these builtins, in the shape and order of OPA's capabilities JSON. */
export function defaultCapabilities(builtins: ReadonlyMap<string, Builtin>): Capabilities {
  const rows = [...builtins.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    builtins: rows.map((row) => ({
      name: row.name,
      decl: { type: "function", ...row.decl },
      ...(row.infix === undefined ? {} : { infix: row.infix }),
      ...(row.relation ? { relation: true } : {}),
      ...(row.nondeterministic ? { nondeterministic: true } : {}),
      ...(row.deprecated ? { deprecated: true } : {}),
    })),
    future_keywords: FUTURE_KEYWORDS,
    features: FEATURES,
  };
}
