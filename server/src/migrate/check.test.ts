import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { checkMigration } from "./check.ts";
import { checkValues } from "./check-values.ts";
import { verdictOf } from "./remark.ts";
import type { Checked } from "./remark.ts";
import { migrationJson, migrationText, summary } from "./report.ts";

const check = (...objects: readonly PlainObject[]): readonly Checked[] =>
  checkMigration(objects.map((object) => ({ object, place: "" })));
/** The verdict of the first object, then all remarks on it with what to do. */
const said = (...objects: readonly PlainObject[]): readonly string[] => {
  const [first] = check(...objects);
  if (first === undefined) return [];
  return [
    verdictOf(first),
    ...first.remarks.map(({ message, todo }) => `${message}${todo === undefined ? "" : ` -> ${todo}`}`),
  ];
};

const REGO = `package thing
violation[{"msg": "no"}] { input.review.object.metadata.name == "bad" }`;

const template = (target: PlainObject, more: PlainObject = {}): PlainObject => ({
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "thing" },
  spec: {
    crd: { spec: { names: { kind: "Thing" } } },
    targets: [{ target: "admission.k8s.gatekeeper.sh", ...target }],
  },
  ...more,
});
const constraint = (spec: PlainObject, more: PlainObject = {}): PlainObject => ({
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "Thing",
  metadata: { name: "one" },
  spec,
  ...more,
});
const broken = { byPod: [{ id: "pod", errors: [{ message: "rego_parse_error: x" }] }] };
const cel = { engine: "K8sNativeValidation", source: { validations: [{ expression: "true" }] } };
const rego = (text: string) => ({ rego: `package thing\nviolation[{"msg": "no"}] { ${text} }` });
const scoped = (...points: readonly string[]): PlainObject => ({
  enforcementAction: "scoped",
  scopedEnforcementActions: [{ action: "deny", enforcementPoints: points.map((name) => ({ name })) }],
});
const deployment = (args: readonly string[], containers: readonly PlainObject[] = []): PlainObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "gatekeeper-audit", namespace: "gatekeeper-system" },
  spec: {
    template: {
      spec: {
        containers: [
          { name: "manager", image: "gatekeeper:v3.23.1", command: ["/manager"], args },
          ...containers,
        ],
      },
    },
  },
});
const everything = {
  apiGroups: ["*"],
  apiVersions: ["*"],
  operations: ["CREATE", "UPDATE"],
  resources: ["*", "pods/exec"],
  scope: "*",
};
const usual = {
  name: "validation.gatekeeper.sh",
  failurePolicy: "Fail",
  timeoutSeconds: 3,
  rules: [everything],
  objectSelector: {},
  namespaceSelector: {
    matchExpressions: [
      { key: "admission.gatekeeper.sh/ignore", operator: "DoesNotExist" },
      { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["gatekeeper-system"] },
    ],
  },
};
const webhooks = (
  webhook: PlainObject,
  name = "gatekeeper-validating-webhook-configuration",
): PlainObject => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name },
  webhooks: [{ ...usual, ...webhook }],
});
const object = (
  apiVersion: string,
  kind: string,
  spec: PlainObject,
  metadata: PlainObject = {},
): PlainObject => ({
  apiVersion,
  kind,
  metadata: { name: "one", ...metadata },
  spec,
});

