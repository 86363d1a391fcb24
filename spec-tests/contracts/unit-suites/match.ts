import { isObject, type PlainObject, type Value } from "@portcullis/interpreter";
import { appliesTo, operationsOf } from "../../../engine/src/mutation/applies-to.ts";
import type { ApplyTo } from "../../../engine/src/mutation/mutator.ts";
import { Inventory } from "../../../engine/src/inventory/inventory.ts";
import { listAt, objectAt, textAt, valueAt } from "../../../engine/src/kubernetes/object-meta.ts";
import { compileMatch } from "../../../engine/src/target/match/match.ts";
import { matchable } from "../../../engine/src/target/match/matchable.ts";
import type { Row } from "../gator-rows.ts";
import { fromGo, objectOf } from "./go-values.ts";
import { leftOut, same } from "./suite.ts";
import type { RowOutcome, UnitSuite } from "./suite.ts";

/** `wantErr` is a boolean or an error of Go's. */
function wantsError(row: Row): boolean {
  const wanted = row["wantErr"];
  return wanted === true || isObject(wanted ?? null);
}

function matchRow(row: Row, object: PlainObject | undefined, match: PlainObject, rest: Value): RowOutcome {
  const text = JSON.stringify(row);
  if (text.includes('"$func"')) return leftOut("its labels are set by a Go function");
  if (text.includes('"Operator":"Invalid"')) {
    return leftOut("an operator that is refused where the constraint or mutator is added");
  }
  if (!object) return leftOut("a nil object: the type rules it out here");
  const source = fromGo(valueAt(rest, "source"));
  if (source !== "Original" && source !== "Generated") {
    return leftOut("no source, or one that is none: the type rules it out here");
  }
  const namespace = valueAt(rest, "namespace");
  const space = isObject(namespace ?? null)
    ? ({ apiVersion: "v1", kind: "Namespace", ...(fromGo(namespace) as PlainObject) } as PlainObject)
    : undefined;
  const decision = compileMatch(match).match(matchable(object, space, source));
  const wanted = row["wantMatch"] ?? row["want"];
  return wantsError(row)
    ? same("error" in decision, true)
    : same("error" in decision ? decision.error : decision.matched, wanted);
}

/** The tables give an entry's fields with capital letters; an absent list is empty. */
function applyToOf(value: Value | undefined): ApplyTo {
  const entry = fromGo(value);
  const texts = (key: string): readonly string[] => listAt(entry, key) as readonly string[];
  return {
    groups: texts("groups"),
    versions: texts("versions"),
    kinds: texts("kinds"),
    operations: texts("operations"),
  };
}

function kindOf(value: Value | undefined): { group: string; version: string; kind: string } {
  const known = KINDS[textAt(value, "$ref")];
  if (known) return known;
  return { group: textAt(value, "Group"), version: textAt(value, "Version"), kind: textAt(value, "Kind") };
}

const KINDS: Readonly<Record<string, { group: string; version: string; kind: string }>> = {
  podGVK: { group: "", version: "v1", kind: "Pod" },
  deployGVK: { group: "apps", version: "v1", kind: "Deployment" },
};

function appliesRow(row: Row): RowOutcome {
  const entries = Array.isArray(row["applyTo"])
    ? (row["applyTo"] as readonly Value[]).map(applyToOf)
    : [applyToOf(row["applyTo"])];
  const operation = row["operation"] === undefined ? "CREATE" : String(fromGo(row["operation"]));
  return same(appliesTo(entries, kindOf(row["gvk"]), operation), row["wantApply"] ?? row["want"]);
}

function operationRow(row: Row): RowOutcome {
  const entry = { ...applyToOf(row["applyTo"]), groups: [""], versions: ["v1"], kinds: ["Pod"] };
  const operation = String(fromGo(row["operation"]));
  if (operation !== "" && operation !== "CREATE" && operation !== "UPDATE") {
    return leftOut("an operation that no mutation webhook gets: refused before an entry is asked");
  }
  return same(appliesTo([entry], { group: "", version: "v1", kind: "Pod" }, operation), row["want"]);
}

function inventoryRow(row: Row): RowOutcome {
  const object = objectOf(row["obj"]);
  if (!object) return leftOut("a Go type that is no object");
  const inventory = new Inventory();
  const put = inventory.put(object);
  if (wantsError(row)) return same(put.ok, false);
  return put.ok
    ? same(inventory.read(row["wantPath"] as readonly string[]), object)
    : same(put.error.message, "");
}

export const MATCH_SUITES: Readonly<Record<string, UnitSuite>> = {
  "wildcard/TestMatches": { testedIn: "match.test.ts" },
  "wildcard/TestWildcard_MatchesGenerateName": { testedIn: "match.test.ts" },
  "mutation/match/TestMatch": {
    judge: (row) => matchRow(row, objectOf(row["object"]), fromGo(row["matcher"]) as PlainObject, row),
  },
  "mutation/match/Test_namesMatch": {
    judge: (row) => {
      const target = objectAt(row, "args", "target");
      const match = fromGo({ Name: valueAt(row, "args", "match", "Name") ?? "" }) as PlainObject;
      const rest = { ...target, source: "Original", namespace: null };
      return matchRow(row, objectOf(valueAt(target, "Object")), match, rest);
    },
  },
  "mutation/match/TestApplyTo": { judge: appliesRow },
  "mutation/match/TestApplyTo_Matches_WithOperations": { judge: appliesRow },
  "mutation/match/TestAppliesGVKAndOperation": { judge: appliesRow },
  "mutation/match/TestApplyTo_MatchesOperation": { judge: operationRow },
  "mutation/match/TestApplyTo_EffectiveOperations": {
    judge: (row) => {
      const supported = operationsOf(applyToOf(row["applyTo"])).filter((one) =>
        /^(?:CREATE|UPDATE)$/.test(one),
      );
      return same(supported, fromGo(row["want"]) ?? []);
    },
  },
  "mutation/mutators/assign/TestApplyTo": {
    judge: (row) =>
      same(
        appliesTo((row["applyTo"] as readonly Value[]).map(applyToOf), row as never, "CREATE"),
        row["matchExpected"],
      ),
  },
  "target/TestConstraintEnforcement": { testedIn: "match.test.ts" },
  "target/TestProcessData": { judge: inventoryRow },
  "target/TestNamespaceCache": { leftOut: "Go's cache of Namespaces; here the inventory is asked" },
  "target/TestToMatcher": { leftOut: "compares Go structs; what they do is in TestConstraintEnforcement" },
  "target/TestMatcher_Match": {
    leftOut:
      "its objects are made by Go functions that are not in the data; the cases are in TestConstraintEnforcement",
  },
  "target/TestHandleReviewForDelete": {
    leftOut: "its raw objects are made by Go functions; DELETE is in review-input.test.ts",
  },
  "target/TestAugmentedUnstructuredNonDeletePreservesObject": {
    leftOut: "checks that a Go struct is not changed; values are immutable here",
  },
};
