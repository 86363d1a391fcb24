import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { namespace, pod } from "../../testing/index.ts";
import { compileMatch } from "./match.ts";
import { matchable } from "./matchable.ts";

const CLUSTER_ROLE: PlainObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "admin", labels: { team: "a" } },
};
const LABELLED = pod("web-1", { namespace: "shop", labels: { app: "web" } });
const SHOP = namespace("shop", { env: "prod" });

type Row = readonly [
  what: string,
  match: PlainObject,
  object: PlainObject,
  namespace: PlainObject | undefined,
  wanted: unknown,
];

const MISSING = { error: "namespace selector for namespace-scoped object but missing Namespace" };
const PROD = { namespaceSelector: { matchLabels: { env: "prod" } } };

const ROWS: readonly Row[] = [
  ["no criteria", {}, LABELLED, SHOP, true],
  ["a kind and its group", { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] }, LABELLED, SHOP, true],
  ["a kind of another group", { kinds: [{ apiGroups: ["apps"], kinds: ["Pod"] }] }, LABELLED, SHOP, false],
  ["kinds are case-sensitive", { kinds: [{ kinds: ["pod"] }] }, LABELLED, SHOP, false],
  ["a star among kinds", { kinds: [{ apiGroups: [""], kinds: ["Job", "*"] }] }, LABELLED, SHOP, true],
  ["an entry without kinds", { kinds: [{ apiGroups: [""] }] }, LABELLED, SHOP, true],
  ["any of several entries", { kinds: [{ kinds: ["Job"] }, { kinds: ["Pod"] }] }, LABELLED, SHOP, true],
  ["scope Namespaced", { scope: "Namespaced" }, LABELLED, SHOP, true],
  ["scope Cluster", { scope: "Cluster" }, LABELLED, SHOP, false],
  ["scope Cluster, cluster-scoped object", { scope: "Cluster" }, CLUSTER_ROLE, undefined, true],
  ["a Namespace counts as cluster-scoped", { scope: "Cluster" }, SHOP, SHOP, true],
  ["an unknown scope matches all", { scope: "namespaced" }, CLUSTER_ROLE, undefined, true],
  ["its namespace", { namespaces: ["sh*"] }, LABELLED, SHOP, true],
  ["another namespace", { namespaces: ["prod"] }, LABELLED, SHOP, false],
  [
    "namespaces do not concern cluster-scoped objects",
    { namespaces: ["prod"] },
    CLUSTER_ROLE,
    undefined,
    true,
  ],
  ["a Namespace by its own name", { namespaces: ["shop"] }, SHOP, undefined, true],
  ["an excluded namespace", { excludedNamespaces: ["*op"] }, LABELLED, SHOP, false],
  ["an excluded Namespace", { excludedNamespaces: ["shop"] }, SHOP, undefined, false],
  ["metadata.namespace where the Namespace is unknown", { namespaces: ["shop"] }, LABELLED, undefined, true],
  ["labels", { labelSelector: { matchLabels: { app: "web" } } }, LABELLED, SHOP, true],
  ["other labels", { labelSelector: { matchLabels: { app: "db" } } }, LABELLED, SHOP, false],
  [
    "NotIn holds without the label",
    { labelSelector: { matchExpressions: [{ key: "x", operator: "NotIn", values: ["y"] }] } },
    LABELLED,
    SHOP,
    true,
  ],
  [
    "Exists",
    { labelSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } },
    LABELLED,
    SHOP,
    true,
  ],
  [
    "DoesNotExist",
    { labelSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] } },
    LABELLED,
    SHOP,
    false,
  ],
  ["labels of the Namespace", PROD, LABELLED, SHOP, true],
  ["other labels of the Namespace", PROD, LABELLED, namespace("shop"), false],
  ["an unknown Namespace is an error", PROD, LABELLED, undefined, MISSING],
  [
    "no error behind a criterion that does not hold",
    { ...PROD, kinds: [{ kinds: ["Job"] }] },
    LABELLED,
    undefined,
    false,
  ],
  ["a namespaceSelector does not concern cluster-scoped objects", PROD, CLUSTER_ROLE, undefined, true],
  ["a Namespace by its own labels", PROD, SHOP, undefined, true],
  ["a name", { name: "web-*" }, LABELLED, SHOP, true],
  ["another name", { name: "db" }, LABELLED, SHOP, false],
  ["source Original", { source: "Original" }, LABELLED, SHOP, true],
  ["source Generated", { source: "Generated" }, LABELLED, SHOP, false],
  [
    "an unknown source is an error",
    { source: "Foo" },
    LABELLED,
    SHOP,
    { error: 'invalid source field "Foo"' },
  ],
];

describe("match", () => {
  it.each(ROWS)("%s", (_what, match, object, namespaceObject, wanted) => {
    const decision = compileMatch(match).match(matchable(object, namespaceObject, "Original"));
    expect(decision).toEqual(typeof wanted === "boolean" ? { matched: wanted } : wanted);
  });

  it("matches the prefix of a generated name", () => {
    const generated = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { generateName: "web-", namespace: "shop" },
    };
    const match = (name: string): unknown =>
      compileMatch({ name }).match(matchable(generated, SHOP, "Original"));
    expect(match("web-*")).toEqual({ matched: true });
    expect(match("*-1")).toEqual({ matched: false });
  });
});
