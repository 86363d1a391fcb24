import { createClient, reviewOfObject } from "@portcullis/engine";
import { constraint, namespace, template } from "@portcullis/engine/testing";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { listAt, objectAt, textAt, valueAt } from "../../engine/src/kubernetes/object-meta.ts";
import { glob } from "../../engine/src/target/match/glob.ts";
import { appliesTo } from "../../engine/src/mutation/applies-to.ts";
import type { ObjectKind } from "../../engine/src/mutation/applies-to.ts";
import type { ApplyTo } from "../../engine/src/mutation/mutator.ts";
import { compileMatch } from "../../engine/src/target/match/match.ts";
import { matchable } from "../../engine/src/target/match/matchable.ts";
import { reference, rowsOf } from "./gator-rows.ts";

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

/** A field of a Go struct as it stands in JSON. */
function jsonName(name: string): string {
  return name.startsWith("API") ? `api${name.slice(3)}` : `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

const CONSTANTS: Readonly<Record<string, string>> = {
  ClusterScoped: "Cluster",
  NamespaceScoped: "Namespaced",
  SourceTypeOriginal: "Original",
  SourceTypeGenerated: "Generated",
  Create: "CREATE",
  Update: "UPDATE",
};

/** A Go literal of the tables as JSON: fields by their JSON names, constants by their values. Keys of labels stay. */
function jsonOf(value: Value | undefined, isMap = false): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => jsonOf(item));
  const constant = reference(value);
  if (constant !== undefined) return CONSTANTS[constant] ?? constant;
  if (textAt(value, "$call") === "string") return jsonOf(listAt(value, "args")[0]);
  const object = objectAt(value);
  if (!object) return value ?? null;
  return Object.fromEntries(
    Object.keys(object).map((key) => [
      isMap ? key : jsonName(key),
      jsonOf(object[key], key === "MatchLabels" || key === "Labels"),
    ]),
  );
}

const LABELS: PlainObject = { labelname: "labelvalue" };

/** `makeObject(kind, namespace, name, labels…)` or `makeNamespace(name, labels…)`; what sets labels sets one and the same. */
function madeObject(call: Value | undefined): PlainObject | undefined {
  const args = listAt(call, "args");
  const labelled = args.some((arg) => objectAt(arg) !== undefined && valueAt(arg, "$func") !== undefined);
  if (textAt(call, "$call") === "makeNamespace") return namespace(args[0] as string, labelled ? LABELS : {});
  if (textAt(call, "$call") !== "makeObject") return undefined;
  const [kind, space, name] = args;
  return {
    apiVersion: `${textAt(kind, "Group")}/v1`,
    kind: textAt(kind, "Kind"),
    metadata: { name: name as string, namespace: space as string, ...(labelled && { labels: LABELS }) },
  };
}

function madeNamespace(value: Value | undefined): PlainObject | undefined {
  const meta = objectAt(value, "ObjectMeta");
  return meta && namespace(textAt(meta, "Name"), objectAt(meta, "Labels"));
}

/** A review always has an object and a source here. */
const matchRows = rowsOf("mutation/match/TestMatch").filter(
  (row) => madeObject(valueAt(row, "object")) !== undefined && valueAt(row, "source") !== undefined,
);

describe("match criteria of Gatekeeper's own tests", () => {
  it.each(matchRows.map((row) => [row.note, row] as const))("%s", (_note, row) => {
    const object = madeObject(valueAt(row, "object")) as PlainObject;
    const source = jsonOf(valueAt(row, "source")) as "Original" | "Generated";
    const matcher = compileMatch(jsonOf(valueAt(row, "matcher")) as PlainObject);
    const decision = matcher.match(matchable(object, madeNamespace(valueAt(row, "namespace")), source));
    if (reference(valueAt(row, "wantErr")) !== undefined) expect(decision).toHaveProperty("error");
    else expect(decision).toEqual({ matched: valueAt(row, "wantMatch") });
  });

  const kinds: Readonly<Record<string, ObjectKind>> = {
    podGVK: { group: "", version: "v1", kind: "Pod" },
    deployGVK: { group: "apps", version: "v1", kind: "Deployment" },
  };
  it.each(rowsOf("mutation/match/TestAppliesGVKAndOperation").map((row) => [row.note, row] as const))(
    "applyTo: %s",
    (_note, row) => {
      const entries = listAt(row, "applyTo").map((entry): ApplyTo => {
        const names = jsonOf(valueAt(entry, "ApplyTo")) as unknown as ApplyTo;
        return { ...names, operations: jsonOf(listAt(entry, "Operations")) as readonly string[] };
      });
      const kind = kinds[reference(valueAt(row, "gvk")) ?? ""] as ObjectKind;
      const operation = jsonOf(valueAt(row, "operation")) as string;
      expect(appliesTo(entries, kind, operation)).toBe(valueAt(row, "want"));
    },
  );
});
