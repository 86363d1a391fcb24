import { createClient, reviewOfObject } from "@portcullis/engine";
import { constraint, namespace, template } from "@portcullis/engine/testing";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { listAt, objectAt, textAt, valueAt } from "../../engine/src/kubernetes/object-meta.ts";
import { glob } from "../../engine/src/target/match/glob.ts";
import { rowsOf } from "./gator-rows.ts";

describe("wildcards of Gatekeeper's own tests", () => {
  it.each(rowsOf("wildcard/TestMatches").map((row) => [row.note, row] as const))("%s", (_note, row) => {
    const pattern = listAt(row, "w", "args")[0] as string;
    expect(glob(pattern).matches(textAt(row, "candidate"))).toBe(valueAt(row, "matches"));
  });

  it.each(rowsOf("wildcard/TestWildcard_MatchesGenerateName").map((row) => [row.note, row] as const))(
    "%s, generated name",
    (_note, row) => {
      const pattern = listAt(row, "w", "args")[0] as string;
      expect(glob(pattern).matchesGenerateName(textAt(row, "candidate"))).toBe(valueAt(row, "matches"));
    },
  );
});

/** `makeResource(kind, name, labels)` of the table. */
function resource(call: Value | undefined): PlainObject {
  const [kind, name, labels] = listAt(call, "args");
  return {
    apiVersion: `${textAt(kind, "Group")}/v1`,
    kind: textAt(kind, "Kind"),
    metadata: { name: name as Value, ...(labels !== undefined && { labels }) },
  };
}

function namespaceOf(call: Value | undefined): PlainObject | undefined {
  const [name, labels] = listAt(call, "args");
  return typeof name === "string" ? namespace(name, labels as PlainObject | undefined) : undefined;
}

/** The setters of `makeConstraint(…)`, as parts of `spec.match`. */
const SETTERS: Readonly<Record<string, (...args: readonly Value[]) => PlainObject>> = {
  setNamespaceName: (name) => ({ namespaces: [name] }),
  setExcludedNamespaceName: (name) => ({ excludedNamespaces: [name] }),
  setKinds: (apiGroups, kinds) => ({ kinds: [{ apiGroups: apiGroups, kinds: kinds }] }),
  setLabelSelector: (key, value) => ({ labelSelector: { matchLabels: { [key as string]: value } } }),
  setNamespaceSelector: (key, value) => ({
    namespaceSelector: { matchLabels: { [key as string]: value } },
  }),
  setScope: (scope) => ({ scope: scope }),
  setName: (name) => ({ name: name }),
};

function matchOf(call: Value | undefined): PlainObject {
  const parts = listAt(call, "args").map(
    (setter) => SETTERS[textAt(setter, "$call")]?.(...listAt(setter, "args")) ?? {},
  );
  return Object.assign({}, ...parts) as PlainObject;
}

describe("constraints of Gatekeeper's own tests", () => {
  it.each(rowsOf("target/TestConstraintEnforcement").map((row) => [row.note, row] as const))(
    "%s",
    (_note, row) => {
      const client = createClient();
      client.addTemplate(template("Denier", 'package x\nviolation[{"msg": "denied"}] { true }'));
      const added = client.addConstraint(
        constraint("Denier", "c", { match: matchOf(objectAt(row, "constraint")) }),
      );
      expect(added).toEqual({ ok: true, value: undefined });
      const space = namespaceOf(valueAt(row, "ns"));
      const review = reviewOfObject(resource(valueAt(row, "obj")), space ? { namespace: space } : {});
      const { results, errors } = client.review(review, { enforcementPoint: "validation.gatekeeper.sh" });
      expect(errors).toEqual([]);
      expect(results.length === 0).toBe(valueAt(row, "allowed"));
    },
  );
});
