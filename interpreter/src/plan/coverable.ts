import { walkBody } from "../syntax/visit.ts";
import type { CompiledModules } from "../compiler/compiled.ts";
import type { Rule } from "../syntax/ast.ts";
import type { Location } from "../location.ts";

/** Everything of the compiled modules that an evaluation can reach: heads of rules, and expressions. */
export function coverablePlaces(compiled: CompiledModules): readonly Coverable[] {
  const places: Coverable[] = [];
  for (const module of compiled.modules.values()) {
    for (const chain of module.rules) {
      for (let rule: Rule | undefined = chain; rule; rule = rule.else) {
        places.push({ kind: "rule", at: rule.location, shown: rule.head.location, generated: false });
        walkBody(rule.body, {
          expr: (expr) => {
            places.push({ kind: "expr", at: expr.location, shown: expr.location, generated: expr.generated });
          },
        });
      }
    }
  }
  return places;
}

export interface Coverable {
  readonly kind: "rule" | "expr";
  /** The place its events name. */
  readonly at: Location;
  /** What reports show. */
  readonly shown: Location;
  /** Put in by the compiler: reported where it was reached, not missed where it was not. */
  readonly generated: boolean;
}
