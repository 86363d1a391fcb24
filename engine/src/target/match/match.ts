import type { PlainObject } from "@portcullis/interpreter";
import { matchExcludedNamespaces } from "./excluded-namespaces.ts";
import { kindEntries, matchKinds } from "./kinds.ts";
import type { KindEntry } from "./kinds.ts";
import { matchLabelSelector } from "./label-selector.ts";
import { MATCHED } from "./matchable.ts";
import type { Criterion, Decision, Matchable } from "./matchable.ts";
import { matchName } from "./name.ts";
import { matchNamespaceSelector } from "./namespace-selector.ts";
import { matchNamespaces } from "./namespaces.ts";
import { matchScope } from "./scope.ts";
import { matchSource } from "./source.ts";

/** `spec.match` of a constraint or mutator, ready to be asked. */
export interface Matcher {
  /** The kinds it can match; none for all. */
  readonly kinds: readonly KindEntry[];
  /** There are no criteria at all. */
  readonly matchesAll: boolean;
  /**
   * Whether all criteria hold: asked in order, the first that does not hold or cannot be decided answers. `kinds`, the first
   * of them, is left out where the object was found by it.
   */
  match(object: Matchable, foundByKind?: boolean): Decision;
  /** The field of the first criterion that does not hold; undefined where all hold or one cannot be decided. */
  whyNot(object: Matchable): string | undefined;
}

/** The order is Gatekeeper's: an error is only seen where the criteria before it hold. */
const CRITERIA: readonly { readonly field: string; readonly compile: (match: PlainObject) => Criterion }[] = [
  { field: "kinds", compile: matchKinds },
  { field: "scope", compile: matchScope },
  { field: "namespaces", compile: matchNamespaces },
  { field: "excludedNamespaces", compile: matchExcludedNamespaces },
  { field: "labelSelector", compile: matchLabelSelector },
  { field: "namespaceSelector", compile: matchNamespaceSelector },
  { field: "name", compile: matchName },
  { field: "source", compile: matchSource },
];

/** Compiles `spec.match`; without one everything matches. */
export function compileMatch(match: PlainObject | undefined): Matcher {
  if (!match) return { kinds: [], matchesAll: true, match: () => MATCHED, whyNot: () => undefined };
  const criteria = CRITERIA.filter(({ field }) => Object.hasOwn(match, field)).map(({ field, compile }) => ({
    field,
    holds: compile(match),
  }));
  const besidesKinds = criteria.filter(({ field }) => field !== "kinds");
  return {
    kinds: kindEntries(match),
    matchesAll: false,
    match(object, foundByKind = false) {
      const asked = foundByKind ? besidesKinds : criteria;
      for (let i = 0; i < asked.length; i++) {
        const decision = (asked[i] as (typeof asked)[number]).holds(object);
        if ("error" in decision || !decision.matched) return decision;
      }
      return MATCHED;
    },
    whyNot(object) {
      for (const { field, holds } of criteria) {
        const decision = holds(object);
        if ("error" in decision) return undefined;
        if (!decision.matched) return field;
      }
      return undefined;
    },
  };
}
