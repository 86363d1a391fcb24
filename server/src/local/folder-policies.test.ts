import { createClient } from "@portcullis/engine";
import { formatProblem, parseManifests } from "@portcullis/engine/files";
import type { Manifests } from "@portcullis/engine/files";
import { describe, expect, it } from "vitest";
import { createMetrics } from "../observability/metrics.ts";
import { FolderPolicies } from "./folder-policies.ts";

const template = (
  rego = 'violation[{"msg": msg}] { msg := sprintf("no %v", [input.review.object.metadata.name]) }',
) => `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: k8sdeny
spec:
  crd:
    spec:
      names:
        kind: K8sDeny
      validation:
        openAPIV3Schema:
          type: object
          properties:
            words:
              type: array
              items: {type: string}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package k8sdeny
        ${rego}
`;
const constraint = (spec = "{}") => `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sDeny
metadata: {name: deny}
spec: ${spec}
`;
const object = (kind: string, name: string, namespace?: string) =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}${namespace ? `, namespace: ${namespace}` : ""}}\n`;
const config = (spec: string) =>
  `apiVersion: config.gatekeeper.sh/v1alpha1\nkind: Config\nmetadata: {name: config, namespace: gatekeeper-system}\nspec: ${spec}\n`;

function folder(files: Readonly<Record<string, string>>): Manifests {
  const read = Object.entries(files).map(([file, text]) => parseManifests(file, text));
  return {
    manifests: read.flatMap((each) => each.manifests),
    problems: read.flatMap((each) => each.problems),
  };
}

function setup() {
  const client = createClient();
  const metrics = createMetrics();
  const policies = new FolderPolicies({ client, metrics });
  const apply = (files: Readonly<Record<string, string>>) => policies.apply(folder(files));
  const denied = () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "shop" } };
    const kind = { group: "", version: "v1", kind: "Pod" };
    const request = {
      uid: "",
      kind,
      name: "p",
      namespace: "shop",
      operation: "CREATE",
      object: pod,
      oldObject: null,
    };
    const options = { enforcementPoint: "validation.gatekeeper.sh" } as const;
    return client.review({ request, source: "Original" }, options).results.map(({ msg }) => msg);
  };
  return { policies, client, metrics, apply, denied };
}

describe("a folder", () => {
  it("is loaded whatever the order of its files is", () => {
    const { apply, denied, policies } = setup();
    expect(policies.missing()).not.toEqual([]);
    const { changes, problems } = apply({ a: constraint(), b: object("Pod", "x", "shop"), z: template() });
    expect(problems).toEqual([]);
    expect(changes).toEqual(["loaded 1 template, 1 constraint, 1 object"]);
    expect(policies.missing()).toEqual([]);
    expect(denied()).toEqual(["no p"]);
  });

  it("says what changed", () => {
    const { apply, denied } = setup();
    const files = { t: template(), c: constraint(), o: object("Pod", "x", "shop") };
    apply(files);
    expect(apply(files).changes).toEqual([]);
    const changed = template('violation[{"msg": "other"}] { true }');
    expect(apply({ ...files, t: changed, n: object("Namespace", "team"), g: config("{}") }).changes).toEqual([
      "added Config",
      "changed ConstraintTemplate k8sdeny",
      "added Namespace team",
    ]);
    expect(denied()).toEqual(["other"]);
    expect(apply({ t: changed }).changes).toEqual([
      "removed Config",
      "removed K8sDeny deny",
      "removed Pod shop/x",
      "removed Namespace team",
    ]);
    expect(denied()).toEqual([]);
  });
});

describe("mutators and ExpansionTemplates of a folder", () => {
  const mutator = (location: string) => `
apiVersion: mutations.gatekeeper.sh/v1
kind: AssignMetadata
metadata: {name: owner}
spec: {location: ${location}, parameters: {assign: {value: shop}}}
`;
  const expansion = (source: string) => `
apiVersion: expansion.gatekeeper.sh/v1beta1
kind: ExpansionTemplate
metadata: {name: pods}
spec:
  applyTo: [{groups: [apps], versions: [v1], kinds: [Deployment]}]
  ${source}
  generatedGVK: {group: "", version: v1, kind: Pod}