describe("what becomes of an object of Gatekeeper's", () => {
  it.each<[string, readonly PlainObject[], readonly (string | RegExp)[]]>([
    ["a template that compiles", [template({ rego: REGO })], ["supported"]],
    [
      "a template of Rego v1",
      [
        template({
          code: [
            {
              engine: "Rego",
              source: { version: "v1", rego: 'package thing\nviolation contains {"msg": "no"} if true' },
            },
          ],
        }),
      ],
      ["supported"],
    ],
    [
      "a template that does not compile",
      [template(rego("nope(1)"))],
      ["unsupported", /it is refused: .*nope.* -> mend it/s],
    ],
    [
      "one that Gatekeeper could not compile either",
      [template(rego("nope(1)"), { status: broken })],
      ["changed", /^Gatekeeper does not enforce it either: rego_parse_error: x/],
    ],
    ["a template of CEL alone", [template({ code: [cel] })], ["unsupported", /only code is CEL/]],
    [
      "a template of CEL and Rego",
      [template({ rego: REGO, code: [cel] })],
      ["changed", /evaluates its CEL, Portcullis its Rego/],
    ],
    [
      "a template that asks a Provider",
      [template(rego('external_data({"provider": "p", "keys": []})'))],
      ["unsupported", /asks a Provider/],
    ],
    [
      "a template that calls http.send",
      [template(rego('http.send({"method": "get", "url": "http://x"})'))],
      ["changed", /unless --allow-net names the host.*allowNet/],
    ],
    [
      "a template that looks names up",
      [template(rego('net.lookup_ip_addr("x")'))],
      ["changed", /--allow-net/],
    ],
    [
      "a template with an old finalizer",
      [
        template(
          { rego: REGO },
          { metadata: { name: "thing", finalizers: ["constrainttemplate.finalizers.gatekeeper.sh"] } },
        ),
      ],
      ["changed", /kubectl patch constrainttemplate\.templates\.gatekeeper\.sh thing --type=json/],
    ],
  ])("%s", (_, objects, [verdict, ...remarks]) => {
    const [found, ...others] = said(...objects);
    expect(found).toBe(verdict);
    expect(others).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
  });

  it.each<[string, PlainObject, readonly (string | RegExp)[]]>([
    ["a constraint", constraint({ match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } }), ["supported"]],
    [
      "with parameters that its template lacks",
      constraint({ parameters: { a: 1 } }),
      ["unsupported", /it is refused/],
    ],
    ["with an action nobody knows", constraint({ enforcementAction: "ban" }), ["unsupported", /"ban"/]],
    [
      "that Gatekeeper shows as broken",
      constraint({ enforcementAction: "ban" }, { status: broken }),
      ["changed", /does not enforce it either/],
    ],
    [
      "with the empty action",
      constraint({ enforcementAction: "" }),
      ["changed", /Gatekeeper then enforces nothing, Portcullis denies/],
    ],
    [
      "for the API server's own policies alone",
      constraint(scoped("vap.k8s.io")),
      ["unsupported", /its only enforcement point/],
    ],
    [
      "for them and the webhook",
      constraint(scoped("vap.k8s.io", "validation.gatekeeper.sh")),
      ["changed", /other enforcement points remain/],
    ],
    ["for the webhook", constraint(scoped("validation.gatekeeper.sh")), ["supported"]],
  ])("a constraint %s", (_, given, [verdict, ...remarks]) => {
    const found = check(template({ rego: REGO }), given)[1] as Checked;
    expect(verdictOf(found)).toBe(verdict);
    expect(found.remarks.map(({ message }) => message)).toEqual(
      remarks.map((remark) => expect.stringMatching(remark)),
    );
  });

  it("a constraint goes with its template", () => {
    const [, found] = check(template({ code: [cel] }), constraint({}));
    expect(found?.remarks[0]?.message).toBe("its ConstraintTemplate thing is not supported");
    expect(said(constraint({}))).toEqual([
      "unsupported",
      "its ConstraintTemplate thing is not among what was read",
    ]);
  });

  const assign = (parameters: PlainObject): PlainObject =>
    object("mutations.gatekeeper.sh/v1", "Assign", {
      applyTo: [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }],
      location: "spec.hostNetwork",
      parameters,
    });
  it.each<[string, PlainObject, readonly (string | RegExp)[]]>([
    ["a mutator", assign({ assign: { value: false } }), ["supported"]],
    ["a mutator that cannot be", assign({}), ["unsupported", /it is refused/]],
    [
      "a mutator that asks a Provider",
      assign({ assign: { externalData: { provider: "names", failurePolicy: "Ignore" } } }),
      ["unsupported", /asks the Provider names/],
    ],
    [
      "an ExpansionTemplate",
      object("expansion.gatekeeper.sh/v1beta1", "ExpansionTemplate", {
        applyTo: [{ groups: ["apps"], kinds: ["Deployment"], versions: ["v1"] }],
        templateSource: "spec.template",
        generatedGVK: { group: "", kind: "Pod", version: "v1" },
      }),
      ["supported"],
    ],
    [
      "a Config",
      object("config.gatekeeper.sh/v1alpha1", "Config", { sync: { syncOnly: [] } }),
      ["supported"],
    ],
    [
      "a Config that asks for statistics",
      object("config.gatekeeper.sh/v1alpha1", "Config", { readiness: { statsEnabled: true } }),
      ["changed", /no effect/],
    ],
    ["a SyncSet", object("syncset.gatekeeper.sh/v1alpha1", "SyncSet", { gvks: [] }), ["supported"]],
    [
      "a Provider",
      object("externaldata.gatekeeper.sh/v1beta1", "Provider", { url: "https://x" }),
      ["unsupported", /nobody asks it/],
    ],
    [
      "a Connection",
      object("connection.gatekeeper.sh/v1alpha1", "Connection", {
        driver: "disk",
        config: { path: "/tmp/violations", maxAuditResults: 3 },
      }),
      ["supported"],
    ],
    [
      "a Connection that leads nowhere",
      object("connection.gatekeeper.sh/v1alpha1", "Connection", { driver: "disk", config: {} }),
      ["unsupported", /missing or invalid 'path'/],
    ],
    [
      "a ValidatingAdmissionPolicy that Gatekeeper made",
      object(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        {},
        {
          ownerReferences: [
            {
              apiVersion: "templates.gatekeeper.sh/v1beta1",
              kind: "ConstraintTemplate",
              name: "thing",
              uid: "1",
            },
          ],
        },
      ),
      ["changed", /kubectl delete validatingadmissionpolicy one/],
    ],
    [
      "a kind with objects in a version that is not served",
      {
        ...object(
          "apiextensions.k8s.io/v1",
          "CustomResourceDefinition",
          {},
          { name: "configs.config.gatekeeper.sh" },
        ),
        status: { storedVersions: ["v1alpha1", "v0"] },
      },
      ["unsupported", /stored in version v0,/],
    ],
    [
      "somebody else's policy",
      object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", {}),
      [],
    ],
    ["somebody else's webhook", webhooks({ name: "validate.kyverno.svc" }), []],
    ["somebody else's object", object("v1", "Pod", {}), []],
  ])("%s", (_, given, [verdict, ...remarks]) => {
    const [found, ...others] = said(given);
    expect(found).toBe(verdict);
    expect(others).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
  });

  it.each<[string, PlainObject, readonly RegExp[]]>([
    ["as the chart writes them", {}, []],
    ["failing open", { failurePolicy: "Ignore" }, [/becomes Fail.*validatingWebhookFailurePolicy: Ignore/]],
    ["with more time", { timeoutSeconds: 10 }, [/10 becomes 3.*validatingWebhookTimeoutSeconds: 10/]],
    [
      "for deletions, too",
      { rules: [{ ...everything, operations: ["CREATE", "DELETE"] }] },
      [/enableDeleteOperations: true/],
    ],
    [
      "for connections, too",
      { rules: [{ ...everything, operations: ["CONNECT"] }] },
      [/enableConnectOperations: true/],
    ],
    ["for Pods alone", { rules: [{ ...everything, resources: ["pods"] }] }, [/validatingWebhookCustomRules/]],
    [
      "for some objects",
      { objectSelector: { matchLabels: { a: "b" } } },
      [/validatingWebhookObjectSelector: {"matchLabels":{"a":"b"}}/],
    ],
    [
      "under conditions",
      { matchConditions: [{ name: "c", expression: "true" }] },
      [/validatingWebhookMatchConditions/],
    ],
    ["at a URL", { clientConfig: { url: "https://x/v1/admit" } }, [/validatingWebhookURL/]],
    [
      "without some namespaces",
      { namespaceSelector: { matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] } },
      [/\(team\).*validatingWebhookExemptNamespacesLabels/],
    ],
  ])("webhooks %s", (_, webhook, remarks) => {
    expect(said(webhooks(webhook)).slice(1)).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
  });

  it("webhooks under another name would be there twice", () => {
    expect(said(webhooks({}, "policy"))).toEqual([
      "changed",
      expect.stringMatching(/validatingWebhookName: policy/),
    ]);
  });

  it.each<[string, readonly string[], string, readonly RegExp[]]>([
    [
      "Gatekeeper's usual ones",
      ["--port=8443", "--logtostderr", "--operation=audit", "--api-cache-dir=/x"],
      "supported",
      [],
    ],
    [
      "one that no Gatekeeper ever had",
      ["--client-cert-name=x"],
      "unsupported",
      [/not defined: -client-cert-name/],
    ],
    ["a value that makes no sense", ["--audit-interval=-1"], "unsupported", [/audit-interval/]],
    [
      "metrics elsewhere",
      ["--metrics-backend=opentelemetry"],
      "changed",
      [/opentelemetry.*scrape \/metrics/],
    ],
    [
      "one that is taken and forgotten",
      ["--otlp-endpoint=x:1"],
      "changed",
      [/--otlp-endpoint has no effect/],
    ],
    ["the same with its usual value", ["--otlp-metric-interval=10s"], "supported", []],
    [
      "a builtin in braces",
      ["--disable-opa-builtin={http.send}"],
      "changed",
      [/because of the braces.*No template/],
    ],
  ])("flags of a Deployment: %s", (_, args, verdict, remarks) => {
    const [found, ...others] = said(deployment(args));
    expect(found).toBe(verdict);
    expect(others).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
  });

  it("a builtin in braces names the templates that lose it", () => {
    const caller = template(rego('http.send({"method": "get", "url": "http://x"})'));
    const [, found] = check(caller, deployment(["--disable-opa-builtin={http.send}"]));
    expect(found?.remarks[0]?.message).toMatch(/http\.send is called by thing/);
  });

  it("a sidecar is left out", () => {
    const sidecar = { name: "reader", image: "reader:1" };
    expect(said(deployment([], [sidecar]))).toEqual(["changed", expect.stringMatching(/container reader/)]);
  });
});

