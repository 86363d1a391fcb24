import type { Location } from "../location.ts";
import type { Module } from "../syntax/ast.ts";
import { walkRule } from "../syntax/visit.ts";

/** Everything of modules, as they were written, that an evaluation can reach: heads of rules, and expressions. */
export function coverablePlaces(modules: Iterable<Module>): readonly Coverable[] {
  const places: Coverable[] = [];
  for (const {
    rules,
    package: { location: at },
  } of modules) {
    places.push({ kind: "module", at, shown: at });
    for (const rule of rules) {
      walkRule(rule, {
        rule: ({ location, head }) => {
          places.push({ kind: "rule", at: location, shown: head.location });
        },
        expr: ({ terms, location }) => {
          // What declares variables does nothing.
          if (terms.kind !== "some") places.push({ kind: "expr", at: location, shown: location });
        },
      });
    }
  }
  return places;
}

export interface Coverable {
  /** A module is listed, but nothing that could be reached. */
  readonly kind: "module" | "rule" | "expr";
  /** The place its events name. */
  readonly at: Location;
  /** What reports show. */
  readonly shown: Location;
}