`;
  const good = { m: mutator("metadata.labels.owner"), e: expansion("templateSource: spec.template") };

  it("are in force until they go", () => {
    const { apply, policies } = setup();
    expect(apply(good)).toEqual({
      changes: ["loaded 0 templates, 0 constraints, 1 mutator, 1 ExpansionTemplate, 0 objects"],
      problems: [],
    });
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" } };
    expect([policies.mutation.size, policies.expansion.applies(deployment)]).toEqual([1, true]);
    expect(apply({}).changes).toEqual(["removed AssignMetadata owner", "removed ExpansionTemplate pods"]);
    expect([policies.mutation.size, policies.expansion.applies(deployment)]).toEqual([0, false]);
  });

  it("are refused with their place, their former versions stay in force", () => {
    const { apply, policies } = setup();
    apply(good);
    const { changes, problems } = apply({ m: mutator("spec.owner"), e: expansion("") });
    expect(changes).toEqual(["refused AssignMetadata owner", "refused ExpansionTemplate pods"]);
    expect(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([
      expect.stringMatching(/^m:2: .*metadata/),
      "e:2: ExpansionTemplate pods has empty source field",
    ]);
    expect(policies.mutation.size).toBe(1);
    expect(apply(good).problems).toEqual([]);
  });
});

describe("a broken file", () => {
  it("leaves the former version of a template in force, whether its Rego or its YAML is broken", () => {
    const { apply, denied } = setup();
    const good = { t: template(), c: constraint() };
    apply(good);
    const badRego = apply({ ...good, t: template("violation[{]") });
    expect(badRego.changes).toEqual([
      "refused ConstraintTemplate k8sdeny: its former version stays in force",
    ]);
    expect(badRego.problems.map(({ file, line }) => ({ file, line }))).toContainEqual({
      file: "t",
      line: 22,
    });
    expect(denied()).toEqual(["no p"]);
    apply(good);
    const badYaml = apply({ ...good, t: "a: b: c" });
    expect(badYaml.problems).toHaveLength(1);
    expect(denied()).toEqual(["no p"]);
    expect(apply(good).problems).toEqual([]);
    expect(denied()).toEqual(["no p"]);
  });

  it("leaves the rest of the folder alone", () => {
    const { apply, denied } = setup();
    expect(apply({ a: "x: [", t: template(), c: constraint() }).problems).toHaveLength(1);
    expect(denied()).toEqual(["no p"]);
  });
});

it("audits each of several objects with one name", () => {
  const { apply, policies } = setup();
  expect(apply({ a: object("Pod", "x"), b: object("Pod", "x") }).problems).toEqual([]);
  expect(policies.objects().map(({ place }) => place.file)).toEqual(["a", "b"]);
});

it("leaves out what is no object of a cluster", () => {
  const { apply, policies } = setup();
  const suite = "apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\n";
  const review = "apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\n";
  expect(apply({ suite, review }).problems).toEqual([]);
  expect(policies.objects()).toEqual([]);
});

describe("problems stand where they belong", () => {
  it.each([
    [
      "a constraint without its template",
      { c: constraint() },
      /^c:2:1: missing ConstraintTemplate[^]*hint: put the/,
    ],
    ["an unknown enforcement action", { t: template(), c: constraint("{enforcementAction: no}") }, /^c:5:/],
    [
      "a word as an action",
      { t: template(), c: constraint("{enforcementAction: warning}") },
      /^c:5:27: unrecognized/,
    ],
    [
      "the same constraint twice",
      { t: template(), a: constraint(), b: constraint() },
      /^b:2:1: K8sDeny deny is in a:2 al/,
    ],
    [
      "two Namespaces of one name",
      { a: object("Namespace", "x"), b: object("Namespace", "x") },
      /^b:1:1: Namespace x is in a:1 already/,
    ],
    [
      "a schema that is none",
      { t: template().replace("{type: string}", "string") },
      /^t:17:22: Could not create CRD/,
    ],
    [
      "a Config that nobody reads",
      { c: config("{}").replace("name: config", "name: other") },
      /^c:3:18: this Config/,
    ],
  ] as const)("%s", (_, files, text) => {
    const { problems } = setup().apply(files);
    expect(problems.map(formatProblem)[0]).toMatch(text);
  });
});

describe("data", () => {
  const inventory = (client: ReturnType<typeof createClient>) => JSON.stringify(client.dump());

  it("has Namespaces, and what Config and SyncSets name", () => {
    const { apply, client } = setup();
    const files = {
      n: object("Namespace", "team"),
      p: object("Pod", "pod-x", "team"),
      s: object("Secret", "sec-x", "team"),
    };
    apply(files);
    expect(inventory(client)).toContain('"team"');
    expect(inventory(client)).not.toContain("pod-x");
    apply({ ...files, c: config('{sync: {syncOnly: [{group: "", version: v1, kind: Pod}]}}') });
    expect(inventory(client)).toContain("pod-x");
    const set = `apiVersion: syncset.gatekeeper.sh/v1alpha1\nkind: SyncSet\nmetadata: {name: s}\nspec: {gvks: [{group: "", version: v1, kind: Secret}]}\n`;
    apply({ ...files, set });
    expect(inventory(client)).toContain("sec-x");
    expect(inventory(client)).not.toContain("pod-x");
    apply({});
    expect(inventory(client)).not.toContain("team");
  });

  it("has a Namespace with its name's label where the folder has none", () => {
    const { apply, policies } = setup();
    apply({ n: object("Namespace", "team") });
    expect(policies.namespace("team")).toEqual({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "team" },
    });
    expect(policies.namespace("other")).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": "other" } },
    });
  });
});

it("counts templates and constraints for /metrics", async () => {
  const { apply, metrics } = setup();
  apply({
    t: template(),
    c: constraint("{enforcementAction: warn}"),
    d: constraint("{enforcementAction: x}").replace("deny", "d"),
  });
  const text = await metrics.registry.metrics();
  expect(text).toContain('gatekeeper_constraint_templates{status="active"} 1');
  expect(text).toContain('gatekeeper_constraints{enforcement_action="warn",status="active"} 1');
  expect(text).toContain('gatekeeper_constraints{enforcement_action="unrecognized",status="error"} 1');
  expect(text).toContain('gatekeeper_constraint_template_ingestion_count_total{status="active"} 1');
});