describe("values of a release of Gatekeeper's chart", () => {
  const onValues = (text: string): readonly string[] =>
    checkValues(text, "values.yaml").map((each) => `${verdictOf(each)} ${each.name}`);

  it.each<[string, string, readonly string[]]>([
    [
      "that mean the same",
      "replicas: 2\ncontrollerManager: {port: 8443, podLabels: {a: b}}\n",
      ["supported replicas", "supported controllerManager.port", "supported controllerManager.podLabels"],
    ],
    ["that are taken away", "otlpEndpoint: null\n", []],
    ["of no meaning here", "postInstall: {labelNamespace: {enabled: true}, b: 1}\n", ["changed postInstall"]],
    [
      "inside a branch of ours",
      "audit: {apiCacheDir: /tmp, exportVolume: {name: x}}",
      ["changed audit.apiCacheDir", "supported audit.exportVolume"],
    ],
    ["inside a branch that we use otherwise", "preUninstall: {affinity: {}}", ["changed preUninstall"]],
    ["with a typo", "controllerManager: {prot: 1}", ["changed controllerManager.prot"]],
    ["that should be a branch", "controllerManager: 1", ["changed controllerManager"]],
    ["for other backends", "otlpEndpoint: x:1", ["changed otlp…"]],
    ["that are empty", "", []],
  ])("%s", (_, text, expected) => {
    expect(onValues(text)).toEqual(expected);
  });

  it("must be YAML", () => {
    expect(() => onValues("a: [")).toThrow(/^values\.yaml:1: /);
  });
});

