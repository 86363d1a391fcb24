import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { benchRequests } from "../bench/library-folder.ts";
import { reviewOf } from "../webhook.ts";
import { CLUSTER } from "./policies.ts";
import { configMap, QUESTIONS } from "./questions.ts";

const own = (group: string, version: string, kind: string, spec: PlainObject): PlainObject => ({
  apiVersion: `${group}.gatekeeper.sh/${version}`,
  kind,
  metadata: { name: "own" },
  spec,
});

/** One of each kind that the webhook itself checks. */
const OWN_KINDS: readonly PlainObject[] = [
  own("mutations", "v1", "Assign", {
    applyTo: [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }],
    match: { scope: "Namespaced", kinds: [{ apiGroups: ["*"], kinds: ["Pod"] }] },
    location: "spec.containers[name: *].imagePullPolicy",
    parameters: {
      assign: { value: "Always" },
      pathTests: [{ subPath: "spec.containers", condition: "MustExist" }],
    },
  }),
  own("mutations", "v1", "ModifySet", {
    applyTo: [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }],
    location: "spec.containers[name: *].args",
    parameters: { operation: "merge", values: { fromList: ["--flag"] } },
  }),
  own("mutations", "v1alpha1", "AssignImage", {
    applyTo: [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }],
    location: "spec.containers[name: *].image",
    parameters: { assignDomain: "example.com", assignTag: ":v1" },
  }),
  own("expansion", "v1beta1", "ExpansionTemplate", {
    applyTo: [{ groups: ["apps"], kinds: ["Deployment"], versions: ["v1"] }],
    templateSource: "spec.template",
    generatedGVK: { kind: "Pod", group: "", version: "v1" },
  }),
  own("externaldata", "v1beta1", "Provider", {
    url: "https://provider.example.com",
    timeout: 3,
    caBundle: "Cg==",
  }),
  own("syncset", "v1alpha1", "SyncSet", { gvks: [{ group: "", version: "v1", kind: "Pod" }] }),
];

const POD: PlainObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
  spec: {
    containers: [{ name: "web", image: "nginx", args: ["-g"], securityContext: { privileged: true } }],
  },
};

/** AdmissionReviews that mutations start from: of every operation and kind, and those of the test data where they are. */
export function reviews(): readonly PlainObject[] {
  const objects = [...CLUSTER.flat().slice(0, 8), ...(CLUSTER[1] ?? []), ...OWN_KINDS, POD];
  const operations = ["CREATE", "UPDATE", "DELETE", "CONNECT"];
  const made = objects.flatMap((object) => operations.map((operation) => reviewOf(object, operation)));
  const asked = QUESTIONS.filter(({ name }) => name !== "100 kB").map(({ object }) =>
    reviewOf(object, "CREATE"),
  );
  const older = { ...reviewOf(configMap({ owner: "a" }), "CREATE"), apiVersion: "admission.k8s.io/v1beta1" };
  const given = benchRequests().flatMap(({ body }): readonly PlainObject[] => {
    const parsed = parseJson(body);
    return parsed.ok ? [parsed.value as PlainObject] : [];
  });
  return [...made, ...asked, older, ...given];
}

/** Values that have hurt readers of JSON, policies and matchers. */
export const ODD_VALUES: readonly Value[] = [
  null,
  true,
  0,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  "",
  " ",
  "*",
  "a-*",
  "\u0000",
  "\ud800",
  "\ufeff",
  "\u2028",
  "😀",
  "__proto__",
  "constructor",
  "a".repeat(300),
  "x".repeat(70_000),
  "(a+)+$",
  "../../..",
  "%s%n",
  "1970-01-01T00:00:00Z",
  [],
  {},
  [null],
  [[[[[[[[]]]]]]]],
  { "": "" },
  { constructor: { prototype: { polluted: true } } },
  { apiVersion: 1, kind: null, metadata: [] },
  { kinds: "Pod" },
  { metadata: { name: 7, labels: [], annotations: "x" } },
];

export const ODD_KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "metadata",
  "Metadata",
  "object",
  "request",
  "spec",
  "kind",
  "namespace",
  "name",
  "operation",
  "\u0000",
  "a/b",
  "x".repeat(300),
];