describe("the report", () => {
  const checked = checkMigration([
    { object: template({ rego: REGO }), place: "a.yaml:1" },
    { object: constraint({}), place: "a.yaml:20" },
    { object: constraint({ enforcementAction: "" }, { metadata: { name: "two" } }), place: "" },
    {
      object: object("connection.gatekeeper.sh/v1alpha1", "Connection", { driver: "x" }, { namespace: "ns" }),
      place: "",
    },
  ]);

  it("counts kinds, then tells what does not work, what changes and what to do", () => {
    expect(migrationText("some files", checked)).toBe(`some files

KIND                SUPPORTED  CHANGED  UNSUPPORTED
ConstraintTemplate          1        0            0
constraints                 1        1            0
Connection                  0        0            1

NOT SUPPORTED

  Connection ns/one
    it is refused: driver x is not supported
    do: mend it

CHANGES

  Thing two
    its enforcementAction is the empty text: Gatekeeper then enforces nothing, Portcullis denies
    do: say what is meant: enforcementAction: deny, or dryrun

Of 4 objects, 1 cannot move in as they are.
`);
  });

  it("ends with what follows from it", () => {
    const last = (given: readonly Checked[]) => migrationText("x", given).trimEnd().split("\n").at(-1);
    expect(last(checked.slice(0, 2))).toBe("All of 2 objects can move in as they are.");
    expect(last(checked.slice(0, 3))).toBe("All of 3 objects can move in: 2 as they are, 1 with a change.");
  });

  it("is the same as JSON", () => {
    const json = JSON.parse(migrationJson("x", checked)) as { summary: object; objects: readonly object[] };
    expect(json.summary).toEqual(summary(checked));
    expect(json.objects[1]).toEqual({
      group: "constraints.gatekeeper.sh",
      kind: "Thing",
      name: "one",
      place: "a.yaml:20",
      verdict: "supported",
      remarks: [],
    });
    expect(json.objects[3]).toMatchObject({ kind: "Connection", namespace: "ns", verdict: "unsupported" });
  });
});
